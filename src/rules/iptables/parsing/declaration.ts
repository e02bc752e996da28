import type { ChainDeclaration, Word } from '../nodes.ts';
import { WordScanner } from '../scanner/wordScanner.ts';
import { readCounters } from './counters.ts';

interface DeclarationReading {
  readonly declaration: ChainDeclaration;
  /** The word in place of the counters that is none. Without `-c` iptables-restore does not look at it. */
  readonly odd: Word | null;
}

/** Reads `:NAME POLICY [0:0]` between `start` and `end`; null where one of the first two is missing. */
export function readDeclaration(text: string, start: number, end: number): DeclarationReading | null {
  const words = new WordScanner(text, start + 1, end);
  if (!words.next()) return null;
  const name = words.word();
  if (!words.next()) return null;
  // iptables-restore takes no quotes away here: `"-"` is a policy that there is not.
  const policy = words.text === '-' && !words.quoted ? null : words.word();
  const more = words.next();
  const counters = more ? readCounters(text, words.start, end) : null;
  const odd = more && counters === null ? words.word() : null;
  return { declaration: { kind: 'chain', start, end, name, policy, counters }, odd };
}
