import { createReadStream } from 'node:fs';
import { readForm, type FlowField, type FlowForm } from '../kubeproxy/form/flowForm.ts';
import { flowResult } from '../kernel/flows.ts';
import type { Flow } from '../kernel/flow.ts';
import type { Arguments } from './commandLine.ts';
import { journeyOf, type OtherNode } from './journey.ts';
import { journeyText } from './journeyText.ts';
import { linesOf } from './lines.ts';
import type { Rules } from './readRules.ts';
import type { ExitCode, Terminal } from './run.ts';
import { plain } from './terminal.ts';
import { traceFlows } from './traceFlows.ts';
import { cannotBeRead } from './unreadable.ts';
import { useRules } from './useRules.ts';

/** `trace RULES …` */
export async function traceCommand(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const wrong = misuse(given);
  if (wrong !== null) return refuse(terminal, wrong);
  const flows = given.values.get('flows');
  const trace = (rules: Rules, otherNode: OtherNode): Promise<ExitCode> => {
    windowsLines(rules).forEach((warning) => terminal.complain(warning));
    return flows === undefined
      ? traceOne(rules, given, terminal, otherNode)
      : traceMany(rules, flows, terminal);
  };
  return useRules(given, terminal, trace, flows === undefined ? formOf(given) : null);
}

/** The kernel could not have these rules as the file has them; they are traced as they are meant. */
function windowsLines({ named }: Rules): readonly string[] {
  const paths = named.filter(({ whole }) => whole.text.includes('\r\n')).map(({ path }) => plain(path));
  return [...new Set(paths)].map(
    (path) =>
      `"${path}": lines end in CR LF, which iptables-restore refuses; they are read as if they ended in LF.`,
  );
}

function refuse(terminal: Terminal, message: string): ExitCode {
  terminal.complain(message);
  return 2;
}

/** Options that do not go together, or that are missing. */
function misuse(given: Arguments): string | null {
  const flows = given.values.get('flows');
  const ofOne = Object.values(optionOfField).find((name) => given.values.has(name));
  if (flows !== undefined && ofOne !== undefined) {
    return `--flows and --${ofOne} exclude each other: a line of the file says all of its flow.`;
  }
  if (flows === '-' && given.operands[0] === '-') {
    return 'RULES and --flows cannot both be standard input: give one of them as a file.';
  }
  if (flows !== undefined) return null;
  const missing = ['from', 'to'].find((name) => !given.values.has(name));
  return missing === undefined
    ? null
    : `trace needs --${missing} (or --flows FILE): trace RULES --from pod:10.244.1.7 --to 10.96.0.10:53 --protocol udp.`;
}

async function traceMany(rules: Rules, path: string, terminal: Terminal): Promise<ExitCode> {
  const stream = path === '-' ? process.stdin : createReadStream(path);
  try {
    const failures = await traceFlows(rules.analysis, linesOf(stream), terminal.output);
    if (failures === 0) return 0;
    terminal.complain(
      `${failures === 1 ? 'One line' : `${failures} lines`} could not be traced; "error" says why.`,
    );
    return 1;
  } catch (error) {
    return refuse(terminal, await cannotBeRead(path, error));
  }
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
  given: Arguments,
  terminal: Terminal,
  otherNode: OtherNode,
): Promise<ExitCode> {
  const reading = readForm(formOf(given), rules.analysis);
  if (reading.kind === 'errors') {
    for (const { field, message } of reading.errors) {
      terminal.complain(`--${optionOfField[field]}: ${plain(message)}`);
    }
    return 2;
  }
  const { flow } = reading;
  const engine = rules.analysis.engine(flow.family);
  if (!engine) return refuse(terminal, noRulesOf(flow, rules));
  const considered = given.switches.has('considered');
  if (given.values.get('format') === 'json') {
    terminal.output.line(JSON.stringify(flowResult(flow, engine.trace(flow, { considered }))));
    return 0;
  }
  const others = given.switches.has('one-node') ? nobody : otherNode;
  const leg = await journeyOf(flow, rules.analysis, others);
  if (leg === null) return refuse(terminal, noRulesOf(flow, rules));
  const notes = [reading.fromNote, reading.toNote];
  terminal.output.write(journeyText(leg, notes, considered, terminal.style));
  return 0;
}

const nobody: OtherNode = () => Promise.resolve(null);

function formOf(given: Arguments): FlowForm {
  const text = (field: FlowField): string => given.values.get(optionOfField[field]) ?? '';
  return {
    from: text('from'),
    to: text('to'),
    protocol: text('protocol'),
    state: text('state'),
    mark: text('mark'),
    interface: text('interface'),
    ttl: text('ttl'),
    tcpFlags: text('tcpFlags'),
    icmpType: text('icmpType'),
    uid: text('uid'),
    gid: text('gid'),
  };
}

function noRulesOf(flow: Flow, rules: Rules): string {
  const [has] = rules.named;
  const command = flow.family === 6 ? 'ip6tables-save' : 'iptables-save';
  return (
    `The packet is IPv${flow.family}, and ${has ? `"${plain(has.path)}"` : 'RULES'} holds IPv${has?.family ?? 4} rules only. ` +
    `Put what "sudo ${command}" prints beside it as ${command}.txt.`
  );
}
