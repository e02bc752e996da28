/** The clauses of a headline: what became of a packet. */
import type { ToldCause, ToldEnd, ToldPassage, ToldRule } from './claims.ts';

/** `10.244.1.5:8080`, `[fd00::5]:80`, `fd00::5` */
export const AT = String.raw`(?<to>\[[\da-f:.]+\](?::[\d*]+)?|[\da-f:.]*(?:[\da-f]|::)(?::\*)?)`;

const NAMED = String.raw`(?: \((?<named>[^()]*)\))?`;
/** `as 192.0.2.10 (SNAT)` */
const AS = String.raw`(?:(?<source>\S+)|one of the node's addresses) \((?:masqueraded|SNAT|by its known connection)\)`;
const USED = String.raw`(?: \(these rules use \d+ of \d+ that are ready\))?`;
const KNOWN = String.raw`its known connection(?: \(now from (?<knownSource>\S+)\))?, not by these rules(?:: no endpoint of (?<missed>\S+) any more)?`;
const VERB = '(?<verb>forwarded|sent|delivered on this node)';
const RULE = String.raw`rule (?<rule>[\d,]+) of (?<chain>\S+)`;

const NOBODY = 'nobody answers there(?: by these rules)?';

type Groups = Readonly<Record<string, string | undefined>>;

type Reader = (groups: Groups) => ToldEnd;

const patterns: readonly (readonly [pattern: string, read: Reader])[] = [
  [
    String.raw`${VERB} to one of (?<count>[\d,]+) endpoints of (?<service>\S+?)(?<here> on this node)?${USED}`,
    (groups) => passage(groups),
  ],
  [
    String.raw`${VERB} to ${AT}${NAMED}, (?:an|the only) endpoint of (?<service>\S+?)(?<here> on this node)?(?: in these rules)?${USED}`,
    (groups) => passage({ ...groups, count: '1' }),
  ],
  [
    String.raw`${VERB} to ${AT}${NAMED}(?: out of (?<out>\S+))?, translated by ${KNOWN}(?:, as ${AS.replace('?<source>', '?<changed>')})?`,
    (groups) => passage(groups),
  ],
  [
    `delivered to this node itself, at ${AT}(?:, translated by (?:${RULE}|${KNOWN})|, as ${AS.replace('?<source>', '?<changed>')})?`,
    (groups) => passage({ ...groups, verb: 'delivered on this node' }),
  ],
  [
    String.raw`${VERB} to ${AT}${NAMED}(?: out of (?<out>\S+))?, (?:(?<kept>unchanged(?<port> but for its source port, (?:now \d+|which the kernel picks))?)|as ${AS})(?: if the first packet of its connection was)?(?:: no rule hands it to an endpoint of (?<missed>\S+))?`,
    (groups) => passage(groups),
  ],
  [
    String.raw`${VERB} to ${AT}${NAMED}(?: out of (?<out>\S+))?, translated by ${RULE}(?:, as ${AS.replace('?<source>', '?<changed>')})?`,
    (groups) => passage(groups),
  ],
  [
    `handed to the transparent socket on port \\d+ of this node by TPROXY, addressed to ${AT} as it was`,
    (groups) => passage({ ...groups, verb: 'delivered on this node' }),
  ],
  [
    String.raw`${VERB} to ${AT}${NAMED}(?: out of (?<out>\S+))?, unchanged if the first packet of its connection was`,
    (groups) => passage(groups),
  ],
  [
    String.raw`${NOBODY}: \S+ is the [^,]+? of (?<missed>\S+?)(?: and .*?)?, which ha(?:s|ve) .+ there(?:, not \d+/\S+| and answers no .+)`,
    (groups) => nobody(groups),
  ],
  [String.raw`${NOBODY}: (?<missed>\S+) has no endpoints?.*`, (groups) => nobody(groups)],
  [`${NOBODY}: no rule hands it to an endpoint of (?<missed>\\S+)`, (groups) => nobody(groups)],
  [
    `${NOBODY}: \\S+ is not in the load-balancer source ranges of (?<missed>\\S+), and nothing on its way drops what is marked for that`,
    (groups) => nobody(groups),
  ],
  // It ends there, and the connection does not.
  ['taken by .*: (?:SYNPROXY|synproxy) .*', () => ({ kind: 'unknown' })],
  ['not known(?:: .*)?', () => ({ kind: 'unknown' })],
];

const stops: readonly (readonly [pattern: string, read: (groups: Groups) => ToldCause])[] = [
  [
    String.raw` by the kernel(?: once ${RULE} had sent it to \S+)?(?:: (?<reason>.*))?`,
    (groups) => ({
      kind: 'kernel',
      reason: groups['reason'] ?? '',
      behind: groups['rule'] === undefined ? null : ruleOf(groups),
    }),
  ],
  [
    String.raw` by the policy of (?<chain>\S+) \(table (?<table>\S+)\)`,
    ({ chain = '', table = '' }) => ({ kind: 'policy', chain, table }),
  ],
  [String.raw` by ${RULE}(?: \("(?<comment>.*)"\))?(?:: .*)?`, (groups) => ruleOf(groups)],
  [String.raw`: (?<service>\S+) has no endpoints`, ({ service = '' }) => ({ kind: 'no endpoints', service })],
  [
    String.raw`: (?<service>\S+) has no endpoint on this node, and its traffic policy is Local`,
    ({ service = '' }) => ({ kind: 'no local endpoint', service }),
  ],
  [
    String.raw`: (?<source>.+) is not in the load-balancer source ranges of (?<service>\S+)`,
    ({ source = '', service = '' }) => ({ kind: 'source ranges', source, service }),
  ],
  [
    String.raw`: ${RULE}(?: \("(?<comment>.*)"\))? marked it for that(?: before .*, which lets .* in, and nothing takes the mark back)?`,
    (groups) => ({ kind: 'marked', rule: ruleOf(groups) }),
  ],
  [String.raw`: ${RULE} lets nobody in`, (groups) => ({ kind: 'marked', rule: ruleOf(groups) })],
  [String.raw`: (?<comment>.+)`, ({ comment = '' }) => ({ kind: 'comment', text: comment })],
];

const known = patterns.map(([pattern, read]) => [new RegExp(`^${pattern}$`, 's'), read] as const);
const knownStops = stops.map(([pattern, read]) => [new RegExp(`^${pattern}$`, 's'), read] as const);

/** Null for a clause that is not known. */
export function endOf(clause: string): ToldEnd | null {
  const stopped = /^(dropped|rejected)\b(.*)$/s.exec(clause);
  if (stopped !== null) {
    const cause = firstOf(knownStops, stopped[2] ?? '');
    return cause && { kind: 'stops', verdict: stopped[1] === 'dropped' ? 'drop' : 'reject', cause };
  }
  return firstOf(known, clause);
}

function firstOf<T>(
  readers: readonly (readonly [pattern: RegExp, read: (groups: Groups) => T])[],
  text: string,
): T | null {
  for (const [pattern, read] of readers) {
    const match = pattern.exec(text);
    if (match !== null) return read(match.groups ?? {});
  }
  return null;
}

function passage(groups: Groups): ToldPassage {
  const { verb, to, named, count, service, here, out, missed } = groups;
  return {
    kind: 'passes',
    verb: verb === 'forwarded' ? 'forward' : verb === 'sent' ? 'sent' : 'local',
    to: to ?? null,
    named: named ?? null,
    endpoints: count === undefined ? null : numberOf(count),
    service: service ?? null,
    onThisNode: here !== undefined,
    interface: out ?? null,
    unchanged: unchangedOf(groups),
    source: groups['source'] ?? groups['changed'] ?? groups['knownSource'] ?? null,
    translatedBy: groups['rule'] === undefined ? null : ruleOf(groups),
    missed: missed ?? null,
    unanswered: false,
  };
}

function unchangedOf({ kept, port, source }: Groups): ToldPassage['unchanged'] {
  if (kept !== undefined && port === undefined) return 'all';
  return kept === undefined && source === undefined ? null : 'destination';
}

function nobody(groups: Groups): ToldPassage {
  return { ...passage({ ...groups, verb: 'sent' }), unanswered: true };
}

function ruleOf({ rule = '', chain = '', comment }: Groups): ToldRule {
  return { kind: 'rule', number: numberOf(rule), chain, comment: comment ?? null };
}

/** `1,204` → 1204 */
export function numberOf(text: string): number {
  return Number(text.replaceAll(',', ''));
}
