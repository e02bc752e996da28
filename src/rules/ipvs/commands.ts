/** Lines of `ipvsadm -S`: `-A -t 10.96.0.1:443 -s rr`, `-a -t 10.96.0.1:443 -r 10.244.1.5:8443 -m -w 1`. See ipvsadm(8). */
import { parseAddress, prefixMask } from '../../values/address.ts';
import { MAX_16 } from '../../values/numbers.ts';
import { type Drafts, NOTHING_SAID, wholeMask } from './drafts.ts';
import { isNamedEnd, readCount, readEnd } from './ends.ts';
import type { IpvsLine, IpvsWord } from './lines.ts';
import type { Forwarding, IpvsProtocol, Persistence, Virtual } from './nodes.ts';

const protocols: ReadonlyMap<string, IpvsProtocol> = new Map([
  ['-t', 'tcp'],
  ['--tcp-service', 'tcp'],
  ['-u', 'udp'],
  ['--udp-service', 'udp'],
  ['--sctp-service', 'sctp'],
]);

const adding = new Set(['-A', '--add-service']);
const addingServer = new Set(['-a', '--add-server']);

/** Whether a line is one of `ipvsadm -S`, also with the program's name in front. */
export function isCommand({ words }: IpvsLine): boolean {
  const first = (words[0]?.text === 'ipvsadm' ? words[1] : words[0])?.text ?? '';
  return adding.has(first) || addingServer.has(first);
}

export function readCommand(line: IpvsLine, drafts: Drafts): void {
  const words = line.words[0]?.text === 'ipvsadm' ? line.words.slice(1) : line.words;
  const options = new Options(words.slice(1), drafts);
  const virtual = options.virtual(line);
  if (virtual === null) return;
  if (adding.has(words[0]?.text ?? '')) readService(line, virtual, options, drafts);
  else if (!readServer(line, virtual, options, drafts)) return;
  options.complain();
}

/** The scheduler that ipvsadm takes where none is said (ipvsadm.c, DEF_SCHED). */
const DEFAULT_SCHEDULER = 'wlc';

function readService(line: IpvsLine, virtual: Virtual, options: Options, drafts: Drafts): void {
  drafts.add(virtual, line, {
    ...NOTHING_SAID,
    scheduler: options.value('-s', '--scheduler') ?? DEFAULT_SCHEDULER,
    schedulerFlags: options.value('-b', '--sched-flags')?.split(',') ?? [],
    persistence: options.persistence(virtual),
    onePacket: options.flag('-o', '--ops'),
    engine: options.value('--pe', '--pe'),
  });
}

/** Where no method is said a server is reached by direct routing (ipvsadm.c, IP_VS_CONN_F_DROUTE). */
function forwardingOf(options: Options): Forwarding {
  if (options.flag('-m', '--masquerading')) return 'masq';
  if (options.flag('-i', '--ipip')) return 'tunnel';
  options.flag('-g', '--gatewaying');
  return 'route';
}

/** False where there is nothing to read of it. */
function readServer(line: IpvsLine, virtual: Virtual, options: Options, drafts: Drafts): boolean {
  const text = options.value('-r', '--real-server');
  const server = text === null ? null : readServerEnd(text, virtual);
  if (server === null) {
    drafts.note(text !== null && isNamedEnd(text) ? 'named-end' : 'bad-line', line, text ?? '');
    return false;
  }
  const added = drafts.addServer(virtual, {
    ...server,
    start: line.start,
    end: line.end,
    forwarding: forwardingOf(options),
    weight: readCount(options.value('-w', '--weight') ?? '1') ?? 1,
    active: null,
    inactive: null,
    upper: readCount(options.value('-x', '--u-threshold') ?? '0'),
  });
  options.value('-y', '--l-threshold');
  for (const name of ['--tun-type', '--tun-port']) options.value(name, name);
  for (const name of ['--tun-nocsum', '--tun-csum', '--tun-remcsum']) options.flag(name, name);
  if (!added) drafts.note('no-virtual-server', line, text ?? '');
  return true;
}

/** A server without a port has the virtual server's. */
function readServerEnd(text: string, virtual: Virtual): ReturnType<typeof readEnd> {
  const address = parseAddress(text.replace(/^\[|\]$/g, ''));
  const port = virtual.kind === 'mark' ? 0 : virtual.port;
  return readEnd(text) ?? (address === null ? null : { address, port });
}

/** The words behind the command; each is taken once, and what is left is complained about. */
class Options {
  readonly #left: IpvsWord[];
  readonly #drafts: Drafts;

  constructor(words: readonly IpvsWord[], drafts: Drafts) {
    this.#left = [...words];
    this.#drafts = drafts;
  }

  value(short: string, long: string): string | null {
    const index = this.#left.findIndex(({ text }) => text === short || text === long);
    if (index === -1) return null;
    const [, taken] = this.#left.splice(index, 2);
    return taken?.text ?? null;
  }

  flag(short: string, long: string): boolean {
    const index = this.#left.findIndex(({ text }) => text === short || text === long);
    if (index !== -1) this.#left.splice(index, 1);
    return index !== -1;
  }

  virtual(line: IpvsLine): Virtual | null {
    const mark = this.value('-f', '--fwmark-service');
    if (mark !== null) {
      const number = readCount(mark);
      const family = this.flag('-6', '--ipv6') ? 6 : 4;
      if (number === null) this.#drafts.note('bad-line', line, mark);
      return number === null ? null : { kind: 'mark', mark: number, family };
    }
    for (const [option, protocol] of protocols) {
      const text = this.value(option, option);
      if (text === null) continue;
      const end = readEnd(text);
      if (end !== null) return { kind: 'address', protocol, ...end };
      this.#drafts.note(isNamedEnd(text) ? 'named-end' : 'bad-line', line, text);
      return null;
    }
    this.#drafts.note('bad-line', line, '');
    return null;
  }

  /** `-p` without a number is of 300 s (ipvsadm(8)); `-M` is a mask of IPv4, or the length of a prefix of IPv6. */
  persistence(virtual: Virtual): Persistence | null {
    const index = this.#left.findIndex(({ text }) => text === '-p' || text === '--persistent');
    if (index === -1) return null;
    const given = readCount(this.#left[index + 1]?.text);
    this.#left.splice(index, given === null ? 1 : 2);
    const mask = this.value('-M', '--netmask');
    return { seconds: given ?? 300, mask: (mask === null ? null : readMask(mask)) ?? wholeMask(virtual) };
  }

  complain(): void {
    const [first] = this.#left;
    if (first !== undefined) this.#drafts.note('unknown-word', first, first.text);
  }
}

/** `255.255.255.0`; `64` of IPv6. */
export function readMask(text: string): bigint | null {
  const length = readCount(text, MAX_16);
  if (length !== null) return length <= 128 ? prefixMask(6, length) : null;
  return parseAddress(text)?.value ?? null;
}
