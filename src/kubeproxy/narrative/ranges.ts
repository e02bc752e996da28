import type { Effect, Outcome } from '../../kernel/trace.ts';

type Translation = Extract<Effect, { readonly among?: string }>;

/** That an address was picked out of a range, which others of whom the same is asked need not get. */
export function rangeSentences(passing: readonly Outcome[]): readonly string[] {
  const picked = new Map<string, Set<string>>();
  for (const { among, is } of passing.flatMap(translationsOf)) {
    if (among !== undefined) picked.set(among, (picked.get(among) ?? new Set()).add(is.address));
  }
  return [...picked].flatMap(([among, addresses]) => {
    const [address] = addresses;
    if (addresses.size !== 1 || address === undefined) return [];
    return [
      `The kernel picks ${address} out of ${among} by a hash of source and destination: these always get it, others may get another one.`,
    ];
  });
}

function translationsOf({ steps }: Outcome): readonly Translation[] {
  return steps.flatMap((step) =>
    step.kind === 'rule' && (step.effect.kind === 'dnat' || step.effect.kind === 'snat') ? [step.effect] : [],
  );
}
