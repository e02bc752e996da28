/** What the node's files do not tell, and which file would. */
import { partOf } from '../../rules/iptables/parts/part.ts';
import type { SnapshotFileName } from '../../kernel/snapshot.ts';
import type { Analysis } from '../analysis.ts';
import { either } from '../narrative/words.ts';
import { families } from '../rulesets.ts';
import type { GlanceLine } from './line.ts';

/** In the order of how much hangs on it. */
const facts: readonly {
  readonly what: string;
  readonly file: SnapshotFileName;
  isLacking(analysis: Analysis): boolean;
}[] = [
  {
    what: 'addresses',
    file: 'ip-addr.json',
    isLacking: ({ node }) => node.interfaces === null && node.glimpsed === null,
  },
  {
    what: 'all but a part of the addresses',
    file: 'ip-addr.json',
    isLacking: ({ node }) => node.interfaces === null && node.glimpsed !== null,
  },
  {
    what: 'routes',
    file: 'ip-route.json',
    isLacking: ({ node }) => node.routes[4] === null && node.routes[6] === null,
  },
  {
    what: 'Services and Pods of the cluster',
    file: 'objects.json',
    isLacking: ({ objects }) => objects === null,
  },
  { what: 'kernel settings', file: 'sysctl.txt', isLacking: ({ files }) => !files.has('sysctl.txt') },
  { what: 'ipsets', file: 'ipset-save.txt', isLacking: lacksSets },
  { what: 'connections', file: 'conntrack.txt', isLacking: ({ files }) => !files.has('conntrack.txt') },
];

/** Null where all of it is had. */
export function unknownLine(analysis: Analysis): GlanceLine | null {
  const lacking = facts.filter((fact) => fact.isLacking(analysis));
  const part = families.some((family) => {
    const source = analysis.sources.followed(family);
    return source !== null && partOf(source.ruleset) !== null;
  });
  const files = either(
    lacking.map(({ file }) => file),
    'and',
  );
  const words = [
    ...(part ? ['the rest of the rules, as these are a part'] : []),
    ...(lacking.length === 0 ? [] : [`${lacking.map(({ what }) => what).join(', ')} (${files} would tell)`]),
  ];
  if (words.length === 0) return null;
  return { id: 'unknown', title: 'Not known', words: words.join(' · '), state: 'info' };
}

/** Where no rule asks for a set, none is missed. */
function lacksSets({ sources, files }: Analysis): boolean {
  const asks = families.some(
    (family) => sources.followed(family)?.ruleset.text.includes('--match-set') === true,
  );
  return asks && !files.has('ipset-save.txt');
}
