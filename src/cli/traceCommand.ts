import { lookup } from '../text/lookup.ts';
import { formFrom, readForm, type FlowField, type FlowForm } from '../kubeproxy/form/flowForm.ts';
import { otherwise } from '../kubeproxy/expected/expectation.ts';
import { asSent, notDecidedHere } from '../kubeproxy/journey/asSent.ts';
import { followPacket } from '../kubeproxy/journey/followPacket.ts';
import type { Flow } from '../kernel/flow.ts';
import { verdicts, type Decision, type Verdict } from '../kernel/trace.ts';
import type { AssumeWords } from '../kubeproxy/answer/assumed.ts';
import { assumptionsOf } from '../kubeproxy/journey/assumptionsOf.ts';
import type { Leg } from '../kubeproxy/journey/journey.ts';
import { legResult } from '../kubeproxy/journey/legResult.ts';
import { drawAcross } from '../kubeproxy/picture/across.ts';
import { pictureOf } from '../kubeproxy/picture/pictureOf.ts';
import { toMermaid } from '../kubeproxy/picture/toMermaid.ts';
import { toSvg } from '../kubeproxy/picture/toSvg.ts';
import { jsonText } from '../text/json.ts';
import { traceCapture } from './captureText.ts';
import { defineCommand, misuse, refuse, type ExitCode, type Misuse, type Terminal } from './command.ts';
import type { Words } from './commandLine.ts';
import { traceSpec } from './commands.ts';
import { choiceOf, rulesGiven, valueOf, type RulesGiven } from './given.ts';
import type { OtherNode } from './otherNodes.ts';
import { journeyText } from './journeyText.ts';
import { traceKernel } from './kernelTraceText.ts';
import { linesOf } from './lines.ts';
import { streamGiven } from './readFile.ts';
import type { Rules } from './readRules.ts';
import { plain } from './terminal.ts';
import { assumesOf, settled, tellUnused } from './settledQuestions.ts';
import { traceFlows } from './traceFlows.ts';
import { cannotBeRead } from './unreadable.ts';
import { useRules } from './useRules.ts';

const FORMATS = ['text', 'json', 'mermaid', 'svg'] as const;

type TraceFormat = (typeof FORMATS)[number];

interface TraceGiven {
  readonly rules: RulesGiven;
  /** The file of `--flows`, in place of the one packet of `form`; null without it. */
  readonly flows: string | null;
  /** The file of `--kernel-trace` or `--capture`, in place of `form`; null without it. */
  readonly recording: Recording | null;
  readonly form: FlowForm;
  readonly format: TraceFormat;
  readonly considered: boolean;
  readonly assume: readonly AssumeWords[];
  /** How every outcome has to end; null where nothing is expected. */
  readonly expect: Verdict | null;
  readonly oneNode: boolean;
}

/** What people recorded of packets, and what tells it. */
interface Recording {
  readonly path: string;
  readonly tell: typeof traceKernel;
}

const RECORDINGS: Readonly<Record<string, typeof traceKernel>> = lookup({
  'kernel-trace': traceKernel,
  capture: traceCapture,
});

function recordingOf(words: Words): Recording | null {
  for (const [option, tell] of Object.entries(RECORDINGS)) {
    const path = valueOf(words, option);
    if (path !== null) return { path, tell };
  }
  return null;
}

/** `trace RULES …` */
export const traceCommand = defineCommand({ spec: traceSpec, read: readWords, run: trace });

async function trace(given: TraceGiven, terminal: Terminal): Promise<ExitCode> {
  const { flows, recording, form } = given;
  const use = (rules: Rules, otherNode: OtherNode): Promise<ExitCode> => {
    windowsLines(rules).forEach((warning) => terminal.complain(warning));
    if (recording !== null)
      return recording.tell(rules, recording.path, given.format === 'json' ? 'json' : 'text', terminal);
    return flows === null
      ? traceOne(rules, given, terminal, otherNode)
      : traceMany(rules, flows, given, terminal);
  };
  return useRules(given.rules, terminal, use, flows === null && recording === null ? form : null);
}

function readWords(words: Words): TraceGiven | Misuse {
  const wrong = wordsProblem(words);
  if (wrong !== null) return misuse(wrong);
  const assume = assumesOf(words.lists.get('assume') ?? []);
  if ('kind' in assume) return assume;
  return {
    rules: rulesGiven(words),
    flows: valueOf(words, 'flows'),
    recording: recordingOf(words),
    form: formOf(words),
    format: choiceOf(words, 'format', FORMATS),
    considered: words.switches.has('considered'),
    assume,
    expect: verdicts.find((each) => each === valueOf(words, 'expect')) ?? null,
    oneNode: words.switches.has('one-node'),
  };
}

/** The kernel could not have these rules as the file has them; they are traced as they are meant. */
function windowsLines({ named }: Rules): readonly string[] {
  const paths = named.filter(({ whole }) => whole.text.includes('\r\n')).map(({ path }) => plain(path));
  return [...new Set(paths)].map(
    (path) =>
      `"${path}": lines end in CR LF, which iptables-restore refuses; they are read as if they ended in LF.`,
  );
}

/** Options that do not go together, or that are missing. */
function wordsProblem({ values, operands }: Words): string | null {
  const flows = values.get('flows');
  const ofOne = [...Object.values(optionOfField), 'flows'].find((name) => values.has(name));
  const picture = ['mermaid', 'svg'].find((each) => each === values.get('format'));
  const many = ['flows', ...Object.keys(RECORDINGS)].find((name) => values.has(name));
  if (picture !== undefined && many !== undefined) {
    return `--format ${picture} and --${many} exclude each other: a picture is of one packet.`;
  }
  const [recording, second] = Object.keys(RECORDINGS).filter((name) => values.has(name));
  if (recording !== undefined) {
    const other = ofOne ?? second;
    return other === undefined
      ? null
      : `--${recording} and --${other} exclude each other: the file says all of its packets.`;
  }
  if (flows !== undefined && ofOne !== undefined && ofOne !== 'flows') {
    return `--flows and --${ofOne} exclude each other: a line of the file says all of its flow.`;
  }
  if (flows === '-' && operands[0] === '-') {
    return 'RULES and --flows cannot both be standard input: give one of them as a file.';
  }
  if (flows !== undefined) return null;
  const missing = ['from', 'to'].find((name) => !values.has(name));
  return missing === undefined
    ? null
    : `trace needs --${missing} (or --flows FILE): trace RULES --from pod:10.244.1.7 --to 10.96.0.10:53 --protocol udp.`;
}

async function traceMany(
  rules: Rules,
  path: string,
  { assume, expect }: TraceGiven,
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    const stream = path === '-' ? process.stdin : await streamGiven(path);
    const every = { assume, expect: expect === null ? null : [expect] };
    const done = await traceFlows(rules.analysis, linesOf(stream), every, terminal.output);
    const { failures, unexpected } = done;
    if (failures > 0) terminal.complain(`${lineCount(failures)} could not be traced; "error" says why.`);
    if (unexpected > 0)
      terminal.complain(
        `${expect === null ? '"expect"' : `--expect ${expect}`}: ${lineCount(unexpected)} ended otherwise.`,
      );
    return failures + unexpected === 0 ? 0 : 1;
  } catch (error) {
    return refuse(terminal, await cannotBeRead(path, error));
  }
}

function lineCount(count: number): string {
  return count === 1 ? 'One line' : `${count} lines`;
}

const optionOfField: Readonly<Record<FlowField, string>> = {
  from: 'from',
  to: 'to',
  protocol: 'protocol',
  state: 'state',
  mark: 'mark',
  interface: 'interface',
  ttl: 'ttl',
  tcpFlags: 'tcp-flags',
  icmpType: 'icmp-type',
  uid: 'uid',
  gid: 'gid',
};

async function traceOne(
  rules: Rules,
  given: TraceGiven,
  terminal: Terminal,
  otherNode: OtherNode,
): Promise<ExitCode> {
  const reading = readForm(given.form, rules.analysis);
  if (reading.kind === 'errors') {
    for (const { field, message } of reading.errors) {
      terminal.complain(`--${optionOfField[field]}: ${plain(message)}`);
    }
    return 2;
  }
  const leg = await follow(rules, given, reading.flow, terminal, otherNode);
  if (typeof leg === 'number') return leg;
  if (given.format === 'json') terminal.output.line(jsonText(legResult(leg)));
  else terminal.output.write(toldAs(given, leg, [reading.fromNote, reading.toNote], terminal));
  return asExpected(given.expect, leg, terminal);
}

/** What becomes of the packet, as far as rules are to be had and `--assume` decides; what was complained of is the exit code. */
async function follow(
  rules: Rules,
  { assume, oneNode }: TraceGiven,
  flow: Flow,
  terminal: Terminal,
  otherNode: OtherNode,
): Promise<Leg | ExitCode> {
  const ask = async (decisions: readonly Decision[]): Promise<Leg | null> => {
    const { leg } = await followPacket({
      flow,
      analysis: rules.analysis,
      decisions,
      otherNode: oneNode ? nobody : otherNode,
      most: MOST_OTHER_NODES,
    });
    return leg;
  };
  const { answer: leg, assuming } = await settled(assume, ask, assumptionsOf);
  if (leg === null) return refuse(terminal, noRulesOf(flow, rules));
  return tellUnused(assuming, assumptionsOf(leg), terminal) ? asSent(leg) : 2;
}

function toldAs(
  { format, considered }: TraceGiven,
  leg: Leg,
  notes: readonly [fromNote: string, toNote: string],
  { style }: Terminal,
): string {
  if (format === 'text') return journeyText(leg, notes, considered, style);
  const picture = pictureOf(leg, notes[0]);
  return format === 'mermaid' ? toMermaid(picture) : toSvg(drawAcross(picture), picture.headline);
}

/** 0 where every outcome ends as `--expect` says, or nothing is expected. What is not decided here has no end that is known. */
function asExpected(
  expect: Verdict | null,
  { flow, analysis, answer, narrative }: Leg,
  terminal: Terminal,
): ExitCode {
  if (expect === null) return 0;
  const isOpen = notDecidedHere(flow, analysis) !== null;
  const how = otherwise([expect], isOpen ? ['unknown'] : answer.outcomes.map(({ verdict }) => verdict));
  if (how === null) return 0;
  terminal.complain(`--expect ${expect}: ${how}.${isOpen ? ` ${plain(narrative.headline)}` : ''}`);
  return 1;
}

/** Each is an exec, or a folder to read: so many are asked, those that most packets go to first. */
const MOST_OTHER_NODES = 8;

const nobody: OtherNode = () => Promise.resolve(null);

function formOf(words: Words): FlowForm {
  return formFrom((field) => valueOf(words, optionOfField[field]) ?? '');
}

function noRulesOf(flow: Flow, rules: Rules): string {
  const [has] = rules.named;
  const command = flow.family === 6 ? 'ip6tables-save' : 'iptables-save';
  const holds =
    has === undefined
      ? 'RULES holds no rules of iptables'
      : `"${plain(has.path)}" holds IPv${has.family} rules only`;
  return (
    `The packet is IPv${flow.family}, and ${holds}. ` +
    `Put what "sudo ${command}" prints beside it as ${command}.txt.`
  );
}
