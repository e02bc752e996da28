/** `trace RULES --kernel-trace FILE`: the way that packets really took, over the rules, and where ours differs. */
import { type TracedAlike, tracedAlike } from '../kubeproxy/kernelTrace/tracedAlike.ts';
import type { LaidStep } from '../kubeproxy/kernelTrace/laid.ts';
import { readKernelTrace } from '../kubeproxy/kernelTrace/readKernelTrace.ts';
import { packetWords } from '../kubeproxy/kernelTrace/traceForm.ts';
import { plural } from '../kubeproxy/narrative/words.ts';
import { placeText } from '../kernel/ruleAt.ts';
import { printConditions } from '../rules/iptables/printer.ts';
import { decodeRules } from '../text/decode.ts';
import { jsonText } from '../text/json.ts';
import { refuse, type ExitCode, type Terminal } from './command.ts';
import { readGiven } from './readFile.ts';
import type { Rules } from './readRules.ts';
import { paint, plain, type Style } from './terminal.ts';
import { cannotBeRead } from './unreadable.ts';

/** Each is traced, too. */
const MOST_PACKETS = 100;

/** 0 where every packet went as our own trace of it, 1 where one did not, 2 where there is no trace. */
export async function traceKernel(
  rules: Rules,
  path: string,
  format: 'text' | 'json',
  terminal: Terminal,
): Promise<ExitCode> {
  const text = await readGiven(path).then(
    (bytes) => decodeRules(bytes).text,
    (error: unknown) => cannotBeRead(path, error).then((message) => ({ message })),
  );
  if (typeof text !== 'string') return refuse(terminal, text.message);
  const all = readKernelTrace(text);
  if (all.length === 0) return refuse(terminal, noTraceIn(path));
  const traced = all.slice(0, MOST_PACKETS).flatMap((each) => tracedAlike(each, rules.analysis) ?? []);
  if (format === 'json') terminal.output.line(jsonText({ packets: traced.map(asJson) }));
  else terminal.output.write(traced.map((each) => packetText(each, terminal.style)).join('\n'));
  if (all.length > MOST_PACKETS)
    terminal.complain(`Only the first ${MOST_PACKETS} of ${all.length} packets are told.`);
  const isAlike = traced.every(({ comparison }) => comparison !== null && comparison.differsAt === null);
  return isAlike ? 0 : 1;
}

function noTraceIn(path: string): string {
  return (
    `"${plain(path)}" holds no trace of the kernel: neither lines of the TRACE target ("TRACE: raw:PREROUTING:policy:2 IN=eth0 …"), ` +
    'nor what "xtables-monitor --trace" or "nft monitor trace" prints.'
  );
}

function packetText({ packet, steps, comparison, problem }: TracedAlike, style: Style): string {
  const lines = steps.map((step) => stepColumns(step));
  const widths = [0, 1, 2].map((column) =>
    lines.reduce((most, line) => Math.max(most, line[column]?.length ?? 0), 0),
  );
  const told = lines.map((line, index) => {
    const mark = comparison?.differsAt === index ? paint(style, 'red', '✗') : ' ';
    return `${mark} ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  });
  const title = paint(style, 'bold', plain(packetWords(packet)));
  return `${title}\n${told.join('\n')}\n${conclusion(steps, comparison, problem, style)}\n`;
}

/** `nat`, `KUBE-NODEPORTS`, `rule 1`, `-p tcp --dport 31080 -j …` */
function stepColumns({ event, rule, index, end, verdict, why }: LaidStep): readonly string[] {
  const { point } = event;
  const number = index ?? ('number' in point ? point.number - 1 : null);
  const what = end ?? (number === null ? 'rule' : `rule ${number + 1}`);
  const words =
    rule === null
      ? [verdict ?? '', why === null ? '' : `(${why})`].filter((each) => each !== '').join(' ')
      : printConditions(rule).trim();
  return [event.table, event.chain, what, words].map(plain);
}

function conclusion(
  steps: readonly LaidStep[],
  comparison: TracedAlike['comparison'],
  problem: string | null,
  style: Style,
): string {
  const last = steps.at(-1);
  const seen = last === undefined ? '' : ` Last seen ${lastWords(last)}.`;
  if (comparison === null)
    return `? Our own trace of it could not be made: ${plain(problem ?? '')}${plain(seen)}`;
  const missing = comparison.notLogged;
  const places = missing.slice(0, 5).map((at) => plain(`rule ${at.index + 1} of ${at.table} ${at.chain}`));
  const gaps =
    missing.length === 0
      ? ''
      : ` On our way there are ${plural(missing.length, 'rule')} of which it has no line: ${places.join(', ')}${missing.length > 5 ? ' …' : ''}.`;
  const { differsAt } = comparison;
  if (differsAt === null) {
    return `${paint(style, 'green', '✓')} The kernel went as our own trace of this packet says, as far as the lines tell.${plain(seen)}${gaps}`;
  }
  const at = steps[differsAt];
  const [table = '', chain = '', what = ''] = at === undefined ? [] : stepColumns(at);
  return `${paint(style, 'red', '✗')} Line ${differsAt + 1} is the first that is not on the way of our own trace: ${what} of ${chain} in table ${table}.${plain(seen)}${gaps}`;
}

function lastWords({ event, end, verdict, index }: LaidStep): string {
  const { table, chain, packet } = event;
  const out = packet.output === null ? '' : `, out by ${packet.output}`;
  const at =
    end === 'policy'
      ? `at the policy${verdict === null ? '' : ` ${verdict}`} of ${table} ${chain}`
      : end === 'return'
        ? `at the end of ${table} ${chain}`
        : `in ${table} ${chain}${index === null ? '' : `, rule ${index + 1}`}`;
  return `${at}${out}`;
}

function asJson({ packet, steps, comparison, problem }: TracedAlike): object {
  return {
    packet,
    lines: steps.map(({ event, rule, index, end, verdict, why }) => ({
      table: event.table,
      chain: event.chain,
      rule: index,
      text: rule === null ? null : printConditions(rule).trim(),
      end,
      verdict,
      why,
    })),
    outcome: comparison?.outcome ?? null,
    differsAt: comparison?.differsAt ?? null,
    notLogged: comparison?.notLogged.map(placeText) ?? [],
    error: problem,
  };
}
