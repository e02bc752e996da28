/** Which sockets of the node take packets, read from what `ss` or `netstat` printed. */
import { type Family, parseAddress } from '../../values/address.ts';
import type { NodeSocket, NodeSockets } from './node.ts';
import type { FileReading } from './reading.ts';
import { isSocketHeader, type SocketRow, socketRow } from './text/socketText.ts';

/** A list without its header may be a part of one (`ss -ltn | grep 80`): then what is not in it may listen all the same. */
export function readSockets(text: string): FileReading<NodeSockets> {
  const lines = text.split('\n');
  const rows = lines.flatMap((line) => socketRow(line) ?? []).filter(({ isOpen }) => isOpen);
  const isOld = rows.some(({ local }) => local.startsWith(':::'));
  const sockets = rows.map((row) => socketOf(row, isOld));
  const known = sockets.flatMap((socket) => socket ?? []);
  const hasHeader = lines.some(isSocketHeader);
  const whole = (['tcp', 'udp'] as const).filter(
    (protocol) =>
      hasHeader &&
      rows.every((row, at) => row.protocol !== protocol || sockets[at] !== null) &&
      rows.some((row) => row.protocol === protocol),
  );
  if (rows.length === 0) return { value: null, problems: ['no socket that listens is in it'] };
  const odd = sockets.length - known.length;
  const problems =
    odd === 0
      ? []
      : [
          `${odd} ${odd === 1 ? 'socket has' : 'sockets have'} a port without a number (ss and netstat print numbers with -n)`,
        ];
  return { value: { sockets: known, whole: new Set(whole) }, problems };
}

/** `isOld`: `*` stands for any address of IPv4 alone. Null where the port is no number. */
function socketOf({ protocol, local, rest }: SocketRow, isOld: boolean): NodeSocket | null {
  const at = local.lastIndexOf(':');
  const port = Number(local.slice(at + 1));
  const [name = '', device = null] = local.slice(0, at).replaceAll(/[[\]]/g, '').split('%');
  if (!/^\d{1,5}$/.test(local.slice(at + 1)) || port > 65_535) return null;
  const address = parseAddress(name);
  if (address === null && name !== '*') return null;
  return {
    protocol,
    port,
    address: address === null || address.value === 0n ? null : address,
    families: familiesOf(local, name, isOld),
    device,
    process: processOf(rest),
  };
}

/** `[::]` of `ss` takes IPv6 alone; `*`, and `::` of `netstat`, which does not tell, both. */
function familiesOf(local: string, name: string, isOld: boolean): readonly Family[] {
  if (name === '*') return isOld ? [4] : [4, 6];
  if (name === '::') return local.startsWith('[') ? [6] : [4, 6];
  return [name.includes(':') ? 6 : 4];
}

/** `users:(("sshd",pid=1,fd=4))`, `LISTEN      733/sshd: /usr/sbin` → `sshd`; null where it is not told. */
function processOf(rest: string): string | null {
  return (/users:\(\("([^"]{1,64})"/.exec(rest) ?? /\s\d+\/([^\s:]{1,64})/.exec(rest))?.[1] ?? null;
}
