/** What a NAT target wants: struct nf_nat_range2. */
export interface NatRange {
  /** Null: the address stays. */
  readonly address: { readonly first: bigint; readonly last: bigint } | null;
  /** Null: the port stays if it can. `base`: the port that maps to `first` (a shifted range). */
  readonly ports: { readonly first: number; readonly last: number; readonly base: number | null } | null;
  /** `--random` or `--random-fully`. */
  readonly random: boolean;
  /** `--persistent`: of several addresses a source gets the same one whatever it goes to. */
  readonly persistent: boolean;
}

export type Manipulation = 'source' | 'destination';
