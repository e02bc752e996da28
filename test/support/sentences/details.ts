/** The sentences below a headline. */
import type { Detail } from './claims.ts';
import { numberOf } from './clauses.ts';

type Source = Extract<Detail, { kind: 'source' }>;
type Replies = Extract<Detail, { kind: 'replies' }>;

type Groups = Readonly<Record<string, string | undefined>>;

const SEES = String.raw`(?:The (?<receiver>pod|endpoint|receiver) sees|The packet leaves this node with)`;
const SEEN = String.raw`(?<seen>[\da-f:.]+(?:(?:, | or )[\da-f:.]+)*)`;
/** `10.244.1.1, an address of this node (masqueraded)`; which one may not be known. */
const OF_NODE = String.raw`(?:${SEEN}, an address of this node|one of the node's addresses) \(masqueraded\)`;
const ASKED = String.raw`(?<restored>\[[\da-f:.]+\](?::[\d*]+)?|[\da-f:.]*(?:[\da-f]|::))`;
const SHARE = String.raw`(?: \((?:[<>] )?(?<share>[\d.]+) %\))?`;

const patterns: readonly (readonly [pattern: string, read: (groups: Groups) => Detail])[] = [
  [`${SEES} the client's own address, ${SEEN}\\.`, (groups) => source(groups, 'client')],
  [`${SEES} (?:this node's address|addresses of this node), ${SEEN}\\.`, (groups) => source(groups, 'node')],
  [`${SEES} the process's own address, ${SEEN}\\.`, (groups) => source(groups, 'client')],
  [`${SEES} ${SEEN}, which no interface of this node has\\.`, (groups) => source(groups, 'strange')],
  [`${SEES} one of the node's addresses \\(masqueraded\\)\\.`, (groups) => source(groups, 'node')],
  [
    `${SEES} ${OF_NODE}(?:, not (?:the client's|the process's own))?\\.`,
    (groups) => source(groups, 'masqueraded'),
  ],
  [
    `${SEES} ${SEEN} as the source, not the (?:client's|process's own) address\\.`,
    (groups) => source(groups, 'rewritten'),
  ],
  [
    String.raw`(?:(?<itself>Where the pod is sent back to itself) \((?<share>[\d.]+) %\)|In (?:[<>] )?(?<part>[\d.]+) % of cases) the source becomes (?:(?<own>${OF_NODE})|${SEEN.replace('seen', 'rewritten')}); else (?:the (?<receiver>pod|endpoint|receiver) sees|the packet leaves this node with) the (?:client|process)'s own address\.`,
    (groups) => source({ ...groups, share: groups['share'] ?? groups['part'] }, 'partly'),
  ],
  [
    `Replies come back through this node, which makes ${ASKED} their source again\\.${SHARE}`,
    (groups) => replies(groups, 'through'),
  ],
  [
    `Replies come back through this node, which hands them to (?<handed>[\\da-f:.]+)\\.${SHARE}`,
    (groups) => replies(groups, 'through'),
  ],
  [`Replies come back untranslated\\.${SHARE}`, (groups) => replies(groups, 'untranslated')],
  [`The client gets its replies from ${ASKED} either way\\.`, (groups) => replies(groups, 'either')],
  [
    `Replies leave this node with ${ASKED} as their source again\\.${SHARE}`,
    (groups) => replies(groups, 'here'),
  ],
  [
    `Replies have to come back through this node, which alone can make ${ASKED} their source again\\.${SHARE}`,
    (groups) => replies(groups, 'must come through'),
  ],
  [
    String.raw`A client stays with its endpoint for (?<time>[\d,]+) (?<unit>s|min|h) after its last connection \(ClientIP affinity\)\.`,
    ({ time = '', unit }) => ({
      kind: 'affinity',
      seconds: numberOf(time) * (unit === 'h' ? 3600 : unit === 'min' ? 60 : 1),
    }),
  ],
  [
    String.raw`Lists are per port: the client's connections to .* may go to another endpoint\.`,
    () => ({ kind: 'advice' }),
  ],
  [
    String.raw`Whom the receiver sees, and how replies come back, depends on .*\.`,
    () => ({ kind: 'next node' }),
  ],
  [
    String.raw`Rule [\d,]+ of \S+(?: \(.+\))? (?:takes .* away that .* set, before rule [\d,]+ of \S+ reads it|sets 0x[\da-f]+ for itself, which is kube-proxy's masquerade mark)(?:: so the packet is (?:not )?masqueraded)?\.`,
    () => ({ kind: 'advice' }),
  ],
  [
    String.raw`The kernel picks (?<picked>[\da-f:.]+) out of (?<range>[\da-f:.]+-[\da-f:.]+) by a hash of source and destination(?: address)?: these always get it, others may get another one\.`,
    ({ picked = '', range = '' }) => ({ kind: 'picked', address: picked, range }),
  ],
  ['No reply was seen on that connection\\.', () => ({ kind: 'advice' })],
  ['`conntrack -D .*` lets these rules decide again\\.', () => ({ kind: 'advice' })],
  [
    String.raw`Packets of connections that the node knows from \S+ .*, whatever these rules say\.`,
    () => ({ kind: 'advice' }),
  ],
  ['The kernel of this node answers pings itself\\.', () => ({ kind: 'kernel answers' })],
  [
    String.raw`kube-proxy itself should listen there: it is the health check node port of \S+\.`,
    () => ({ kind: 'advice' }),
  ],
  ['A socket of this node listens there\\.', () => ({ kind: 'advice' })],
  [
    'Whether something listens there,(?: at the sender itself,)? the rules do not tell(?<closed>; if nothing does, the refusal (?:is|cannot be sent:|does not go back) .*, and the (?:client|process) (?:hangs until it times out|gets no answer))?\\.',
    ({ closed }) => ({ kind: 'listener unknown', silent: closed !== undefined }),
  ],
  ['The way below is that of a packet that somebody forged\\.', () => ({ kind: 'advice' })],
  [
    '(?:What|The rules of|\\d+ more ways? to) .*(?:with the packet is not known|let it through|not followed)\\.',
    () => ({ kind: 'next node' }),
  ],
  ['Made on the node and put beside the dump, .* decides? this\\.', () => ({ kind: 'remedy' })],
];

const known = patterns.map(([pattern, read]) => [new RegExp(`^${pattern}$`, 's'), read] as const);

/** Null for a sentence that is not known. */
export function detailsOf(text: string): readonly Detail[] | null {
  for (const [pattern, read] of known) {
    const match = pattern.exec(text);
    if (match !== null) return [read(match.groups ?? {})];
  }
  return null;
}

function source({ receiver, seen, rewritten, own, share, itself }: Groups, whose: Source['whose']): Source {
  const who =
    receiver === 'pod' || receiver === 'endpoint' || receiver === 'receiver' ? receiver : 'next node';
  const addresses = (seen ?? rewritten)?.split(/, | or /) ?? [];
  const ofNode = own !== undefined || whose === 'node' || whose === 'masqueraded';
  return {
    kind: 'source',
    receiver: who,
    whose,
    seen: addresses,
    ofNode,
    toItself: itself !== undefined,
    share: shareOf(share),
  };
}

function replies({ restored, handed, share }: Groups, way: Replies['way']): Replies {
  return {
    kind: 'replies',
    way,
    restored: restored ?? null,
    handedTo: handed ?? null,
    share: shareOf(share),
  };
}

function shareOf(percent: string | undefined): number | null {
  return percent === undefined ? null : Number(percent) / 100;
}
