import type { IpSet, IpSetEntry } from './node.ts';
import type { FileReading } from './reading.ts';
import { ipsetSaved } from './text/ipsetText.ts';

/** Options of `create` that stand alone, without a value. */
const SWITCHES = new Set(['counters', 'comment', 'forceadd', 'skbinfo']);

interface OpenSet extends IpSet {
  readonly entries: IpSetEntry[];
}

/** `ipset save` or `ipset list` → the sets by name, entries as written. A set whose members a listing leaves out is left out, and named. */
export function readIpSets(text: string): FileReading<ReadonlyMap<string, IpSet>> {
  const sets = new Map<string, OpenSet>();
  const listed = ipsetSaved(text);
  const problems: string[] = [...(listed?.problems ?? [])];
  for (const line of listed?.lines ?? text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const [command = '', name = '', what] = words;
    if (command === '' || command.startsWith('#')) continue;
    if ((command === 'create' || command === '-N') && what !== undefined) {
      sets.set(name, { name, type: what, options: readOptions(words.slice(3)), entries: [] });
    } else if ((command === 'add' || command === '-A') && what !== undefined) {
      const set = sets.get(name);
      if (set === undefined) problems.push(`an entry of "${name}" stands before the set is created`);
      else
        set.entries.push({
          text: what,
          noMatch: says(words, 'nomatch'),
          wildcard: says(words, 'wildcard'),
          mark: says(words, 'skbmark') ? (words[words.indexOf('skbmark', 3) + 1] ?? null) : null,
        });
    } else {
      problems.push(`a line is not understood: ${line.trim().slice(0, 60)}`);
    }
  }
  if (sets.size === 0 && problems.length > 0) return { value: null, problems: problems.slice(0, 1) };
  return { value: sets, problems: problems.slice(0, 100) };
}

function readOptions(words: readonly string[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (let index = 0; index < words.length; index++) {
    const option = words[index] ?? '';
    if (SWITCHES.has(option)) options.set(option, '');
    else options.set(option, words[++index] ?? '');
  }
  return options;
}

/** `add nets 10.0.0.1 nomatch comment "…"`: the word counts only before the comment. */
function says(words: readonly string[], option: string): boolean {
  const comment = words.indexOf('comment', 3);
  const at = words.indexOf(option, 3);
  return at !== -1 && (comment === -1 || at < comment);
}
