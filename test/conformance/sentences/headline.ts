/** The headline against the record: where packets end, who stops them, in what shares, and what the sender notices. */
import type {
  Fate,
  ToldCause,
  ToldHeadline,
  ToldNotice,
  ToldPassage,
  ToldRule,
} from '../../support/sentences/claims.ts';
import { noticedOf } from '../../support/sentences/notices.ts';
import { isInside } from '../../support/sentences/networks.ts';
import type { Verdicts } from '../../support/sentences/complaint.ts';
import { commentsOf, type NodeFacts } from '../../support/sentences/nodeFacts.ts';
import { type Ended, hostOf, opens, passed, type RecordedFlow, written } from './recorded.ts';

/** A recorded flow with its node. */
export interface Case {
  readonly flow: RecordedFlow;
  readonly facts: NodeFacts;
}

export function judgeHeadline(headline: ToldHeadline, of: Case, verdicts: Verdicts): void {
  const { outcomes, tries } = of.flow;
  const { fates } = headline;
  if (fates.length === 0) return;
  const untold = outcomes.filter((ended) => fates.every((fate) => whyNot(fate, ended, of) !== null));
  for (const ended of untold) {
    const reasons = fates.map((fate) => whyNot(fate, ended, of) ?? '');
    verdicts.claim(kindOf(reasons), false, `${shown(ended)}: ${reasons.join('; ')}`);
  }
  for (const fate of fates) {
    const seen = outcomes.filter((ended) => whyNot(fate, ended, of) === null);
    const count = seen.reduce((sum, ended) => sum + ended.count, 0);
    judgeFate(fate, seen, count, of, verdicts);
    // Of two ends that look alike in the record, as two of the kernel's own, neither share can be counted.
    const isOnly = seen.every((ended) =>
      fates.every((each) => each === fate || whyNot(each, ended, of) !== null),
    );
    if (fate.share !== null && untold.length === 0 && isOnly) {
      const spread = 6 * Math.sqrt(tries * fate.share * (1 - fate.share)) + 0.001 * tries;
      verdicts.claim('share', Math.abs(count - tries * fate.share) <= spread, `${count} of ${tries}`);
    }
  }
  if (headline.notice !== null) judgeNotice(headline.notice, of, verdicts);
}

function shown({ verdict, source, destination, interface: out, by }: Ended): string {
  return [verdict, source, '>', destination, out, by].filter(Boolean).join(' ');
}

/** The first word before the colon names the kind. */
function kindOf(reasons: readonly string[]): string {
  return reasons[0]?.split(':')[0] ?? 'end';
}

/** Why a told end is not the recorded one; null where it may be. */
function whyNot({ end, onNode }: Fate, ended: Ended, { flow }: Case): string | null {
  if (onNode !== null || end.kind === 'unknown') return null;
  if (end.kind === 'stops') {
    if (end.verdict !== ended.verdict) return `verdict: told ${end.verdict}`;
    return wrongCause(end.cause, ended);
  }
  if (!passed(ended)) return 'verdict: told that it passes';
  const verb = flow.from.kind === 'node' ? 'sent' : 'forward';
  if (end.verb !== 'sent' && end.verb !== ended.verdict) return `verdict: told ${end.verb}`;
  if (end.verb !== 'local' && end.verb !== verb && end.to !== null && end.service === null) {
    return `verb: told ${end.verb}`;
  }
  return wrongPassage(end, ended, flow);
}

function wrongPassage(
  end: ToldPassage,
  { source, destination, interface: out }: Ended,
  flow: RecordedFlow,
): string | null {
  if (end.to !== null && !sameEndpoint(end.to, destination)) return `destination: told ${end.to}`;
  if (end.interface !== null && end.interface !== out) return `interface: told ${end.interface}`;
  const asked = written(flow.to.address, flow.to.port);
  if (end.unchanged !== null && destination !== asked) return 'unchanged: the destination is not';
  if (end.unchanged === 'all' && flow.from.address !== null && !sameSource(flow, source)) {
    return 'unchanged: the source is rewritten';
  }
  if (end.source !== null && end.source !== hostOf(source ?? '')) return `new source: told ${end.source}`;
  return null;
}

function sameSource({ from }: RecordedFlow, source: string | null): boolean {
  return source === null || sameEndpoint(written(from.address ?? '', from.port), source);
}

function sameEndpoint(told: string, seen: string | null): boolean {
  if (seen === null) return false;
  return (
    told === seen ||
    ([told, seen].some((each) => each.endsWith(':*')) && portless(told) === portless(seen)) ||
    portless(seen) === told
  );
}

function portless(endpoint: string): string {
  return endpoint.replace(/:(?:\d+|\*)$/, '');
}

function wrongCause(cause: ToldCause, { by = '' }: Ended): string | null {
  switch (cause.kind) {
    case 'kernel':
      return by === 'kernel' ? null : `cause: told the kernel, not ${by}`;
    case 'policy':
      return by === `${cause.table}/${cause.chain}/policy` ? null : `cause: told a policy, not ${by}`;
    case 'rule':
      return by.endsWith(`/${cause.chain}/${cause.number - 1}`)
        ? null
        : `cause: told ${cause.chain}, not ${by}`;
    default:
      return /^(?:filter|nat)\//.test(by) ? null : `cause: told a rule of kube-proxy, not ${by}`;
  }
}

function judgeFate({ end }: Fate, seen: readonly Ended[], count: number, of: Case, verdicts: Verdicts): void {
  if (end.kind === 'unknown' || seen.length === 0) return;
  verdicts.claim('end', true, '');
  if (end.kind === 'stops') judgeCause(end.cause, seen, of, verdicts);
  else judgePassage(end, seen, count, of, verdicts);
}

function judgePassage(
  end: ToldPassage,
  seen: readonly Ended[],
  count: number,
  of: Case,
  verdicts: Verdicts,
): void {
  const destinations = new Set(seen.map(({ destination }) => destination));
  if (end.endpoints !== null && end.service !== null) {
    const enough = end.endpoints === 1 || count >= 12 * end.endpoints;
    const holds = enough ? destinations.size === end.endpoints : destinations.size <= end.endpoints;
    verdicts.claim('number of endpoints', holds, `${destinations.size} seen in ${count}`);
    const services = servicesOnTheWay(of);
    verdicts.claim('Service', services.has(end.service), [...services].join(', '));
  }
  if (end.translatedBy !== null) judgeTranslation(end.translatedBy, of, verdicts);
}

function judgeTranslation({ chain, number }: ToldRule, { flow, facts }: Case, verdicts: Verdicts): void {
  const lines = flow.paths
    .flatMap(({ rules }) => rules)
    .filter((rule) => rule.endsWith(`/${chain}/${number - 1}`))
    .map((place) => facts.rule(flow.family, place) ?? '');
  const translates = lines.some((line) => /-j (?:DNAT|REDIRECT|NETMAP|DNPT|TPROXY)/.test(line));
  verdicts.claim('translating rule', translates, lines.join(' | ') || 'it did not count');
}

/** The Service ports whose endpoint chains the packets passed. */
function servicesOnTheWay({ flow, facts }: Case): ReadonlySet<string> {
  const lines = flow.paths
    .flatMap(({ rules }) => rules)
    .filter((place) => place.startsWith('nat/KUBE-SEP-'))
    .flatMap((place) => facts.rule(flow.family, place) ?? []);
  const before =
    (flow.after ?? []).length > 0 ? facts.frontends(flow.family).map(({ service }) => service) : [];
  return new Set([...lines.flatMap((line) => commentsOf(line)), ...before]);
}

function judgeCause(cause: ToldCause, seen: readonly Ended[], of: Case, verdicts: Verdicts): void {
  const { flow, facts } = of;
  const lines = seen.map(({ by = '' }) => facts.rule(flow.family, by) ?? '');
  const stopping = lines.flatMap((line) => commentsOf(line));
  const onTheWay = flow.paths.flatMap(({ rules }) =>
    rules.map((place) => facts.rule(flow.family, place) ?? ''),
  );
  const way = onTheWay.flatMap((line) => commentsOf(line));
  if (cause.kind === 'rule' && cause.comment !== null) {
    const shownWhole =
      stopping.length === 0 || stopping.some((each) => cause.comment?.includes(each) === true);
    verdicts.claim('comment', shownWhole, stopping.join(' | '));
    verdicts.said(
      'comment',
      stopping.every((each) => cause.comment?.includes(each)),
      stopping.join(' | '),
    );
  }
  if (cause.kind === 'no endpoints') {
    const wanted = `${cause.service} has no endpoints`;
    verdicts.claim('no endpoints', [...stopping, ...way].includes(wanted), stopping.join(' | '));
  }
  if (cause.kind === 'no local endpoint') {
    const wanted = `${cause.service} has no local endpoints`;
    verdicts.claim('no local endpoint', [...stopping, ...way].includes(wanted), stopping.join(' | '));
  }
  if (cause.kind === 'kernel' && cause.behind !== null) judgeTranslation(cause.behind, of, verdicts);
  if (cause.kind === 'marked') {
    const { chain, number } = cause.rule;
    const places = flow.paths.flatMap(({ rules }) => rules);
    const counted = places.some((place) => place.endsWith(`/${chain}/${number - 1}`));
    verdicts.claim('rule that marked', counted, way.join(' | '));
  }
  if (cause.kind === 'comment') verdicts.claim('comment', way.includes(cause.text), way.join(' | '));
  if (cause.kind === 'source ranges') {
    const ranges = facts.ranges(flow.family, cause.service);
    verdicts.claim('source of the ranges', cause.source === flow.from.address, String(flow.from.address));
    const outside = ranges.length > 0 && !ranges.some((range) => isInside(flow.from.address ?? '', range));
    verdicts.claim('source ranges', outside, ranges.join(', '));
  }
}

function judgeNotice(notice: ToldNotice, of: Case, verdicts: Verdicts): void {
  // No record follows a refusal back: what comes of it real clients say (test/realKernel/clients).
  if (notice.kind === 'lost refusal') return;
  for (const ended of of.flow.outcomes) {
    const truth = noticeTruth(ended, of);
    const told = notice.kind === 'error' ? notice.error : notice.kind;
    verdicts.claim(`notice ${notice.kind}`, truth.length === 0 || truth.includes(told), truth.join(' or '));
  }
}

/** What may be told of what the sender notices; empty where the record does not say. */
function noticeTruth(ended: Ended, { flow }: Case): readonly string[] {
  const { verdict, rejectWith = '', errno, stackReply, by } = ended;
  const first = opens(flow);
  const waits = flow.protocol === 'tcp' && first ? ['hangs'] : ['no answer'];
  // Of a packet that follows others it depends on what its sender made of those.
  const silent = flow.after === undefined ? waits : ['hangs', 'no answer'];
  if (verdict === 'local' && stackReply !== undefined) return [];
  if (passed(ended)) return [];
  if (errno === 'EPERM' && !['tcp', 'sctp', 'dccp'].includes(flow.protocol))
    return ['operation not permitted'];
  if (errno === 'EINVAL')
    return flow.protocol === 'tcp' ? ['invalid argument', 'hangs'] : ['invalid argument'];
  if (verdict === 'reject') {
    if (ended.rejectUnanswered === true) return ['unanswered reject'];
    if (flow.protocol === 'icmp') return [rejectWith];
    if (!first && flow.protocol === 'tcp') return silent;
    const seen = noticedOf(rejectWith, flow.protocol);
    return seen === null ? silent : [seen];
  }
  if (stackReply !== undefined && /ttl-zero|time/.test(stackReply)) {
    if (flow.protocol === 'icmp') return ['time exceeded'];
    return flow.protocol === 'tcp' && first ? ['no route to host'] : silent;
  }
  if (stackReply === 'no-route')
    return flow.protocol === 'tcp' && first ? ['network is unreachable'] : silent;
  return by === 'kernel' && flow.from.kind === 'node' ? [] : silent;
}
