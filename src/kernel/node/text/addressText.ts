/** The text of `ip addr` (also with `-o`, `-br`, `-d`, `-s`, `-4`, `-6`) as the rows of `ip -j addr` (iproute2: ip/ipaddress.c). */
import type { JsonRecord } from '../../../text/json.ts';
import { InterfaceRows } from './interfaceRows.ts';

/** `2: eth0@if5: <BROADCAST,UP> mtu 1500 …` → 2, eth0, the flags, the rest */
const LINK = /^(\d+): ([^\s:@]+)(?:@[^\s:]+)?: <([^>]*)>(.*)$/;
/** `2: eth0    inet 192.0.2.10/24 …` of `ip -o addr` → 2, eth0, `inet 192…` */
const ONE_LINE = /^(\d+): ([^\s:@]+)\s+(inet6? .*)$/;
/** `eth0@if5   UP   192.0.2.10/24 fe80::1/64` of `ip -br addr` → eth0, UP, the addresses */
const BRIEF =
  /^([^\s:@]+)(?:@\S+)? +(UNKNOWN|UP|DOWN|LOWERLAYERDOWN|DORMANT|NOTPRESENT|TESTING)(?: +([0-9a-f].*))?$/;
/** `link/ether aa:bb:cc:dd:ee:ff brd …` → ether, the address */
const HARDWARE = /^link\/(\S+)(?: (\S+))?/;

/** Whether a line begins, or is, one of these listings. */
export function isAddressLine(line: string): boolean {
  return (
    (LINK.test(line) && !isBridgeLine(line)) ||
    ONE_LINE.test(line) ||
    (BRIEF.test(line.trimEnd()) && !line.includes(','))
  );
}

/** `2: p0@eth0: <…> mtu 1500 master br0 state forwarding priority 32 cost 2`, of `bridge link`. */
export function isBridgeLine(line: string): boolean {
  return /^\d+: \S+: <[^>]*> .*\bstate (?:disabled|listening|learning|forwarding|blocking)\b/.test(line);
}

/**
 * The rows; null where there is no such line. Of `-o` and `-br`, and where the loopback interface is left out, not all
 * interfaces are told: the rows are then `partial`.
 */
export function addressRows(text: string): readonly JsonRecord[] | null {
  const rows = new InterfaceRows();
  let whole = true;
  for (const line of text.split('\n')) {
    if (LINK.test(line)) readLink(line, rows);
    else if (/^\s/.test(line)) readDetail(line.trim(), rows);
    else if (readShort(line.trimEnd(), rows)) whole = false;
  }
  return rows.take(whole && rows.has('LOOPBACK'));
}

function readLink(line: string, rows: InterfaceRows): void {
  const [, index, name = '', flags = '', rest = ''] = LINK.exec(line) ?? [];
  const words = rest.trim().split(/\s+/);
  rows.open(name, {
    ifindex: Number(index),
    flags: flags.split(',').filter((flag) => flag !== ''),
    ...optional('master', valueOf(words, 'master')),
    ...optional('group', valueOf(words, 'group')),
  });
}

function readDetail(line: string, rows: InterfaceRows): void {
  const hardware = HARDWARE.exec(line);
  if (hardware !== null) {
    rows.set({ link_type: hardware[1], ...optional('address', hardware[2] ?? null) });
  } else if (/^inet6? /.test(line)) {
    rows.add(addressInfo(line));
  }
}

function readShort(line: string, rows: InterfaceRows): boolean {
  const one = ONE_LINE.exec(line);
  if (one !== null) {
    const [, index, name = '', address = ''] = one;
    const info = addressInfo(address.split('\\')[0] ?? '');
    // While its link is down an IPv6 address is tentative or gone; of IPv4 it makes no difference.
    const flags = [...(name === 'lo' ? ['LOOPBACK'] : []), 'UP'];
    rows.open(name, { ifindex: Number(index), flags });
    rows.add(info);
    return true;
  }
  const brief = BRIEF.exec(line);
  if (brief === null) return false;
  const [, name = '', state, addresses = ''] = brief;
  const isUp = state === 'UP' || state === 'UNKNOWN';
  rows.open(name, { flags: [...(name === 'lo' ? ['LOOPBACK'] : []), ...(isUp ? ['UP'] : [])] });
  for (const address of addresses.match(/[0-9a-f.:]+(?: peer [0-9a-f.:]+)?\/\d+/g) ?? []) {
    rows.add(addressInfo(`inet ${address}`));
  }
  return true;
}

const SWITCHES = ['secondary', 'deprecated', 'tentative', 'temporary', 'dadfailed'];

/** `inet 10.8.0.1 peer 10.8.0.2/32 brd 10.8.0.3 scope global secondary tun0` as a row of `addr_info`. */
function addressInfo(line: string): JsonRecord {
  const words = line.trim().split(/\s+/);
  const peer = valueOf(words, 'peer');
  const [local = '', length] = (words[1] ?? '').split('/');
  const [far = '', farLength] = (peer ?? '').split('/');
  const prefix = peer === null ? length : farLength;
  return {
    local,
    ...optional('address', peer === null ? null : far),
    ...(prefix === undefined ? {} : { prefixlen: Number(prefix) }),
    ...optional('broadcast', valueOf(words, 'brd')),
    ...optional('scope', valueOf(words, 'scope') ?? usualScope(local)),
    ...Object.fromEntries(SWITCHES.filter((each) => words.includes(each, 2)).map((each) => [each, true])),
  };
}

/** As the kernel gives it where a listing leaves it out. */
function usualScope(address: string): string | null {
  if (address.startsWith('127.') || address === '::1') return 'host';
  return /^fe[89ab]/i.test(address) ? 'link' : null;
}

function valueOf(words: readonly string[], word: string): string | null {
  const at = words.indexOf(word);
  return at === -1 ? null : (words[at + 1] ?? null);
}

function optional(field: string, value: string | null): JsonRecord {
  return value === null ? {} : { [field]: value };
}
