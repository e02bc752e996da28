/**
 * Damaged listings of nft: nothing throws, spans lie within the text and within each other, what is printed is read again.
 * KUBE_PROXY_FUZZ sets how many, KUBE_PROXY_FUZZ_SEED where to begin.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseRuleset } from '../../src/rules/nftables/parser.ts';
import { printRuleset } from '../../src/rules/nftables/printer.ts';
import { randomFrom } from './mutate.ts';

const count = Number(process.env['KUBE_PROXY_FUZZ'] ?? 2000);
const first = Number(process.env['KUBE_PROXY_FUZZ_SEED'] ?? 1);
const dump = readFileSync(new URL('../dumps/1.36.3-nftables/nft.txt', import.meta.url), 'utf8');
const lines = dump.split('\n');
const PIECES = [
  '{', '}', '(', ')', '"', ';', ',', ':', '.', '/', '-', '@', '*', '!', '#', '\\', '\0', '😀', '\n', ' ',
  'jump', 'goto', 'vmap', 'map', 'set', 'ct', 'meta', 'ip', 'tcp flags', 'update @x {', 'elements = {', 'chain c {', 'table ip t {',
  'jhash', 'mod', 'limit rate', 'dnat to', 'reject with', 'log prefix', 'queue flags', 'type', 'typeof', 'timeout', '99999999999999999999', '0x', '1h', '::', '10.0.0.1/',
]; // prettier-ignore

/** Some lines of the dump, with pieces put in, taken away and moved. */
function damaged(seed: number): string {
  const random = randomFrom(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const start = below(lines.length);
  let text = lines.slice(start, start + 1 + below(60)).join('\n');
  if (random() < 0.7) text = `table ip t {\n\tchain c {\n${text}`;
  for (let left = 1 + below(12); left > 0; left -= 1) {
    const at = below(text.length + 1);
    const until = random() < 0.5 ? at : at + below(20);
    text =
      text.slice(0, at) + (random() < 0.8 ? (PIECES[below(PIECES.length)] ?? '') : '') + text.slice(until);
  }
  return text;
}

/** Spans that do not lie within that of the node around them. */
function astray(
  value: unknown,
  around: { readonly start: number; readonly end: number },
): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => astray(each, around));
  if (typeof value !== 'object' || value === null) return [];
  const own = 'start' in value && 'end' in value ? value : null;
  const span = { start: Number(own?.start ?? around.start), end: Number(own?.end ?? around.end) };
  const isWithin = around.start <= span.start && span.start <= span.end && span.end <= around.end;
  return [...(isWithin ? [] : [value]), ...Object.values(value).flatMap((each) => astray(each, span))];
}

it(`${count} damaged listings of nft are read (seeds from ${first})`, () => {
  let problems = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const text = damaged(seed);
    const ruleset = parseRuleset(text);
    const whole = { start: 0, end: text.length };
    const { tables, commands, problems: told } = ruleset;
    expect(astray([tables, commands, told], whole), `seed ${seed}`).toEqual([]);
    parseRuleset(printRuleset(ruleset));
    problems += told.length;
  }
  expect(problems).toBeGreaterThan(count / 4);
});
