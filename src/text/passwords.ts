/**
 * `text` with the passwords of the URLs in it replaced by `xxxxx`, as Go's `URL.Redacted` does: `https://dev:secret@api:6443` →
 * `https://dev:xxxxx@api:6443`. A text without such a URL comes back as it is.
 */
export function withoutPasswords(text: string): string {
  return text.replace(/([a-z][a-z\d+.-]*:\/\/[^\s/?#:@]*):[^\s/?#]*@/gi, '$1:xxxxx@');
}
