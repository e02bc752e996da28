import { parseRuleset } from '../../../src/rules/iptables/parser.ts';
import { iptablesMachine } from '../../../src/machines/iptables/machine.ts';
import { createEngine, type Engine } from '../../../src/kernel/engine.ts';
import type { Family, Flow } from '../../../src/kernel/flow.ts';
import { readNode } from '../../../src/kernel/node/readNode.ts';
import type { SnapshotFiles } from '../../../src/kernel/snapshot.ts';
import type { Step, Trace } from '../../../src/kernel/trace.ts';
import { difference, matchingOutcome } from './judge.ts';
import type { Observation } from './recorder.ts';
import type { Lab } from './lab.ts';
import type { Tally } from './random/tally.ts';

/** Softirqs may be late on a busy machine: so many further looks before a difference counts. */
const LOOKS = 4;
const PAUSE = 25;

/** The engine for what a snapshot holds. */
export function enginesOf(files: SnapshotFiles): Readonly<Record<Family, Engine>> {
  const node = readNode(files);
  const of = (family: Family): Engine => {
    const name = family === 4 ? 'iptables-save.txt' : 'ip6tables-save.txt';
    const machine = iptablesMachine(parseRuleset(files.get(name) ?? ''), family, node);
    return createEngine([machine], family, node);
  };
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

/** Which port the kernel picks at random nobody can know; everything else is in the snapshot. */
const OPEN = /picks the source port at random|port of the packet is not known|node’s sockets are not known/;
/** What stands where others have ports no flow tells of ESP, and policy rules look at it (fib4_rules_early_flow_dissect). */
const OPEN_OF_ESP = /Whether the (?:source|destination) port is one of/;
const ESP = '50';
/** No flow tells to whom the frame of a packet for everybody is addressed. */
const OPEN_OF_FRAMES = /the MAC address of the packet is not known/;
const FOR_MANY = /^(?:2(?:2[4-9]|3\d)\.|255\.255\.255\.255$|.*\.255$|ff)/;

function isUnsure(flow: Flow, { outcomes, assumptions }: Trace): boolean {
  if (!outcomes.some((outcome) => outcome.assuming.length > 0 || outcome.verdict === 'unknown')) return false;
  return !assumptions.some(({ message }) => OPEN.test(message) || isOpenOf(flow, message));
}

function isOpenOf({ protocol, to }: Flow, message: string): boolean {
  if (protocol === ESP && OPEN_OF_ESP.test(message)) return true;
  return FOR_MANY.test(to.address) && OPEN_OF_FRAMES.test(message);
}

const asPrinted = (rules: string): string => rules;

export interface RunOptions {
  /** Other words for the rules that the engine reads. */
  readonly spell?: (rules: string) => string;
  /** Counts what the packets had and met. */
  readonly tally?: Tally;
  /** How the node was made, for the tally. */
  readonly node?: string;
  /** A look of the test's own at what was seen; null where it finds nothing odd. */
  readonly also?: (flow: Flow, seen: Observation) => string | null;
}

/** Whether a rule that some of the packets come to may leave something behind beside their connection. */
function remembers(flow: Flow, engine: Engine, rules: string): boolean {
  return [...(flow.after ?? []), flow].some((each) =>
    engine
      .trace(each, { considered: true })
      .outcomes.flatMap(({ steps }) => steps)
      .some((step) => isMemory(step, rules)),
  );
}

const MEMORY =
  /recent|--rcheck|--update|--remove|match-set|-j SET|hashlimit|quota|connlimit|connlabel|connbytes/;

/** A rule that matched, or failed by what it remembers. */
function isMemory(step: Step, rules: string): boolean {
  if (step.kind === 'rule') return MEMORY.test(rules.slice(step.at.span.start, step.at.span.end));
  return step.kind === 'considered' && MEMORY.test(rules.slice(step.failure.start, step.failure.end));
}

/** The same of a node that is asked about the last packet alone, and knows the connections that the others left. */
function judgedByTable(flow: Flow, files: SnapshotFiles, seen: Observation): string | null {
  const { after: _, ...last } = flow;
  return difference(last, enginesOf(files)[flow.family].trace(last), seen);
}

/** Puts somebody wherever the engine foresees that a packet may go among the pods; what it does then, the kernel judges. */
function meetAll(lab: Lab, { outcomes }: Trace): void {
  for (const { interface: name, verdict, destination } of outcomes)
    if (name === 'cni0' && verdict === 'forward' && destination !== null) lab.meet(destination.address);
}

/** Sends each flow on fresh connection tables and compares. */
export async function runFlows(
  lab: Lab,
  flows: readonly Flow[],
  { spell = asPrinted, tally, node = '', also = () => null }: RunOptions = {},
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
  for (const flow of flows) {
    const rules = printed.get(flow.family === 4 ? 'iptables-save.txt' : 'ip6tables-save.txt') ?? '';
    const trace = engines[flow.family].trace(flow);
    let known = '';
    meetAll(lab, trace);
    const sent = await lab.send(flow, () => {
      known = lab.connections();
    });
    let seen = lab.observe(flow.family, sent);
    let odd = difference(flow, trace, seen);
    for (let look = 0; odd !== null && look < LOOKS; look++) {
      await new Promise((resolve) => {
        setTimeout(resolve, PAUSE);
      });
      seen = lab.observeMore(flow.family, seen);
      odd = difference(flow, trace, seen);
    }
    if (odd !== null) differences.push(odd);
    else if (flow.after !== undefined && !remembers(flow, plain[flow.family], rules)) {
      tally?.note('by conntrack.txt');
      const byTable = judgedByTable(flow, new Map([...files, ['conntrack.txt', known]]), seen);
      if (byTable !== null) differences.push(`by conntrack.txt: ${byTable}\n${known}`);
    }
    const found = also(flow, seen);
    if (found !== null) differences.push(found);
    if (tally !== undefined) {
      const considered = plain[flow.family].trace(flow, { considered: true });
      tally.add(flow, matchingOutcome(flow, considered, seen), (start, end) => rules.slice(start, end), node);
    }
    if (isUnsure(flow, trace)) {
      unsure.push(`${JSON.stringify(flow)}: ${trace.assumptions.map(({ message }) => message).join(' ')}`);
    }
    counts[seen.delivered.length > 0 ? 'delivered' : seen.left.length > 0 ? 'left' : 'gone']++;
    if (seen.answers > 0) counts.answered++;
  }
  return { differences, unsure, seen: counts };
}
