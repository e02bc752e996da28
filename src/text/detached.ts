/**
 * `word` as characters of its own. An engine cuts a word out of a text without copying it, and such a word keeps all of the text in
 * memory: for what outlives the text.
 */
export function detached(word: string): string {
  return word.split('').join('');
}
