/** Characters that stand for others in pasted rules: colours of a terminal, entities of a web page, typography. */
import type { Noise, NoiseKind } from './noise.ts';

const ESCAPE = String.fromCharCode(27);
const BELL = String.fromCharCode(7);

/** An escape sequence of a terminal, an entity, or one character that iptables does not write. */
const ODD = new RegExp(
  [
    String.raw`${ESCAPE}(?:\[[\d;?]*[A-Za-z]|\][^${BELL}\n]*${BELL}|[()][A-Z0-9])`,
    String.raw`&(?:amp;)?(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z]{2,8});`,
    String.raw`[\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f\u2060\u2066-\u2069\u3000\ufeff\u201c-\u201f\u2033\uff02\u2018-\u201b\u2032]`,
  ].join('|'),
  'g',
);

const NAMED: ReadonlyMap<string, string> = new Map([
  ['quot', '"'],
  ['gt', '>'],
  ['lt', '<'],
  ['amp', '&'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['ndash', '\u2013'],
  ['mdash', '\u2014'],
  ['minus', '\u2212'],
  ['ldquo', '"'],
  ['rdquo', '"'],
  ['lsquo', "'"],
  ['rsquo', "'"],
  ['rarr', '\u2192'],
  ['tab', '\t'],
]);

/** Everything in `text` that stands for other characters, dashes apart (`typographicDashes`). */
export function oddCharacters(text: string): readonly Noise[] {
  const found: Noise[] = [];
  const quoted: Noise[] = [];
  for (const { 0: odd, index } of text.matchAll(ODD)) {
    if (index === 0 && odd === '\ufeff') continue;
    const read = readOdd(odd);
    if (read === null) continue;
    const noise = { start: index, end: index + odd.length, ...read };
    (isComment(text, noise) ? quoted : found).push(noise);
  }
  // What stands in comments alone was written so.
  const kinds = new Set(found.map(({ kind }) => kind));
  const more = quoted.filter(({ kind }) => kind !== 'quotes' && kinds.has(kind));
  return more.length === 0 ? found : [...found, ...more].toSorted((a, b) => a.start - b.start);
}

const LONGEST_LINE = 20_000;

/** Whether the character may have been meant: it stands between two `"` of its line. */
function isComment(text: string, { kind, start }: Noise): boolean {
  if (kind !== 'quotes' && kind !== 'spaces' && kind !== 'invisible') return false;
  const lineStart = Math.max(text.lastIndexOf('\n', start - 1) + 1, start - LONGEST_LINE);
  return text.slice(lineStart, start).split('"').length % 2 === 0;
}

function readOdd(odd: string): { readonly kind: NoiseKind; readonly newText: string } | null {
  if (odd.startsWith(ESCAPE)) return { kind: 'escapes', newText: '' };
  if (odd.startsWith('&')) {
    const newText = decodeEntity(odd.replace('&amp;', odd === '&amp;' ? '&amp;' : '&'));
    return newText === null ? null : { kind: 'entities', newText };
  }
  return readCharacter(odd);
}

function readCharacter(odd: string): { readonly kind: NoiseKind; readonly newText: string } {
  if (/[\u201c-\u201f\u2033\uff02]/.test(odd)) return { kind: 'quotes', newText: '"' };
  if (/[\u2018-\u201b\u2032]/.test(odd)) return { kind: 'quotes', newText: "'" };
  if (/[\u2028\u2029]/.test(odd)) return { kind: 'spaces', newText: '\n' };
  return /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/.test(odd)
    ? { kind: 'spaces', newText: ' ' }
    : { kind: 'invisible', newText: '' };
}

/** `&#8211;` → `–`; null for what is no entity that pages write for characters of rules. */
function decodeEntity(entity: string): string | null {
  const name = entity.slice(1, -1);
  if (!name.startsWith('#')) return NAMED.get(name.toLowerCase()) ?? null;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  if (!(code >= 32 && code <= 0x10_ff_ff) && code !== 9) return null;
  const character = String.fromCodePoint(code);
  return character.search(ODD) >= 0 ? readCharacter(character).newText : character;
}

/** Signs that cost next to nothing to look for; a dash or a quote of two bytes costs nothing in a text of single ones. */
const signs = [
  '&quot;',
  '&gt;',
  '&amp;',
  '&#',
  '&nbsp;',
  '\u001b[',
  '\u00a0',
  '\u201c',
  '\u201d',
  '\u2018',
  '\u2019',
  '\u2013',
  '\u2014',
  '\u2011',
  '\u2212',
  '\u200b',
  '\ufeff-',
  '\u2009',
  '\u202f',
  '\u2003',
  '\u2002',
  '\u200e',
  '\u2060',
];

/** Whether something in `text` may be none of the characters that iptables writes. */
export function mayBeOdd(text: string): boolean {
  return signs.some((sign) => text.includes(sign));
}
