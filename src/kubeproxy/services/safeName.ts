/** Names of objects as the API takes them: nothing else becomes part of a command that somebody copies. */
export function isSafeName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9.:/-]*[a-z0-9])?$/u.test(name);
}
