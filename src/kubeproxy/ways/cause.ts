/** Why a packet, or the answer to it, does not arrive: from its one answer, in the words in which a trace tells it. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Outcome, Step } from '../../kernel/trace.ts';
import type { Analysis } from '../analysis.ts';
import type { Answer } from '../answer/answer.ts';
import type { FindingPlace } from '../findings/finding.ts';
import { kernelWords, ruleWords, stoppedClause } from '../narrative/causes.ts';
import { type Context, contextOf } from '../narrative/context.ts';
import { groupByAssumptions } from '../narrative/headline.ts';
import { type Loss, lossesOf } from '../narrative/losses.ts';
import { refusedPort } from '../narrative/refused.ts';
import { noticeOf } from '../narrative/noticed.ts';
import { translationOf } from '../narrative/words.ts';
import { NFT, nftChainAt } from '../nftSource.ts';
import { chainNamed } from '../rulesets.ts';
import type { WayAssumption, WayCause } from './way.ts';

/** Taken for granted by whoever asks whether a client can connect. */
const GOES_WITHOUT_SAYING: ReadonlySet<string> = new Set([
  'new-connection',
  'arrival-unknown',
  'served-before',
]);

/** One reason for which some of an answer's packets do not arrive. */
type Reason = Omit<WayCause, 'isAll' | 'assumes'>;

/** Null where all packets arrive and are answered, and where that depends on what is not known. */
export function causeOf(answer: Answer, flow: Flow, analysis: Analysis): WayCause | null {
  const { outcomes, assumptions } = answer;
  if (outcomes.length === 0 || outcomes.some(({ verdict }) => verdict === 'unknown')) return null;
  const context = contextOf(flow, analysis, undefined, answer);
  const reasons = outcomes.map((outcome) => reasonsOf(outcome, context));
  const under = groupByAssumptions(outcomes).map((group) =>
    group.flatMap((outcome) => reasons[outcomes.indexOf(outcome)] ?? []),
  );
  // Whatever the answer to what is not known: some packets end, and for the same reason.
  const [first = []] = under;
  const found = first.find(({ key }) => under.every((each) => each.some((other) => other.key === key)));
  if (found === undefined) return null;
  return {
    ...found,
    isAll: reasons.every((each) => each.length > 0),
    assumes: assumedIn(assumptions).map(({ message }) => message),
  };
}

/** What an answer takes for granted and nothing that was given settles, but what goes without saying of any new connection. */
export function assumedIn(assumptions: Answer['assumptions']): readonly WayAssumption[] {
  return assumptions.flatMap(({ code, branched, message }) =>
    branched || GOES_WITHOUT_SAYING.has(code) ? [] : [{ code, message }],
  );
}

function reasonsOf(outcome: Outcome, context: Context): readonly Reason[] {
  if (outcome.verdict === 'drop' || outcome.verdict === 'reject')
    return isByService(outcome, context) ? [] : [stopped(outcome, context)];
  const elsewhere = taken(outcome, context);
  if (elsewhere !== null) return [elsewhere];
  return lossesOf(outcome, context).flatMap((loss) => lost(loss, outcome, context) ?? []);
}

/**
 * Where a rule that is no Service's sends what is for a cluster IP or a node port to somebody who is no endpoint of it. A load
 * balancer's address may well be translated by others: those of k3s are host ports of Pods.
 */
function taken(outcome: Outcome, context: Context): Reason | null {
  const by = translationOf(outcome)?.at ?? null;
  const { destination } = outcome;
  if (by === null || destination === null || by.chain.startsWith('KUBE-')) return null;
  if (context.catalog.ofRule(by) !== null) return null;
  const { to, protocol } = context.flow;
  if (to.port === null) return null;
  const asked = [to.address, null]
    .flatMap((address) => context.catalog.frontendsAt(address, to.port ?? 0, protocol))
    .filter(({ frontend: { kind } }) => kind === 'clusterIP' || kind === 'nodePort');
  const isEndpoint = asked.some(({ port: { endpoints } }) =>
    endpoints.some(({ address, port }) => address === destination.address && port === destination.port),
  );
  if (asked.length === 0 || isEndpoint) return null;
  return {
    kind: 'taken',
    key: `taken ${placeKey(by)}`,
    words: `${ruleWords(by, context)} translates what is sent there to ${formatEndpoint(destination)}, which is no endpoint of the Service`,
    notice: '',
    at: by,
  };
}

/** Whether a Service port's own rules stop it: for want of endpoints, by its policy, by its source ranges. */
export function isByService(outcome: Outcome, context: Context): boolean {
  const rules = outcome.steps.filter((step) => step.kind === 'rule');
  const last = rules.at(-1);
  if (outcome.by === null || outcome.by === 'kernel' || last === undefined) return false;
  // No Service has a policy, whatever rule of it the packet met before.
  if (outcome.steps.findLast(({ kind }) => kind === 'rule' || kind === 'policy')?.kind === 'policy')
    return false;
  // Up to 1.24 its chains mark what KUBE-FIREWALL then drops.
  const isMarked = last.at.chain === 'KUBE-FIREWALL' && rules.some(({ at }) => at.chain === 'KUBE-MARK-DROP');
  return (
    isMarked ||
    context.catalog.ofRule(last.at) !== null ||
    refusedPort(outcome, context.flow, context.catalog) !== null
  );
}

function stopped(outcome: Outcome, context: Context): Reason {
  const { by, reason, verdict } = outcome;
  const at = placeOfEnd(outcome, context);
  const done = verdict === 'drop' ? 'dropped' : 'rejected';
  const isRule = at !== null && 'chain' in at;
  return {
    kind: 'stopped',
    key: `${verdict} ${by === null || by === 'kernel' ? withoutValues(kernelWords(reason ?? '')) : by}`,
    words: isRule ? `${done} by ${ruleWords(at, context)}` : stoppedClause(outcome, context),
    notice: noticeOf(outcome, context),
    at,
  };
}

/** That nothing listens at a port of this node is the node's affair. */
function lost(loss: Loss, outcome: Outcome, context: Context): Reason | null {
  if (!loss.sure || loss.kind === 'listener') return null;
  const at = loss.kind === 'reply' ? placeOfReply(outcome, context) : placeOfUntracking([outcome]);
  const kind = loss.kind === 'reply' ? 'reply' : 'nowhere';
  const where = at === null ? '' : placeKey(at);
  return { kind, key: `${kind} ${where} ${withoutValues(loss.text)}`, words: loss.text, notice: '', at };
}

function placeKey(at: FindingPlace): string {
  return 'chain' in at ? `${at.table}/${at.chain}/${at.index}` : `${at.span.start}`;
}

/** Addresses, ports, interfaces that do not forward, names of Services and hashes of their chains differ from way to way. */
function withoutValues(text: string): string {
  return text
    .replace(/(forwarding is off) for \S+$/, '$1')
    .replace(/KUBE-[A-Z]+-[A-Z2-7]{16}/g, 'KUBE-')
    .replace(/(?<![\w/.-])[\w.-]+\/[\w.-]+(?::[\w-]+)?/g, '·')
    .replace(/\[?[\da-f]*[.:][\da-f.:]+\]?(?::\d+)?/gi, '·')
    .replace(/\b\d+\b/g, '·');
}

/** The rule in which a packet ends, or the declaration of the chain whose policy ends it. */
function placeOfEnd({ steps, by }: Outcome, { analysis, family }: Context): FindingPlace | null {
  if (by === null || by === 'kernel') return null;
  const last = steps.findLast((step) => step.kind === 'rule' || step.kind === 'policy');
  if (last?.kind === 'rule') return last.at;
  if (last?.kind === 'policy' && last.source === NFT) {
    const nft = nftChainAt(analysis.sources.nft, last);
    return nft === null ? null : { source: NFT, span: { start: nft.span.start, end: nft.span.end } };
  }
  const source = analysis.sources.followed(family);
  const chain = last?.kind === 'policy' ? chainNamed(source?.ruleset ?? null, last.table, last.chain) : null;
  const node = chain?.declaration ?? chain?.rules[0] ?? null;
  return node === null || source === null
    ? null
    : { source: source.id, span: { start: node.start, end: node.end } };
}

function placeOfReply(outcome: Outcome, context: Context): FindingPlace | null {
  const walked = context.repliesTo(outcome).flatMap((reply) => reply.outcome ?? []);
  const end = walked.find(({ verdict }) => verdict === 'drop' || verdict === 'reject');
  return (end === undefined ? null : placeOfEnd(end, context)) ?? placeOfUntracking([outcome, ...walked]);
}

/** The first rule that keeps one of the packets from being tracked. */
function placeOfUntracking(packets: readonly Outcome[]): FindingPlace | null {
  const step = packets
    .flatMap(({ steps }) => steps)
    .find(
      (each): each is Extract<Step, { kind: 'rule' }> =>
        each.kind === 'rule' && each.effect.kind === 'notrack',
    );
  return step?.at ?? null;
}
