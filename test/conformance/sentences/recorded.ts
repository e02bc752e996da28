/** A recorded flow and its node's files, read for the judge of sentences: by nothing of the program's own. */
import { readFileSync } from 'node:fs';

export interface Ended {
  readonly verdict: 'forward' | 'local' | 'drop' | 'reject';
  /** `10.244.1.5:8080`; the port may be `*`. */
  readonly source: string | null;
  readonly destination: string | null;
  readonly interface: string | null;
  readonly by?: string;
  readonly rejectWith?: string;
  readonly rejectUnanswered?: boolean;
  readonly errno?: string;
  /** What the node's own stack answered. */
  readonly stackReply?: string;
  readonly conntrack?: { readonly original: string; readonly reply: string };
  readonly count: number;
}

export interface RecordedFlow {
  readonly id: string;
  readonly family: 4 | 6;
  readonly note: string;
  readonly from: {
    readonly kind: 'pod' | 'external' | 'node';
    readonly address: string | null;
    readonly port: number | null;
    readonly interface: string | null;
  };
  readonly to: { readonly address: string; readonly port: number | null };
  readonly protocol: string;
  readonly packet?: {
    readonly tcpFlags?: readonly string[];
    readonly icmpType?: number;
    readonly quote?: unknown;
  };
  readonly after?: readonly RecordedFlow[];
  readonly tries: number;
  readonly outcomes: readonly Ended[];
  readonly paths: readonly { readonly rules: readonly string[]; readonly count: number }[];
}

/** The flows of a `flows.jsonl` that have one packet each. */
export function recordedFlows(file: string): readonly RecordedFlow[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line): RecordedFlow => JSON.parse(line)).filter((flow) => 'outcomes' in flow);
}

export function passed({ verdict }: Ended): boolean {
  return verdict === 'forward' || verdict === 'local';
}

/** `[fd00::1]:80` → `fd00::1`, `10.0.0.1:80` → `10.0.0.1` */
export function hostOf(endpoint: string): string {
  const inBrackets = /^\[(.*)\]/.exec(endpoint)?.[1];
  if (inBrackets !== undefined) return inBrackets;
  return endpoint.split(':').length === 2 ? endpoint.replace(/:.*/, '') : endpoint;
}

/** An address with its port as the records write it. */
export function written(address: string, port: number | string | null): string {
  const host = address.includes(':') && port !== null ? `[${address}]` : address;
  return port === null ? host : `${host}:${port}`;
}

/** Whether the packet asks for a connection or an answer, so that somebody waits. */
export function opens({ protocol, packet, after, family }: RecordedFlow): boolean {
  if (after !== undefined && protocol !== 'tcp') return false;
  if (protocol === 'tcp') {
    const flags = packet?.tcpFlags ?? ['SYN'];
    return flags.includes('SYN') && !['ACK', 'RST', 'FIN'].some((flag) => flags.includes(flag));
  }
  if (protocol === 'icmp') return (packet?.icmpType ?? (family === 4 ? 8 : 128)) === (family === 4 ? 8 : 128);
  return protocol === 'udp' || protocol === 'sctp';
}
