/** Which rules send traffic to a Service port: all that has to be found before its own chains are looked at. */
import type { Family } from '../../../kernel/flow.ts';
import type { RuleAt } from '../../../kernel/ruleAt.ts';
import type { FrontendKind } from '../../services/frontend.ts';

/** A rule of nat KUBE-SERVICES or KUBE-NODEPORTS that jumps to a chain of the port. */
export interface Dispatch {
  readonly kind: FrontendKind;
  readonly address: string | null;
  readonly port: number;
  readonly protocol: string;
  readonly chain: string;
  readonly at: RuleAt;
}

/** A rule of table filter that answers in the endpoints' place. */
export interface Refusal {
  readonly kind: FrontendKind;
  readonly address: string | null;
  readonly port: number;
  readonly protocol: string;
  readonly fate: 'rejected' | 'dropped';
  readonly at: RuleAt;
}

/** What one family's rules have for a port. */
export interface Side {
  readonly family: Family;
  readonly dispatches: Dispatch[];
  readonly refusals: Refusal[];
}

export interface PortDraft {
  /** The hash that its chains share. */
  readonly suffix: string;
  /** As a comment spells it; null where no comment does. */
  spelling: string | null;
  protocol: string | null;
  readonly sides: Map<Family, Side>;
}

/**
 * How deep the chains of a port are followed. kube-proxy's stand three deep, and nf_tables takes 16; what is deeper was
 * made to exhaust us.
 */
export const MAX_JUMPS = 64;

/** `10.96.0.1|443|tcp`; a node port has no address. */
export function placeKey(address: string | null, port: number, protocol: string): string {
  return `${address ?? ''}|${port}|${protocol}`;
}
