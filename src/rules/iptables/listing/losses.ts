import type { Hidden, Listing } from './listing.ts';

/** Something that a listing does not show, as an assumption that answers stand on. */
export interface Loss {
  readonly code: 'listing-interfaces' | 'listing-digits' | 'listing-table';
  /** A sentence. */
  readonly message: string;
}

export const hiddenLosses: Readonly<Record<Hidden, Loss>> = {
  interfaces: {
    code: 'listing-interfaces',
    message:
      'The rules are from a listing without -v, which shows no interfaces: that those followed here ask for none is assumed.',
  },
  digits: {
    code: 'listing-digits',
    message:
      'The rules are from a listing that cuts the digits of probabilities: shares are exact to those that it shows.',
  },
};

/** That nothing but the names of chains tells which table this is; null where more does. */
export function tableLoss({ signs }: Listing, table: string): Loss | null {
  const sign = signs.get(table);
  if (sign !== 'chains' && sign !== 'none') return null;
  const by = sign === 'chains' ? 'by the names of its chains' : 'since a command without -t lists it';
  return {
    code: 'listing-table',
    message: `The rules are from a listing that does not name its table: ${table} is assumed, ${by}.`,
  };
}

/** All that the listing does not show, each once. */
export function lossesOf(listing: Listing): readonly Loss[] {
  const tables = [...listing.signs.keys()].flatMap((table) => tableLoss(listing, table) ?? []);
  return [...[...listing.hides].map((each) => hiddenLosses[each]), ...tables];
}
