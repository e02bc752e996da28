/** Which Services the rules have counted connections to, and which none. */
import type { Analysis } from '../analysis.ts';
import { byService, connectionsOf } from '../counters/connections.ts';
import { countWords, plural } from '../narrative/words.ts';
import { countedWords, type GlanceLine } from './line.ts';

/** The busiest are named. */
const MOST = 3;

/** Null without counters. */
export function connectionsLine({ catalog }: Analysis): GlanceLine | null {
  const counted = connectionsOf(catalog);
  if (counted === null) return null;
  const services = byService(counted.values());
  const used = new Map([...services].filter(([, connections]) => connections > 0));
  const all = [...used.values()].reduce((sum, each) => sum + each, 0);
  const unused = services.size - used.size;
  const words = [
    `${countWords(all)} since their counters began`,
    ...(used.size === 0 ? [] : [countedWords(used, MOST)]),
    ...(unused === 0 ? [] : [`none to ${plural(unused, 'Service')} with endpoints`]),
  ];
  return { id: 'connections', title: 'Connections', words: words.join(' · '), state: 'ok' };
}
