import type { Address } from '../values/address.ts';

/** What somebody who knows more than the node's files takes an address for. */
export interface AddressHint {
  /** `LOCAL`: the node's own; `UNICAST`: not the node's own. */
  readonly type: 'LOCAL' | 'UNICAST';
  /** Why, as the end of a sentence: "it is the cluster IP of default/web". */
  readonly because: string;
}

/** What the rules' author means, where no file of the node tells: taken for granted, named, and the caller's to deny. */
export interface Hints {
  /** Null where nothing is known of the address either. */
  addressHint(address: Address): AddressHint | null;
  /** The same, of an address that a rule translated the destination to. */
  targetHint(address: Address): AddressHint | null;
  /** Whether a network, as a rule writes it, is the pods': a process of the node has no address of it. */
  isPodNetwork(network: string): boolean;
}

export const NO_HINTS: Hints = {
  addressHint: () => null,
  targetHint: () => null,
  isPodNetwork: () => false,
};
