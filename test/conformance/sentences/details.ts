/** The sentences below the headline against the record: whom the receiver sees, and how answers come back. */
import type { Detail, Reading } from '../../support/sentences/claims.ts';
import { isInside, isLoopback } from '../../support/sentences/networks.ts';
import type { Verdicts } from '../../support/sentences/complaint.ts';
import type { Case } from './headline.ts';
import { type Ended, hostOf, passed, written } from './recorded.ts';

type Source = Extract<Detail, { kind: 'source' }>;
type Replies = Extract<Detail, { kind: 'replies' }>;

export function judgeDetails(reading: Reading, of: Case, verdicts: Verdicts): void {
  judgeLosses(reading, of, verdicts);
  for (const detail of reading.details) {
    if (detail.kind === 'source') judgeSource(detail, of, verdicts);
    if (detail.kind === 'replies') judgeReplies(detail, reading, of, verdicts);
    if (detail.kind === 'listener unknown') {
      const answered = of.flow.outcomes.some(({ stackReply }) => stackReply === 'echo-reply');
      verdicts.claim('listener', !answered, 'the kernel answers the ping itself');
    }
    if (detail.kind === 'affinity') {
      verdicts.claim('affinity', of.facts.sticky(of.flow.family), 'no list of recent clients');
    }
  }
}

function judgeSource(told: Source, { flow, facts }: Case, verdicts: Verdicts): void {
  const ends = flow.outcomes.filter(passed);
  const sources = new Set(ends.flatMap(({ source }) => (source === null ? [] : [hostOf(source)])));
  const client = flow.from.address;
  const own = told.seen.every((address) => facts.addresses.has(address) || isLoopback(address));
  const truth = `${[...sources].join(', ')} of ${client}`;
  if (told.seen.length === 0) return;
  if (told.whose === 'partly') {
    const changed = ends.filter(({ source }) => source !== null && hostOf(source) !== client);
    const count = changed.reduce((sum, each) => sum + each.count, 0);
    const all = ends.reduce((sum, each) => sum + each.count, 0);
    const share = told.share ?? 1;
    const spread = 6 * Math.sqrt(all * share * (1 - share)) + 1;
    verdicts.claim('share of changed sources', Math.abs(count - all * share) <= spread, `${count} of ${all}`);
    const known = changed.every(({ source }) => source !== null && told.seen.includes(hostOf(source)));
    verdicts.claim('source seen', known, truth);
    if (told.ofNode) verdicts.claim('address of this node', own, told.seen.join(', '));
    if (told.toItself) {
      const toItself = ends.filter(({ destination }) => hostOf(destination ?? '') === client);
      const alike = toItself.every((each) => changed.includes(each)) && toItself.length === changed.length;
      verdicts.claim('packets that come back to their Pod', alike, truth);
    }
    return;
  }
  verdicts.claim(
    'source seen',
    [...sources].every((address) => told.seen.includes(address)),
    truth,
  );
  verdicts.claim('source seen', told.seen.length === 1 ? sources.has(told.seen[0] ?? '') : true, truth);
  if (told.whose === 'client') verdicts.claim("client's own address", told.seen.join() === client, truth);
  if (told.ofNode) verdicts.claim('address of this node', own, told.seen.join(', '));
  if (told.whose === 'strange') verdicts.claim('address of nobody here', !own, told.seen.join(', '));
  if (told.whose === 'masqueraded' || told.whose === 'rewritten') {
    verdicts.claim("not the client's address", !told.seen.includes(client ?? ''), truth);
  }
  if (told.whose === 'masqueraded') {
    const lines = flow.paths.flatMap(({ rules }) =>
      rules.map((place) => facts.rule(flow.family, place) ?? ''),
    );
    const byRule = lines.some((line) => line.includes('-j MASQUERADE')) || flow.after !== undefined;
    verdicts.claim('masqueraded', byRule, 'no MASQUERADE counted');
  }
}

/** The ends of a connection, from the record or from the first packet's own addresses. */
interface Tuples {
  readonly source: string;
  readonly destination: string;
  readonly replySource: string;
  readonly replyDestination: string;
}

function tuplesOf({ conntrack }: Ended): Tuples | null {
  if (conntrack === undefined) return null;
  const [source = '', destination = ''] = endsOf(conntrack.original);
  const [replySource = '', replyDestination = ''] = endsOf(conntrack.reply);
  return { source, destination, replySource, replyDestination };
}

/** Of ICMP a tuple ends in its type and code. */
function endsOf(tuple: string): readonly string[] {
  return tuple.replace(/ type .*/, '').split('>');
}

function judgeReplies(told: Replies, reading: Reading, of: Case, verdicts: Verdicts): void {
  const { flow } = of;
  const asked = written(flow.to.address, flow.to.port);
  const first = flow.after === undefined;
  if (told.restored !== null && first) {
    verdicts.claim('address that replies get back', told.restored === asked, asked);
  }
  if (told.handedTo !== null && flow.from.address !== null && first) {
    verdicts.claim(
      'client that gets replies',
      hostOf(told.handedTo) === flow.from.address,
      flow.from.address,
    );
  }
  const ends = flow.outcomes.filter(passed).map((ended) => ({ ended, tuples: tuplesOf(ended) }));
  if (told.way === 'untranslated') {
    const plain = ends.some(({ tuples }) => tuples === null || tuples.destination === tuples.replySource);
    verdicts.claim('replies that nothing translates', plain, 'each end translates');
  }
  const alone = ends.length === 1 && told.share === null;
  for (const { ended, tuples } of ends) {
    if (tuples === null) continue;
    if (told.restored !== null && (alone || told.share === null)) {
      const translated = tuples.destination !== tuples.replySource;
      verdicts.claim(
        'source that replies have already',
        translated,
        `replies come from ${tuples.replySource}`,
      );
    }
    if (told.share === null) judgeWay(told, tuples, ended, of, verdicts);
  }
  const nobody =
    reading.headline?.fates.some(({ end }) => end.kind === 'passes' && end.missed !== null) === true;
  verdicts.claim('replies of nobody', !nobody, 'no endpoint gets it');
}

/** Whether answers can come back as they are told to. */
function judgeWay({ way }: Replies, tuples: Tuples, ended: Ended, of: Case, verdicts: Verdicts): void {
  const back = hostOf(tuples.replyDestination);
  if (way === 'through' && ended.verdict === 'forward') {
    verdicts.claim('replies to a loopback address', !isLoopback(back), `they would go to ${back}`);
    if (of.flow.from.kind === 'node') {
      verdicts.claim(
        'replies to ::1',
        of.flow.from.address !== '::1',
        'the answer is not routed back to ::1',
      );
    }
    verdicts.claim('replies through this node', comesThrough(tuples, of) !== false, 'they go another way');
    const { from } = of.flow;
    // A Pod of a bridge sends what it does not know to the node.
    const known = of.facts.addresses.has(back) || of.facts.bridges.has(ended.interface ?? '');
    // Of a later packet it may be the address that the first one asked.
    const somebody = from.address === null || back === from.address || known || of.flow.after !== undefined;
    verdicts.claim('replies to an address of nobody known', somebody, `they go to ${back}`);
  }
  if (way === 'here') verdicts.claim('replies from here', ended.verdict === 'local', ended.verdict);
}

/** What is said of answers that do not come back. */
function judgeLosses({ headline }: Reading, { flow, facts }: Case, verdicts: Verdicts): void {
  if (headline === null || headline.fates.length > 1) return;
  for (const { kind, share } of headline.losses) {
    if (share !== null) continue;
    if (kind === 'unheard') {
      const asked = flow.to.address;
      verdicts.claim('an answer from an address of each machine', isLoopback(asked), `from ${asked}`);
    }
    for (const { source, destination } of flow.outcomes.filter(passed)) {
      const [from, to] = [hostOf(source ?? ''), hostOf(destination ?? '')];
      if (kind === 'itself') {
        verdicts.claim('a packet from its own address', from === to || isLoopback(from), `${from} > ${to}`);
      }
      if (kind === 'bypass') {
        verdicts.claim('replies past this node', !facts.addresses.has(from), `they go to this node, ${from}`);
      }
    }
  }
}

/** Whether answers come by this node; null where its networks do not tell. */
function comesThrough({ replySource, replyDestination }: Tuples, { facts }: Case): boolean | null {
  const to = hostOf(replyDestination);
  if (facts.addresses.has(to)) return true;
  const networkOf = (address: string) => facts.networks.find(({ prefix }) => isInside(address, prefix));
  const [near, far] = [networkOf(hostOf(replySource)), networkOf(to)];
  if (near === undefined || far === undefined || near.interface !== far.interface) return null;
  if (!facts.bridges.has(near.interface)) return false;
  const name = to.includes(':')
    ? 'net.bridge.bridge-nf-call-ip6tables'
    : 'net.bridge.bridge-nf-call-iptables';
  const asked = facts.sysctl(name);
  return asked === undefined ? null : asked === '1';
}
