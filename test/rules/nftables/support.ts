/** What a text of nft says without its blanks, line ends and comments: strings are kept as they are. */
export function squeezed(text: string): string {
  return text
    .replace(/"[^"\n]*"|#[^\n]*|\s+/gu, (found) => {
      if (found.startsWith('"')) return found;
      return found.startsWith('#') ? '' : ' ';
    })
    .replace(/ +/gu, ' ')
    .trim();
}

/** Where something stands, how it is spelled, and the number that the kernel gave it. */
const SPELLING: ReadonlySet<string> = new Set(['start', 'end', 'quoted', 'text', 'handle']);

/** What a tree says, whatever the text that it was read from. A word is its text, a value what it means. */
export function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaning);
  if (typeof value !== 'object' || value === null) return value;
  if ('kind' in value && value.kind === 'value' && 'value' in value) return value.value;
  const entries = Object.entries(value);
  const isWord = entries.every(([key]) => SPELLING.has(key));
  if (isWord) return entries.find(([key]) => key === 'text')?.[1];
  return Object.fromEntries(
    entries.filter(([key]) => !SPELLING.has(key)).map(([key, each]) => [key, meaning(each)]),
  );
}
