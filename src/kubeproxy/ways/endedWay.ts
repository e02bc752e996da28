import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { Frontend } from '../services/frontend.ts';
import type { Vantage, Way, WayCause } from './way.ts';

/** A frontend that is asked, and the rule that takes its traffic. */
export interface AskedFrontend {
  /** `shop/web:http` */
  readonly name: string;
  readonly frontend: Pick<Frontend, 'kind' | 'family' | 'address' | 'port' | 'protocol'>;
  readonly taken: () => RuleAt;
}

/** One whose endpoints do not see who asks from outside. */
export interface HiddenWay extends AskedFrontend {
  /** The rule that gives the packets another source. */
  readonly by: RuleAt;
}

/** A way that does not get where it should. */
export interface EndedWay extends AskedFrontend {
  readonly vantage: Vantage;
  readonly cause: WayCause;
}

/**
 * Whether what ends packets to it is worth a look: a Service without endpoints, or without rules of its own, is another
 * finding's.
 */
export function isServed({ fate }: Pick<Frontend, 'fate'>): boolean {
  return fate === 'balanced' || fate === 'dropped';
}

/** Those of ways that were traced one by one. */
export function endedOf(ways: readonly Way[]): readonly EndedWay[] {
  return ways.flatMap(({ port, to, vantage, cause, isMeant }) =>
    cause === null || isMeant || !isServed(to)
      ? []
      : [{ name: port, frontend: to, taken: () => to.at, vantage, cause }],
  );
}
