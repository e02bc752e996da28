import type { Address } from '../values/address.ts';

/** `docker0`, or all that begin so: `cali+`. */
export interface InterfacePattern {
  readonly name: string;
  readonly prefix: boolean;
}

/** What somebody who knows more than the node's files takes an address for. */
export interface AddressHint {
  /** `LOCAL`: the node's own; `UNICAST`: not the node's own. */
  readonly type: 'LOCAL' | 'UNICAST';
  /** Why, as the end of a sentence: "it is the cluster IP of default/web". */
  readonly because: string;
}

/** What somebody who knows more than the node's files says of the interface by which an address is reached. */
export interface InterfaceHint {
  /** Whether its packets pass an interface of the asked name. */
  readonly passes: boolean;
  /** Why, as the end of a sentence: "rule 1 of POSTROUTING takes 172.17.0.0/16 for the network of docker0". */
  readonly because: string;
}

/** What the rules' author means, where no file of the node tells: taken for granted, named, and the caller's to deny. */
export interface Hints {
  /** Null where nothing is known of the address either. */
  addressHint(address: Address): AddressHint | null;
  /** The same, of an address that a rule translated the destination to. */
  targetHint(address: Address): AddressHint | null;
  /** Whether packets of, or to, an address pass an interface of that name; null where nothing is known. */
  interfaceHint(address: Address, pattern: InterfacePattern): InterfaceHint | null;
  /** Whether a network, as a rule writes it, is the pods': a process of the node has no address of it. */
  isPodNetwork(network: string): boolean;
}

export const NO_HINTS: Hints = {
  addressHint: () => null,
  targetHint: () => null,
  interfaceHint: () => null,
  isPodNetwork: () => false,
};
