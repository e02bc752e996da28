import type { Engine } from '../../../src/kernel/engine.ts';
import type { Family, Flow } from '../../../src/kernel/flow.ts';
import type { SnapshotFiles } from '../../../src/kernel/snapshot.ts';
import type { RuleAt } from '../../../src/kernel/ruleAt.ts';
import type { Endpoint, Step, Trace } from '../../../src/kernel/trace.ts';
import { enginesOf as engineOf } from '../../conformance/snapshots.ts';
import type { Span } from '../../../src/text/span.ts';
import { dated } from './clock.ts';
import { difference, matchingOutcome } from './judge.ts';
import type { Observation } from './recorder.ts';
import type { Lab } from './lab.ts';
import { nativeNames } from './nftables/nativeNames.ts';
import { OPEN_ENDED } from './random/openEnded.ts';
import { namesIn, type Tally } from './random/tally.ts';

/** Softirqs may be late on a busy machine: so many further looks before a difference counts. */
const LOOKS = 4;
const PAUSE = 25;

/** The engine for what a snapshot holds. */
export function enginesOf(files: SnapshotFiles): Readonly<Record<Family, Engine>> {
  const of = engineOf(files);
  return { 4: of(4), 6: of(6) };
}

export interface Comparison {
  /** Where the kernel did what the engine does not foresee. */
  readonly differences: readonly string[];
  /** Where the engine says that it does not know, though the snapshot is complete. */
  readonly unsure: readonly string[];
  /** How often the kernel did what: a test that only ever saw drops would prove little. */
  readonly seen: Readonly<Record<'delivered' | 'left' | 'gone' | 'answered', number>>;
}

/** Which port the kernel picks at random nobody can know, nor how fast packets follow each other or which neighbours answer; everything else is in the snapshot. */
const OPEN =
  /use up the rate limit|picks the source port at random|port of the packet is not known|node’s sockets are not known|several default routes|nft before 1\.1\.0|checksum of the ICMP error|MAC address that its entry was filled with/;
/** What stands where others have ports no flow tells of ESP and AH, and policy rules look at it (fib4_rules_early_flow_dissect). */
const OPEN_OF_IPSEC = /Whether the (?:source|destination) port is one of/;
const [ESP, AH] = ['50', '51'];
/** No flow tells to whom the frame of a packet for everybody is addressed, nor one that a bridge passes on. */
const OPEN_OF_FRAMES = /the MAC address of the packet is not known/;
const FOR_MANY = /^(?:2(?:2[4-9]|3\d)\.|255\.255\.255\.255$|.*\.255$|ff)/;

function isUnsure(flow: Flow, { outcomes, assumptions }: Trace): boolean {
  if (!outcomes.some((outcome) => outcome.assuming.length > 0 || outcome.verdict === 'unknown')) return false;
  if (outcomes.some(({ verdict, reason }) => verdict === 'unknown' && OPEN.test(reason ?? ''))) return false;
  return !assumptions.some(
    ({ message }) => OPEN_ENDED.test(message) || OPEN.test(message) || isOpenOf(flow, message),
  );
}

function isOpenOf({ protocol, to, packet }: Flow, message: string): boolean {
  if ((protocol === ESP || protocol === AH) && OPEN_OF_IPSEC.test(message)) return true;
  const isForOther = FOR_MANY.test(to.address) || packet?.l2 === 'bridged';
  return isForOther && OPEN_OF_FRAMES.test(message);
}

const asPrinted = (rules: string): string => rules;

export interface RunOptions {
  /** Other words for the rules that the engine reads. */
  readonly spell?: (rules: string) => string;
  /** Counts what the packets had and met. */
  readonly tally?: Tally;
  /** Which rules count what is not forgotten between packets: all are loaded anew before a packet that comes to one. */
  readonly renewing?: RegExp;
  /** How the node was made, for the tally. */
  readonly node?: string;
  /** A look of the test's own at what was seen. */
  readonly also?: (flow: Flow, seen: Observation) => void;
}

/** Whether some of the packets come to a rule with such words. */
function comesTo(flow: Flow, engine: Engine, textOf: TextOf, words: RegExp): boolean {
  return [...(flow.after ?? []), flow].some((each) =>
    engine
      .trace(each, { considered: true })
      .outcomes.flatMap(({ steps }) => steps)
      .some(
        (step) =>
          (step.kind === 'rule' || step.kind === 'considered') && words.test(textOf(step.at, step.at.span)),
      ),
  );
}

/** Whether a rule that some of the packets come to may leave something behind beside their connection. */
function remembers(flow: Flow, engine: Engine, textOf: TextOf): boolean {
  return [...(flow.after ?? []), flow].some((each) =>
    engine
      .trace(each, { considered: true })
      .outcomes.flatMap(({ steps }) => steps)
      .some((step) => isMemory(step, textOf)),
  );
}

const MEMORY =
  /recent|--rcheck|--update|--remove|match-set|-j SET|limit|quota|connlabel|connbytes|ct count|(?:add|update|delete) @/;

/** A rule that matched, or failed by what it remembers. */
function isMemory(step: Step, textOf: TextOf): boolean {
  if (step.kind === 'rule') return MEMORY.test(textOf(step.at, step.at.span));
  return step.kind === 'considered' && MEMORY.test(textOf(step.at, step.failure));
}

/** What stands at a span of the text that a rule is in. */
type TextOf = (at: RuleAt, span: Span) => string;

function textIn(rules: string, listing: string): TextOf {
  return ({ table }, { start, end }) => (table.includes(' ') ? listing : rules).slice(start, end);
}

/** Of ICMP identifiers that the kernel draws the judge's packets have none. */
function traceOf(flow: Flow, engine: Engine): Trace {
  const trace = engine.trace(flow);
  const drawn = trace.assumptions.filter(({ key }) => key.startsWith('picked-id:'));
  if (drawn.length === 0) return trace;
  return engine.trace(flow, { decisions: drawn.map(({ key }) => ({ key, value: false })) });
}

/** Null when the kernel did what the engine foresees at one of the moments; else what differs at the first. */
function differenceAt(moments: readonly Flow[], engine: Engine, seen: Observation): string | null {
  const differences = moments.map((flow) => difference(flow, traceOf(flow, engine), seen));
  return differences.includes(null) ? null : (differences[0] ?? null);
}

/** The same of a node that is asked about the last packet alone, and knows the connections that the others left. */
function judgedByTable(moments: readonly Flow[], files: SnapshotFiles, seen: Observation): string | null {
  const alone = moments.map((moment): Flow => {
    const { after: _, ...last } = moment;
    return last;
  });
  return differenceAt(alone, enginesOf(files)[alone[0]?.family ?? 4], seen);
}

/**
 * Puts somebody wherever the engine foresees that a packet may go among the pods; what it does then, the kernel judges. Also
 * where FORWARD refuses the packet: a bridge asks for the neighbour first.
 */
export function meetAll(lab: Lab, { outcomes }: Trace): void {
  for (const { destination, steps } of outcomes)
    for (const end of [destination, ...steps.map(rewritten)])
      if (end !== null && AMONG_PODS.test(end.address)) lab.meet(end.address);
}

const AMONG_PODS = /^(?:10\.244\.1\.|fd00:10:244:1:)/;

/** What a rule gave the packet as an end. */
function rewritten(step: Step): Endpoint | null {
  return step.kind === 'rule' &&
    step.effect !== null &&
    'is' in step.effect &&
    typeof step.effect.is === 'object'
    ? step.effect.is
    : null;
}

/** What the rule at a place is counted as: of iptables by its words, of a native table by its statements. */
function namesOf(textOf: TextOf): (at: RuleAt) => ReadonlySet<string> {
  return (at) => (at.table.includes(' ') ? nativeNames : namesIn)(textOf(at, at.span));
}

/**
 * nf_conncount_add counts a connection that it has once more where it is asked twice in one jiffy, which most packets are within: one
 * that is not is sent again.
 */
const BY_JIFFIES = /ct count|--connlimit/;

interface Watched {
  /** The connections that the packets before it left. */
  readonly known: string;
  readonly seen: Observation;
  readonly moments: readonly Flow[];
  readonly odd: string | null;
}

async function watch(lab: Lab, flow: Flow, engine: Engine): Promise<Watched> {
  let known = '';
  const sent = await lab.send(flow, () => {
    known = lab.connections();
  });
  let seen = lab.observe(flow.family, sent);
  const moments = flow.clock === undefined ? [flow] : [flow, dated(flow)];
  let odd = differenceAt(moments, engine, seen);
  for (let look = 0; odd !== null && look < LOOKS; look++) {
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE);
    });
    seen = lab.observeMore(flow.family, seen);
    odd = differenceAt(moments, engine, seen);
  }
  return { known, seen, moments, odd };
}

/** Sends each flow on fresh connection tables and compares. */
export async function runFlows(
  lab: Lab,
  flows: readonly Flow[],
  { spell = asPrinted, tally, renewing, node = '', also = () => undefined }: RunOptions = {},
): Promise<Comparison> {
  const printed = lab.snapshot();
  const plain = enginesOf(printed);
  const files = new Map(printed);
  for (const name of ['iptables-save.txt', 'ip6tables-save.txt'] as const)
    files.set(name, spell(files.get(name) ?? ''));
  const engines = enginesOf(files);
  const differences: string[] = [];
  const unsure: string[] = [];
  const counts = { delivered: 0, left: 0, gone: 0, answered: 0 };
  for (const made of flows) {
    // A second may begin while the packet is under way, and a rule's time with it: what holds before or after it is right.
    const flow = dated(made);
    const rules = printed.get(flow.family === 4 ? 'iptables-save.txt' : 'ip6tables-save.txt') ?? '';
    const textOf = textIn(rules, printed.get('nft.txt') ?? '');
    const isUsedUp = renewing !== undefined && comesTo(flow, plain[flow.family], textOf, renewing);
    if (isUsedUp) lab.renewRules(flow.family);
    const trace = engines[flow.family].trace(flow);
    for (const before of flow.after ?? []) meetAll(lab, engines[flow.family].trace(before));
    meetAll(lab, trace);
    let watched = await watch(lab, flow, engines[flow.family]);
    if (watched.odd !== null && comesTo(flow, plain[flow.family], textOf, BY_JIFFIES)) {
      if (isUsedUp) lab.renewRules(flow.family);
      watched = await watch(lab, flow, engines[flow.family]);
    }
    const { known, seen, moments, odd } = watched;
    if (odd !== null) differences.push(odd);
    else if (flow.after !== undefined && !remembers(flow, plain[flow.family], textOf)) {
      tally?.note('by conntrack.txt');
      const byTable = judgedByTable(moments, new Map([...files, ['conntrack.txt', known]]), seen);
      if (byTable !== null) differences.push(`by conntrack.txt: ${byTable}\n${known}`);
    }
    also(flow, seen);
    if (tally !== undefined) {
      const considered = plain[flow.family].trace(flow, { considered: true });
      tally.add(flow, matchingOutcome(flow, considered, seen), namesOf(textOf), node);
    }
    if (trace.outcomes.some(({ assuming }) => assuming.length > 0)) tally?.note('open, of several ways');
    if (isUnsure(flow, trace)) {
      unsure.push(`${JSON.stringify(flow)}: ${trace.assumptions.map(({ message }) => message).join(' ')}`);
    }
    counts[seen.delivered.length > 0 ? 'delivered' : seen.left.length > 0 ? 'left' : 'gone']++;
    if (seen.answers > 0) counts.answered++;
  }
  return { differences, unsure, seen: counts };
}
