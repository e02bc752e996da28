/** How a packet has to end, and whether it did: `--expect` of the command line, `"expect"` of a line of a flows file, a test. */
import { type Verdict, verdicts } from '../../kernel/trace.ts';

/** Every outcome has to end in one of these; where there are several, each of them has to happen. Never empty. */
export type Expectation = readonly Verdict[];

/** `"forward"`, `["forward", "drop"]`; null where nothing is expected. */
export function readExpectation(value: unknown): Expectation | { readonly message: string } | null {
  if (value === undefined || value === null) return null;
  const found = new Set<Verdict>();
  for (const each of Array.isArray(value) ? value : [value]) {
    const verdict = verdicts.find((known) => known === each);
    if (verdict === undefined) return { message: `"expect" is none of ${verdicts.join(', ')}.` };
    found.add(verdict);
  }
  return found.size === 0
    ? { message: `"expect" is empty: it is one of ${verdicts.join(', ')}.` }
    : [...found];
}

/** `forward`; `forward, drop` */
export function expectationText(expect: Expectation): string {
  return expect.join(', ');
}

/** How the outcomes end otherwise, in half a sentence: `2 of 3 outcomes end otherwise (drop)`. Null where all is as expected. */
export function otherwise(expect: Expectation, ends: readonly Verdict[]): string | null {
  const others = ends.filter((verdict) => !expect.includes(verdict));
  if (others.length > 0) {
    const count = ends.length === 1 ? 'it ends' : `${others.length} of ${ends.length} outcomes end`;
    return `${count} otherwise (${[...new Set(others)].join(', ')})`;
  }
  const missing = expect.filter((verdict) => !ends.includes(verdict));
  return missing.length === 0 ? null : `none ends with ${missing.join(' or ')}`;
}
