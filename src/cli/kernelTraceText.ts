/** `trace RULES --kernel-trace FILE`: the way that packets really took, over the rules, and where ours differs. */
import { type TracedAlike, tracedAlike } from '../kubeproxy/kernelTrace/tracedAlike.ts';
import { readKernelTrace } from '../kubeproxy/kernelTrace/readKernelTrace.ts';
import { packetWords } from '../kubeproxy/kernelTrace/traceForm.ts';
import { conclusionOf, stepWords } from '../kubeproxy/kernelTrace/words.ts';
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
  const isAlike = traced.every((each) => conclusionOf(each).agrees === true);
  return isAlike ? 0 : 1;
}

function noTraceIn(path: string): string {
  return (
    `"${plain(path)}" holds no trace of the kernel: neither lines of the TRACE target ("TRACE: raw:PREROUTING:policy:2 IN=eth0 …"), ` +
    'nor what "xtables-monitor --trace" or "nft monitor trace" prints.'
  );
}

function packetText(traced: TracedAlike, style: Style): string {
  const { packet, steps, comparison } = traced;
  const lines = steps.map((step) => {
    const { table, chain, what, text } = stepWords(step);
    return [table, chain, what, text].map(plain);
  });
  const widths = [0, 1, 2].map((column) =>
    lines.reduce((most, line) => Math.max(most, line[column]?.length ?? 0), 0),
  );
  const told = lines.map((line, index) => {
    const mark = comparison?.differsAt === index ? paint(style, 'red', '✗') : ' ';
    return `${mark} ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  });
  const title = paint(style, 'bold', plain(packetWords(packet)));
  const { agrees, sentences } = conclusionOf(traced);
  const mark = agrees === null ? '?' : agrees ? paint(style, 'green', '✓') : paint(style, 'red', '✗');
  return `${title}\n${told.join('\n')}\n${mark} ${sentences.map(plain).join(' ')}\n`;
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
