/** `ipvsadm -L` with its columns, `--stats`, `--rate`, `--thresholds` and `--persistent-conn` among them. */
import { type Drafts, NOTHING_SAID, wholeMask } from './drafts.ts';
import { readMask } from './commands.ts';
import { isNamedEnd, readCount, readEnd, readListedProtocol } from './ends.ts';
import type { IpvsLine, IpvsWord } from './lines.ts';
import type { Forwarding, Persistence, Virtual } from './nodes.ts';

const methods: ReadonlyMap<string, Forwarding> = new Map([
  ['Masq', 'masq'],
  ['Route', 'route'],
  ['Tunnel', 'tunnel'],
]);

/** What the numbers of a server's line are, by the words of the header above. */
type Columns = readonly string[];

/** `Prot LocalAddress:Port Scheduler Flags` and `-> RemoteAddress:Port Forward Weight ActiveConn InActConn`. */
export function isHeader({ words }: IpvsLine): boolean {
  const [first, second] = words;
  return (
    (first?.text === 'Prot' && second?.text.startsWith('LocalAddress') === true) ||
    (first?.text === '->' && second?.text.startsWith('RemoteAddress') === true) ||
    (first?.text === 'IP' && second?.text === 'Virtual')
  );
}

/** Reads the lines of a listing, each in the light of those above it. */
export class ListingReader {
  readonly #drafts: Drafts;
  #columns: Columns = [];
  /** Whether lines of virtual servers say the scheduler. */
  #withScheduler = true;
  #virtual: Virtual | null = null;

  constructor(drafts: Drafts) {
    this.#drafts = drafts;
  }

  header({ words }: IpvsLine): void {
    const texts = words.map(({ text }) => text);
    if (texts[0] === '->') this.#columns = texts.slice(2);
    if (texts[0] === 'Prot') this.#withScheduler = texts.includes('Scheduler');
  }

  /** False where the line is none of a listing. */
  line(line: IpvsLine): boolean {
    const [first] = line.words;
    if (first?.text === '->') {
      this.#server(line);
      return true;
    }
    if (first?.text !== 'FWM' && readListedProtocol(first?.text) === null) return false;
    this.#service(line);
    return true;
  }

  #service(line: IpvsLine): void {
    const [first, second, ...more] = line.words;
    this.#virtual = readVirtual(first?.text, second?.text, more);
    if (this.#virtual === null) {
      const text = second?.text ?? '';
      this.#drafts.note(isNamedEnd(text) ? 'named-end' : 'bad-line', line, text);
      return;
    }
    const rest = more.filter(({ text }) => text !== 'IPv6').map(({ text }) => text);
    this.#drafts.add(
      this.#virtual,
      line,
      this.#withScheduler ? readFlags(rest, this.#virtual) : NOTHING_SAID,
    );
  }

  #server(line: IpvsLine): void {
    const [, word, ...more] = line.words;
    const end = readEnd(word?.text ?? '');
    if (end === null) {
      const text = word?.text ?? '';
      this.#drafts.note(isNamedEnd(text) ? 'named-end' : 'bad-line', line, text);
      return;
    }
    const number = (name: string): number | null => {
      const index = this.#columns.indexOf(name);
      return index === -1 ? null : readCount(more[index]?.text);
    };
    const method = this.#columns.includes('Forward') ? (more[0]?.text ?? '') : '';
    const server = {
      ...end,
      start: line.start,
      end: line.end,
      forwarding: methods.get(method) ?? null,
      weight: number('Weight'),
      active: number('ActiveConn'),
      inactive: number('InActConn'),
      upper: number('Uthreshold'),
    };
    if (this.#virtual === null || !this.#drafts.addServer(this.#virtual, server)) {
      this.#drafts.note('no-virtual-server', line, word?.text ?? '');
    }
  }
}

function readVirtual(
  kind: string | undefined,
  text: string | undefined,
  more: readonly IpvsWord[],
): Virtual | null {
  if (kind === 'FWM') {
    const mark = readCount(text);
    const family = more[0]?.text === 'IPv6' ? 6 : 4;
    return mark === null ? null : { kind: 'mark', mark, family };
  }
  const protocol = readListedProtocol(kind);
  const end = readEnd(text ?? '');
  return protocol === null || end === null ? null : { kind: 'address', protocol, ...end };
}

/** `rr (sh-port) persistent 360 mask 255.255.255.0 pe sip ops` */
function readFlags(words: readonly string[], virtual: Virtual): Parameters<Drafts['add']>[2] {
  const [scheduler = null, ...rest] = words;
  const behind = (word: string): string | null => {
    const index = rest.indexOf(word);
    return index === -1 ? null : (rest[index + 1] ?? null);
  };
  const flags = rest.find((word) => word.startsWith('('))?.replace(/[()]/g, '') ?? '';
  return {
    scheduler,
    schedulerFlags: flags === '' ? [] : flags.split(','),
    persistence: readPersistence(behind, virtual),
    onePacket: rest.includes('ops'),
    engine: behind('pe'),
  };
}

function readPersistence(behind: (word: string) => string | null, virtual: Virtual): Persistence | null {
  const seconds = readCount(behind('persistent') ?? '');
  if (seconds === null) return null;
  const mask = behind('mask');
  return { seconds, mask: (mask === null ? null : readMask(mask)) ?? wholeMask(virtual) };
}
