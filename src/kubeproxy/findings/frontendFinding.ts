import type { FrontendKind } from '../services/frontend.ts';
import type { FrontendPlace } from '../services/frontendPlace.ts';
import type { Finding } from './finding.ts';

/** One of the frontends that a finding is about, with what its row says. */
export interface FoundFrontend {
  /** `shop/web:http` */
  readonly name: string;
  readonly frontend: FrontendPlace & { readonly kind: FrontendKind };
  /** A few words of this one: `not reached from outside`. */
  readonly reason: string;
}

/** What is found of frontends of one Service or of many, with all of them: its `related` are the first few. */
export interface FrontendFinding extends Finding {
  readonly frontends: readonly FoundFrontend[];
}
