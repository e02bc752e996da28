/** What of a hostile text became an element of a window, or ran in it. */
import type { Page } from 'playwright-core';

/**
 * In a frame, through its shadow roots: pictures, scripts, bold words, icons and links that only a hostile text asks for.
 * Gives the beginnings of what it finds, as HTML.
 */
const look = `(() => {
  const found = globalThis.hostileRan === undefined ? [] : ['it ran'];
  const isLie = (element) => {
    const { localName, className } = element;
    if (localName === 'img') return /hostile/.test(element.getAttribute('src') ?? '');
    if (localName === 'script') return /hostileRan/.test(element.textContent);
    if (['b', 'strong', 'em', 'i', 'h1'].includes(localName)) return element.textContent.trim() === 'BOLDMARK';
    if (typeof className === 'string' && /\\bcodicon-flame\\b/.test(className)) return true;
    return ['href', 'data-href', 'src'].some((name) => {
      const target = element.getAttribute(name) ?? '';
      // Our own may name the chain that they lead to.
      if (target.startsWith('command:kubeProxy.')) return false;
      return /toggleSidebarVisibility|hostile\\.invalid|x-hostile/.test(target);
    });
  };
  const visit = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (isLie(element)) found.push(element.outerHTML.slice(0, 300));
      if (element.shadowRoot) visit(element.shadowRoot);
    }
  };
  visit(document);
  return found;
})()`;

/** In all frames of a page; an empty list where there is nothing. */
export async function lookForLies(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const frame of page.frames()) {
    const seen: unknown = await frame.evaluate(look);
    if (Array.isArray(seen)) found.push(...seen.map(String));
  }
  return found;
}
