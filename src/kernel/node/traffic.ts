/** What policy rules may ask of a packet beside its addresses, mark, TOS and interfaces, and who answers what is not known. */

import type { Address } from '../../values/address.ts';

/** A selector of `ip rule` whose answer hangs on what no file of the node tells. */
export type OpenSelector =
  /** Who runs the process that makes the packet. Both ends count. */
  | { readonly kind: 'user'; readonly from: number; readonly to: number }
  | {
      readonly kind: 'port';
      readonly end: 'source' | 'destination';
      readonly from: number;
      readonly to: number;
    }
  /** The key of the tunnel that the packet came out of. */
  | { readonly kind: 'tunnel'; readonly id: number }
  /** Whether the destination is the node's own, where its table `local` is not known. */
  | { readonly kind: 'own'; readonly address: Address }
  /** As `ip -j rule` names it. */
  | { readonly kind: 'other'; readonly name: string };

/** Whether a selector holds, for who can explore both answers (else null); `priority` is the rule's. */
export type Ask = (selector: OpenSelector, priority: number) => boolean | null;

export interface Traffic {
  /** Number of the IP protocol; 0 where the kernel does not look, and no rule that asks for one applies; null = not known. */
  readonly protocol: number | null;
  /** 0 of a protocol without ports; null where it is not known. */
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  /** 0 of a packet that no process of this node made; null where it is not known. */
  readonly uid: number | null;
  readonly ask: Ask;
}

/** A look-up of the kernel's own, for no packet. */
export const NO_TRAFFIC: Traffic = {
  protocol: 0,
  sourcePort: 0,
  destinationPort: 0,
  uid: 0,
  ask: () => null,
};

/** Nothing is known of the packet. */
export const ANY_TRAFFIC: Traffic = {
  protocol: null,
  sourcePort: null,
  destinationPort: null,
  uid: null,
  ask: () => null,
};

/**
 * What an answer to the traffic would be, for the check of its source (fib_validate_source swaps the ports), which is taken
 * not to be the node's own.
 */
export function reversed(traffic: Traffic): Traffic {
  return {
    ...traffic,
    sourcePort: traffic.destinationPort,
    destinationPort: traffic.sourcePort,
    ask: elsewhere(traffic.ask),
  };
}

/** The same answers, but that the address is not the node's own. */
export function elsewhere(ask: Ask): Ask {
  return (selector, priority) => (selector.kind === 'own' ? false : ask(selector, priority));
}
