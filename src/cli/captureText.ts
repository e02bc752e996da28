/** `trace RULES --capture FILE`: packets of a capture or a log beside our own trace of their connections. */
import { type Answered, answeredOf } from '../kubeproxy/captures/answered.ts';
import { laidBeside, type LaidConnection } from '../kubeproxy/captures/laidBeside.ts';
import { packetLines } from '../kubeproxy/captures/packetLines.ts';
import { seenWords, timeWords } from '../kubeproxy/captures/words.ts';
import { capturedIn } from '../kubeproxy/captures/pcap.ts';
import { packetWords } from '../kubeproxy/kernelTrace/traceForm.ts';
import { plural } from '../kubeproxy/narrative/words.ts';
import { decodeRules } from '../text/decode.ts';
import { finish } from '../values/steps.ts';
import { jsonText } from '../text/json.ts';
import { refuse, type ExitCode, type Terminal } from './command.ts';
import { readGiven } from './readFile.ts';
import type { Rules } from './readRules.ts';
import { paint, plain, type Style } from './terminal.ts';
import { cannotBeRead } from './unreadable.ts';

/** 0 where every connection was answered, 1 where one was not, 2 where there is no capture. */
export async function traceCapture(
  rules: Rules,
  path: string,
  format: 'text' | 'json',
  terminal: Terminal,
): Promise<ExitCode> {
  const bytes = await readGiven(path).catch((error: unknown) => cannotBeRead(path, error));
  if (typeof bytes === 'string') return refuse(terminal, bytes);
  const packets = capturedIn(bytes) ?? packetLines(decodeRules(bytes).text);
  if (packets.length === 0) return refuse(terminal, noCaptureIn(path));
  const { connections, others } = finish(laidBeside(packets, rules.analysis));
  const told = connections.map((connection) => ({ connection, answered: answeredOf(connection) }));
  if (format === 'json') {
    terminal.output.line(jsonText({ connections: told.map(asJson), others }));
  } else {
    const texts = told.map(({ connection, answered }) =>
      connectionText(connection, answered, terminal.style),
    );
    terminal.output.write(texts.join('\n'));
    if (others > 0)
      terminal.output.line(`${plural(others, 'packet')} of connections that began before the capture.`);
  }
  return told.every(({ answered }) => answered.kind === 'answered') ? 0 : 1;
}

function noCaptureIn(path: string): string {
  return (
    `"${plain(path)}" holds no packets of IP: it is neither a capture file (pcap, pcapng) nor lines of "tcpdump -nn" or of the kernel's log, ` +
    'such as "12:00:01.000000 eth0  In  IP 10.0.0.1.5000 > 10.96.0.9.80: Flags [S], …".'
  );
}

/** Of a connection so many packets are listed. */
const MOST_PACKETS = 20;

function connectionText({ first, packets }: LaidConnection, answered: Answered, style: Style): string {
  const lines = packets
    .slice(0, MOST_PACKETS)
    .map((laid) => [
      timeWords(laid.captured, first),
      plain(packetWords(laid.captured.packet)),
      seenWords(laid),
    ]);
  const widths = [0, 1].map((column) =>
    lines.reduce((most, line) => Math.max(most, line[column]?.length ?? 0), 0),
  );
  const more = packets.length - lines.length;
  const table = lines.map((line) =>
    `  ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd(),
  );
  return [
    paint(style, 'bold', plain(packetWords(first.packet))),
    ...table,
    ...(more > 0 ? [`  … and ${plural(more, 'packet')} more`] : []),
    `${markOf(answered, style)} ${answered.words.map(plain).join(' ')}`,
    '',
  ].join('\n');
}

function markOf({ kind }: Answered, style: Style): string {
  if (kind === 'logged') return paint(style, 'yellow', '?');
  return kind === 'answered' ? paint(style, 'green', '✓') : paint(style, 'red', '✗');
}

function asJson({ connection, answered }: { connection: LaidConnection; answered: Answered }): object {
  const { first, packets, outcomes } = connection;
  return {
    packet: first.packet,
    kind: answered.kind,
    message: answered.words.join(' '),
    packets: packets.map(({ captured, stage }) => ({ stage, seconds: captured.seconds, ...captured.packet })),
    outcomes: outcomes.map(({ verdict, probability, source, destination, by }) => ({
      verdict,
      probability,
      source,
      destination,
      by,
    })),
  };
}
