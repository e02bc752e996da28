/** What to say where a name was wrong or missing: the nearest one, else all of them. */
import { nearest } from '../../text/nearest.ts';
import { plain } from '../terminal.ts';

/** A cluster may have thousands of nodes. */
const MOST_NAMES = 20;

/** `Did you mean "node-1"?`, else all of them. */
export function meantOr(what: 'context' | 'node', wanted: string, names: readonly string[]): string {
  const meant = nearest(wanted, names);
  return meant === null ? theOnes(what, names) : `Did you mean "${plain(meant)}"?`;
}

/** `The nodes are node-1, node-2 and 1,998 more.` */
export function theOnes(what: 'context' | 'node', names: readonly string[]): string {
  if (names.length === 0) return what === 'node' ? 'The cluster has no nodes.' : 'There is none in it.';
  const shown = names.slice(0, MOST_NAMES).map(plain);
  const left = names.length - shown.length;
  if (names.length === 1) return `The only ${what} is ${shown[0]}.`;
  if (left > 0) return `The ${what}s are ${shown.join(', ')} and ${left.toLocaleString('en')} more.`;
  return `The ${what}s are ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}.`;
}
