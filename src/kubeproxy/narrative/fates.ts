/** What becomes of a packet, in clauses: outcomes that end alike share one. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Outcome, Verdict } from '../../kernel/trace.ts';
import { KeptByPart } from '../../text/kept.ts';
import { isLocalChoice } from '../modes/iptables/localChoice.ts';
import type { ServicePort } from '../services/catalog.ts';
import type { ServiceEndpoint } from '../services/endpoint.ts';
import { frontendsOf } from '../form/destinationNote.ts';
import { stoppedClause } from './causes.ts';
import type { Context } from './context.ts';
import { isKnownTranslated, knownWords } from './knownConnections.ts';
import { type LossSum, withLosses } from './losses.ts';
import { noticeOf } from './noticed.ts';
import { type OnwardEnd, type Part, partsOf, passes } from './onward.ts';
import { servicePortOf } from './servicePort.ts';
import { isSourceChanged, knownSource, newPort, newSource } from './seenSource.ts';
import { either, isProxied, namedEndpoint, placeWords, plural, socketOf, translationOf } from './words.ts';

/** Outcomes, or parts of them, that a person would call the same. */
export interface Fate {
  readonly outcomes: readonly Outcome[];
  readonly verdict: Verdict | 'mixed';
  /** Given the assumptions that hold for all of them. */
  readonly share: number;
  /** `forwarded to one of 3 endpoints of default/web:http`, `forwarded to …, and on node-2 dropped by …` */
  readonly clause: string;
  /** `the client hangs until it times out`, or empty. */
  readonly notice: string;
  /** Whether the packets pass here, and nothing is to be said of another node. */
  readonly passesHere: boolean;
  /** Of its packets that pass: those that surely get no answer, and those that may get none. */
  readonly lost: number;
  readonly doubtful: number;
}

/** The fates of outcomes that hold under the same decisions, the likeliest first. */
export function fatesOf(outcomes: readonly Outcome[], context: Context): readonly Fate[] {
  const kinds = new Map<string, Part[]>();
  for (const part of outcomes.flatMap((outcome) => partsOf(outcome, context.onward))) {
    const key = partKey(part, context);
    const alike = kinds.get(key);
    if (alike) alike.push(part);
    else kinds.set(key, [part]);
  }
  return [...kinds.values()].flatMap((alike) => fateOf(alike, context)).toSorted((a, b) => b.share - a.share);
}

function fateOf(parts: readonly Part[], context: Context): readonly Fate[] {
  const [first] = parts;
  if (first === undefined) return [];
  const outcomes = parts.map(({ outcome }) => outcome);
  const { end } = first;
  const plain = clauseOf(first.outcome, outcomes, context);
  const losses = parts.every(passes) ? withLosses(plain, parts, context) : NO_LOSS;
  const clause = losses.clause === '' ? plain : losses.clause;
  const verdicts = new Set(parts.map(({ verdict }) => verdict));
  const several = parts.every(passes) ? 'forward' : 'mixed';
  const isSettled = verdicts.size === 1 && !isProxied(first.outcome);
  return [
    {
      outcomes,
      verdict: isSettled ? first.verdict : several,
      share: parts.reduce((sum, { share }) => sum + share, 0),
      clause:
        end === null ? clause : `${clause}, ${isStop(end) ? 'but' : 'and'} on ${end.node} ${end.clause}`,
      notice:
        losses.notice === '' && end !== null ? end.notice : losses.notice || noticeOf(first.outcome, context),
      passesHere: end === null && parts.every(passes),
      lost: Math.max(losses.lost, end?.lost ?? 0),
      doubtful: Math.max(losses.doubtful, end?.doubtful ?? 0),
    },
  ];
}

const NO_LOSS: LossSum = { clause: '', lost: 0, doubtful: 0, notice: '' };

/** Whether it ends there, and not on a node behind it. */
function isStop({ clause }: OnwardEnd): boolean {
  return /^(?:dropped|rejected)/.test(clause);
}

function partKey({ outcome, end }: Part, context: Context): string {
  const here = fateKey(outcome, context);
  return end === null ? here : JSON.stringify([here, end.node, end.clause]);
}

function fateKey(outcome: Outcome, context: Context): string {
  if (outcome.verdict === 'forward' || outcome.verdict === 'local') {
    const port = servicePortOf(outcome, context);
    if (port) return `service ${port.id}`;
    // What reads the same is the same: of a packet for this node a rule's new source is told below.
    return passedClause(outcome, context);
  }
  return `${outcome.verdict} ${outcome.by} ${outcome.reason?.replace(LEAVING, ' cannot leave')}`;
}

function clauseOf(outcome: Outcome, alike: readonly Outcome[], context: Context): string {
  switch (outcome.verdict) {
    case 'forward':
    case 'local': {
      const port = servicePortOf(outcome, context);
      return port ? serviceClause(port, alike, context) : passedClause(outcome, context);
    }
    case 'drop':
    case 'reject':
      return withInterfaces(stoppedClause(outcome, context), alike);
    default:
      return `not known${outcome.reason === null ? '' : `: ${outcome.reason}`}`;
  }
}

/** `127.0.0.1 cannot leave by eth0: …`, where only the interface differs, is one end. */
const LEAVING = / cannot leave by (\S+)(?=:)/;

function withInterfaces(clause: string, alike: readonly Outcome[]): string {
  const names = alike.flatMap(({ reason }) => LEAVING.exec(reason ?? '')?.[1] ?? []);
  return clause.replace(LEAVING, () => ` cannot leave by ${either([...new Set(names)])}`);
}

function serviceClause(port: ServicePort, alike: readonly Outcome[], context: Context): string {
  const destinations = new Map(
    alike.flatMap(({ destination }) => (destination ? [[formatEndpoint(destination), destination]] : [])),
  );
  const verb = passVerb(alike, context);
  const local = alike.every((outcome) => isLocalChoice(outcome, context.iptables, context.family));
  const whose = `of ${port.name}${local ? ' on this node' : ''}`;
  const [only] = destinations.values();
  if (destinations.size !== 1 || !only) {
    const unused = unusedWords(port, local, context);
    return `${verb} one of ${plural(destinations.size, 'endpoint')} ${whose}${unused === '' ? '' : ` (${unused})`}`;
  }
  const endpoint = namedEndpoint(only, context.catalog);
  return `${verb} ${endpoint}, ${whichEndpoint(port, local, whose, context)}`;
}

/** "The only one" is a claim about the cluster: with its objects it must hold for them, too. */
function whichEndpoint(port: ServicePort, local: boolean, whose: string, context: Context): string {
  const unused = unusedWords(port, local, context);
  if (unused !== '') return `an endpoint ${whose} (${unused})`;
  if (balancedCount(port, local, context) !== 1) return `an endpoint ${whose}`;
  return `the only endpoint ${whose}${local || context.analysis.objects ? '' : ' in these rules'}`;
}

/** `these rules use 2 of 3 that are ready`: a node may be told to use those of its own zone only. Empty where they use all. */
function unusedWords(port: ServicePort, local: boolean, context: Context): string {
  if (local || !context.analysis.objects) return '';
  const used = balancedCount(port, local, context);
  const unused = port.endpoints.filter(
    (each) => each.family === context.family && each.share === null && each.ready === true,
  );
  return unused.length === 0 ? '' : `these rules use ${used} of ${used + unused.length} that are ready`;
}

/** How many endpoints the rules balance over; of thousands counted once, not for each outcome. */
function balancedCount({ endpoints }: ServicePort, local: boolean, { family }: Context): number {
  let counts = balanced.get(endpoints);
  if (counts === undefined) {
    counts = new KeptByPart((kind: string) => countOf(endpoints, kind));
    balanced.set(endpoints, counts);
  }
  return counts.of(`${local ? 'local' : 'cluster'} ${family}`);
}

const balanced = new WeakMap<readonly ServiceEndpoint[], KeptByPart<string, number>>();

/** `kind`: `local 4` */
function countOf(endpoints: readonly ServiceEndpoint[], kind: string): number {
  const [policy, family] = kind.split(' ');
  return endpoints.filter(
    (each) => String(each.family) === family && (policy === 'local' ? each.localShare : each.share) !== null,
  ).length;
}

function passVerb(alike: readonly Outcome[], { flow }: Context): string {
  const verdicts = new Set(alike.map((each) => each.verdict));
  if (verdicts.size > 1) return 'sent to';
  if (verdicts.has('local')) return 'delivered on this node to';
  return flow.from.kind === 'node' ? 'sent to' : 'forwarded to';
}

function passedClause(outcome: Outcome, context: Context): string {
  const { destination, interface: name, verdict } = outcome;
  const step = newDestination(outcome);
  const here = verdict === 'local';
  const verb = here
    ? 'delivered to this node itself'
    : context.flow.from.kind === 'node'
      ? 'sent'
      : 'forwarded';
  if (!destination) return verb;
  const socket = here ? socketOf(outcome) : null;
  if (socket) {
    return `handed to the transparent socket on port ${socket.port} of this node by TPROXY, addressed to ${formatEndpoint(destination)} as it was`;
  }
  const known = isKnownTranslated(outcome, context.flow) ? `, ${knownWords(outcome, context)}` : '';
  const why = step ? `, translated by ${placeWords(step.at)}` : known;
  if (here)
    return `${verb}, at ${formatEndpoint(destination)}${why === '' ? knownSource(outcome, context.flow) : why}`;
  const out = name === null ? '' : ` out of ${name}`;
  const where = `${verb} to ${namedEndpoint(destination, context.catalog)}${out}`;
  if (why === '') return `${where}, ${untranslated(outcome, context)}`;
  return `${where}${why}${isSourceChanged(outcome, context.flow) ? `, as ${newSource(outcome)}` : ''}`;
}

/** The rule that gave the packet another destination; one that gave it the same again is none. */
function newDestination(outcome: Outcome): ReturnType<typeof translationOf> {
  const step = translationOf(outcome);
  if (step === null || !('is' in step.effect) || typeof step.effect.is === 'number') return step;
  const { was, is } = step.effect;
  return typeof was !== 'number' && formatEndpoint(was) === formatEndpoint(is) ? null : step;
}

/** What kept a packet from being translated is worth a word where it was sent to a Service. */
function untranslated(outcome: Outcome, context: Context): string {
  const { flow, analysis } = context;
  if (flow.state === 'established' || flow.state === 'related') {
    return 'unchanged if the first packet of its connection was';
  }
  const [meant] = frontendsOf(flow.to, flow.protocol, analysis);
  const kept = isSourceChanged(outcome, flow)
    ? `as ${newSource(outcome)}`
    : `unchanged${newPort(outcome, flow)}`;
  return meant ? `${kept}: no rule hands it to an endpoint of ${meant.port.name}` : kept;
}
