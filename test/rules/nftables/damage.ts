/** Damages texts: a word or a piece of one is taken away, doubled, put elsewhere, or another one is put in its place. */
import type { Random } from '../../realKernel/support/random.ts';

const ODD: readonly string[] = [
  '{',
  '}',
  '(',
  '"',
  ';',
  '\n',
  '@',
  '$',
  '$x',
  '!',
  ',',
  '.',
  ':',
  '/',
  '-',
  '#',
  '\\\n',
  '\0',
  '\uFEFF',
  '🐉',
  '\u2028',
  '0x',
  '1h',
  '18446744073709551616',
  'ip saddr',
  'table ip t {',
  'elements = {',
  'jump {',
  'define x = $x',
  '# handle 99999999999999999999',
];

/** One to eight places of `text` are damaged. */
export function damaged(random: Random, text: string): string {
  let result = text;
  for (let times = 1 + random.below(8); times > 0; times -= 1) result = damagedOnce(random, result);
  return result;
}

function damagedOnce(random: Random, text: string): string {
  const from = random.below(text.length + 1);
  const to = Math.min(text.length, from + random.below(random.chance(0.1) ? 400 : 12));
  const before = text.slice(0, from);
  const piece = text.slice(from, to);
  const behind = text.slice(to);
  switch (random.below(5)) {
    case 0:
      return before + behind;
    case 1:
      return before + piece + piece + behind;
    case 2:
      return before + random.pick(ODD) + behind;
    case 3: {
      const at = random.below(behind.length + 1);
      return before + behind.slice(0, at) + piece + behind.slice(at);
    }
    default:
      return before + random.pick(ODD).repeat(1 + random.below(50)) + piece + behind;
  }
}
