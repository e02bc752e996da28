/** One line of what a node is at a glance. */
import { countWords } from '../narrative/words.ts';

/** In the order in which they are told. */
type GlanceId = 'node' | 'services' | 'connections' | 'owners' | 'filter' | 'marks' | 'findings' | 'unknown';

export interface GlanceLine {
  readonly id: GlanceId;
  /** `Services` */
  readonly title: string;
  /** What is so, parts between ` · `. */
  readonly words: string;
  /** `info`: not known, or worth knowing. */
  readonly state: 'ok' | 'info' | 'warning' | 'error';
}

/** `kube-proxy 1,179`: what there is how often, the most first; of many the rest as a number. */
export function countedWords(counts: ReadonlyMap<string, number>, most: number): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, most).map(([name, count]) => `${name} ${countWords(count)}`);
  const left = sorted.length - shown.length;
  return [...shown, ...(left > 0 ? [`${countWords(left)} more`] : [])].join(' · ');
}
