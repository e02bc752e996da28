import type { Paste } from './readPaste.ts';

/** What is read of a paste, without the lines of which nothing is left: reading it again gives the same rules. */
export function cleanText({ text }: Pick<Paste, 'text'>): string {
  const lines = text.split('\n').map((line) => line.trim());
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}
