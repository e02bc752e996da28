/** Marks of a web page or a document around rules: tags, bullets, cells of tables. */
import type { Noise } from './noise.ts';

const TAG =
  /<(?:br\s*\/?|\/?(?:pre|code|span|div|p|td|tr|th|tbody|table|li|ul|ol|b|em|strong|blockquote)(?:\s[^>\n]{0,200})?)>/giu;
/** A tag that stands beside something else in its line. */
const BESIDE =
  /^[ \t]*(?:<\/?(?:pre|code|span|div|p|td|tr|th|li)\b[^>\n]{0,200}>[ \t]*){1,4}[^\s<]|[^\s>]<\/(?:pre|code|span|div|p|td|tr|li)>|<br\s*\/?>/imu;
const ALONE = /^\s*<[^>\n]*>\s*$/u;

/** Tags that stand beside rules; those that are a line of their own are told as fences, line by line. */
export function tagsOf(text: string): readonly Noise[] {
  if (!text.includes('>') || !BESIDE.test(text)) return [];
  return [...text.matchAll(TAG)].flatMap(({ 0: tag, index }): Noise[] => {
    const start = text.lastIndexOf('\n', index - 1) + 1;
    const next = text.indexOf('\n', index);
    const line = text.slice(start, next < 0 ? text.length : next);
    const before = text.slice(start, index).replaceAll(TAG, '');
    // In quotes it is a part of a comment.
    if (ALONE.test(line) || before.split('"').length % 2 === 0) return [];
    const newText = /^<br/iu.test(tag) ? '\n' : '';
    return [{ kind: 'fences', start: index, end: index + tag.length, newText }];
  });
}

const RULE = String.raw`(?:\[\d+:\d+\] )?(?:-[AI] \S|:\S+ (?:ACCEPT|DROP|-)|\*(?:nat|filter|mangle|raw|security)\b|COMMIT\b|(?:sudo )?ip6?tables )`;
/** `- -A …`, `• -A …`, `| -A … |`, `` | 1 | `-A …` | `` */
const MARKED = new RegExp(
  String.raw`^([ \t]*(?:[-*+\u2022\u00b7\u2023][ \t]+|\|(?:[ \t]*\d{1,5}[ \t]*\|)?[ \t]*)` +
    '`?)' +
    `(${RULE}[^\\n]*?)(` +
    '`?[ \\t]*\\|?[ \\t]*)$',
  'gmu',
);
const RULES = new RegExp(`^${RULE}`, 'gmu');

/** Bullets and cells before and behind rules; of a text of which most rules have them. */
export function listMarks(text: string): readonly Noise[] {
  const found = [...text.matchAll(MARKED)];
  if (found.length === 0 || found.length <= (text.match(RULES)?.length ?? 0)) return [];
  return found.flatMap(({ index, 1: before = '', 2: rule = '', 3: behind = '' }): Noise[] => {
    const [from, to] = [index + before.length, index + before.length + rule.length];
    const head: Noise = { kind: 'listMarks', start: index, end: from, newText: '' };
    return behind === ''
      ? [head]
      : [head, { kind: 'listMarks', start: to, end: to + behind.length, newText: '' }];
  });
}
