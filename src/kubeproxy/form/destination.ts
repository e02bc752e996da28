/** Where a packet goes, read from words. */
import type { Flow, SourceKind } from '../../kernel/flow.ts';
import { parseAddress, type Family } from '../../values/address.ts';
import type { EndWords } from './endWords.ts';

export interface DestinationText {
  readonly family: Family;
  readonly address: string;
  /** Whose the words say that it is: `pod:10.244.1.7`; null where they do not. */
  readonly of: SourceKind | null;
  readonly port: number | null;
  /** Of the Service port or pod that was named; null where the words name none. */
  readonly protocol: string | null;
  /** What its address stands in the place of, where the words make no sense from this source; else null. */
  readonly inPlaceOf: string | null;
  /** The words name no port: it is the only one of the Service that has the address. */
  readonly isOnlyPort: boolean;
}

export type DestinationReading =
  | { readonly kind: 'destination'; readonly destination: DestinationText }
  | { readonly kind: 'wrong'; readonly message: string };

/** What is known of the packet before its destination is looked up. */
export interface Asking {
  /** That of the source, where it has one: of a dual-stack Service it picks the address. */
  readonly family: Family | null;
  /** Whether the source is no part of the cluster: from there a Service is reached by other addresses than from within. */
  readonly outside: boolean;
  /** The namespace of the pod that sends, where that is known: names without one are looked up there first. */
  readonly namespace: string | null;
  /** Picks one of several ports of one name; empty where it was not said. In lower case. */
  readonly protocol: string;
}

/** `address` is one that can be read. */
export function goesTo(
  address: string,
  port: number | null,
  protocol: string | null = null,
  inPlaceOf: string | null = null,
): DestinationReading {
  const family = parseAddress(address)?.family ?? 4;
  return {
    kind: 'destination',
    destination: { family, address, of: null, port, protocol, inPlaceOf, isOnlyPort: false },
  };
}

/** As `goesTo`, to an address of which the words say whose it is. */
export function goesToAddress({
  of,
  family,
  address,
  port,
}: Extract<EndWords, { readonly kind: 'address' }>): DestinationReading {
  return {
    kind: 'destination',
    destination: { family, address, of, port, protocol: null, inPlaceOf: null, isOnlyPort: false },
  };
}

/** The end of a flow. */
export function flowEnd({ of, address, port }: DestinationText): Flow['to'] {
  return { ...(of === null ? {} : { kind: of }), address, port };
}

export function noDestination(message: string): DestinationReading {
  return { kind: 'wrong', message };
}

/** `IPv4 `; empty where any will do. */
export function familyWords(family: Family | null): string {
  return family === null ? '' : `IPv${family} `;
}
