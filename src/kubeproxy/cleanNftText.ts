/** A paste of nftables with nothing left but its rules. */
import type { NftPaste } from './nftPaste.ts';

/** `written` is what was pasted, `text` what is read of it. Lines of which nothing is left go; indents stay as they are to each other. */
export function cleanNftText(written: string, { text }: Pick<NftPaste, 'text'>): string {
  const originals = written.split('\n');
  const lines = text.split('\n').flatMap((line, at) => {
    const original = originals[at] ?? '';
    const isGone = line.trim() === '' && original.trim() !== '';
    return isGone ? [] : [withoutNoise(line, original).trimEnd()];
  });
  const indents = lines.flatMap((line) => (line === '' ? [] : line.length - line.trimStart().length));
  const least = indents.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  const shown = lines.map((line) => line.slice(Math.min(least, line.length)));
  return `${shown.join('\n').replaceAll(/^\n+|\n+$/gu, '')}\n`;
}

/** Without the blanks that stand for a quote mark, a number, a prompt at its beginning. */
function withoutNoise(line: string, original: string): string {
  const indent = line.length - line.trimStart().length;
  for (let at = indent - 1; at >= 0; at -= 1) {
    if (line[at] !== original[at] && original[at]?.trim() !== '')
      return original.slice(at + 1, indent) + line.slice(indent);
  }
  return line;
}
