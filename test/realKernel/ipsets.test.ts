/** Set membership against `ipset test` of the real kernel, on random sets that it saved itself. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Family, parseAddress } from '../../src/values/address.ts';
import { type SetPacket, testSet } from '../../src/kernel/node/ipset.ts';
import { readNode } from '../../src/kernel/node/readNode.ts';
import { Namespace } from './support/namespace.ts';
import { Random } from './support/random.ts';
import { describeWithKernel } from './support/requirements.ts';

/** The types that Linux's own configuration may leave out are only tested where they can be created. */
const TYPES = [
  'bitmap:ip',
  'bitmap:ip,mac',
  'bitmap:port',
  'hash:ip',
  'hash:ip,port',
  'hash:ip,port,ip',
  'hash:ip,port,net',
  'hash:ip,mark',
  'hash:ip,mac',
  'hash:mac',
  'hash:net',
  'hash:net,port',
  'hash:net,net',
  'hash:net,port,net',
  'hash:net,iface',
] as const;

const PARTS = ['ip', 'net', 'port', 'iface', 'mark', 'mac'] as const;

type Part = (typeof PARTS)[number];

function isPart(word: string): word is Part {
  return PARTS.some((part) => part === word);
}

const QUESTIONS = 80;

describeWithKernel('ipsets as the kernel tests them', ['ipset'], () => {
  let space: Namespace | null = null;
  beforeAll(() => {
    space = new Namespace('sets');
  });
  afterAll(() => space?.close());

  const cases = TYPES.flatMap((type) => [1, 2].map((seed) => [type, seed] as const));
  test.each(cases)('%s (seed %i)', (type, seed) => {
    const random = new Random(seed * 1000 + type.length);
    if (space === null) throw new Error('no namespace');
    const family: Family = type.startsWith('bitmap') || type === 'hash:mac' || random.chance(0.6) ? 4 : 6;
    const set = new RandomSet(random, type, family);
    const created = space.attempt(['ipset', 'create', 's', type, ...set.options()]);
    if (created.status !== 0) {
      expect(created.stderr).toMatch(
        /Kernel error received: (Set type not supported|Invalid argument)|Kernel support/i,
      );
      return;
    }
    space.attempt(['ipset', '-!', '-'], set.commands());
    const node = readNode(space.snapshot());
    expect(node.problems).toEqual([]);
    const questions = Array.from({ length: QUESTIONS }, () => set.question());
    const answers = askKernel(space, questions);
    const differences = questions.flatMap(({ entry, directions, packet }, index) => {
      const ours = testSet(node, 's', directions, packet);
      const theirs = answers[index];
      return ours === theirs ? [] : [`${entry}: kernel ${String(theirs)}, ours ${JSON.stringify(ours)}`];
    });
    expect(answers).toContain(true);
    expect(answers).toContain(false);
    const saved = space.attempt(['ipset', 'save', 's']).stdout;
    space.run(['ipset', 'destroy', 's']);
    expect(differences.join('\n'), saved).toBe('');
  });
});

/** All questions in one shell: `ipset` has no batch of tests. */
function askKernel(space: Namespace, questions: readonly Question[]): readonly boolean[] {
  const script = 'while read -r entry; do if ipset -q test s "$entry"; then echo yes; else echo no; fi; done';
  const input = questions.map(({ entry }) => `${entry}\n`).join('');
  const lines = space.run(['sh', '-c', script], input).trim().split('\n');
  return lines.map((line) => line === 'yes');
}

interface Question {
  readonly entry: string;
  readonly directions: readonly ('src' | 'dst')[];
  readonly packet: SetPacket;
}

class RandomSet {
  readonly #random: Random;
  readonly #type: string;
  readonly #family: Family;
  readonly #parts: readonly Part[];

  constructor(random: Random, type: string, family: Family) {
    this.#random = random;
    this.#type = type;
    this.#family = family;
    this.#parts = (type.split(':')[1] ?? '').split(',').filter(isPart);
  }

  options(): readonly string[] {
    if (this.#type === 'bitmap:port') return ['range', '0-70'];
    if (this.#type.startsWith('bitmap'))
      return ['range', '10.0.0.0-10.0.1.255', ...this.#maybe('bitmap:ip', ['netmask', '30'])];
    if (this.#type === 'hash:mac') return ['comment'];
    const masks = this.#family === 4 ? ['netmask', '30'] : ['netmask', '126'];
    return [
      'family',
      this.#family === 4 ? 'inet' : 'inet6',
      'counters',
      'comment',
      'timeout',
      '3000',
      ...this.#maybe('hash:ip', masks),
    ];
  }

  #maybe(type: string, words: readonly string[]): readonly string[] {
    return this.#type === type && this.#random.chance(0.5) ? words : [];
  }

  /** `add` lines as a person writes them: ranges, networks, names of ICMP types. */
  commands(): string {
    const lines = Array.from({ length: [12, 60, 700][this.#parts.length - 1] ?? 12 }, () => {
      const entry = this.#parts.map((part) => this.#written(part)).join(',');
      const nets = this.#parts.includes('net');
      return `add s ${entry}${this.#random.maybe(nets ? 0.2 : 0, () => ' nomatch')}${this.#random.maybe(0.1, () => ' comment "nomatch of a kind"')}`;
    });
    return `${lines.join('\n')}\n`;
  }

  #address(): string {
    const random = this.#random;
    return this.#family === 4
      ? `10.0.${random.below(2)}.${random.below(16)}`
      : `fd00:${random.below(2)}::${random.below(16).toString(16)}`;
  }

  #written(part: Part): string {
    const random = this.#random;
    switch (part) {
      case 'ip':
        return this.#address();
      case 'net':
        return `${this.#address()}/${this.#family === 4 ? random.pick([24, 28, 28, 30, 30, 31, 32, 32]) : random.pick([64, 124, 124, 126, 127, 127, 128])}`;
      case 'port':
        return this.#type === 'bitmap:port'
          ? `${random.below(20)}-${20 + random.below(5)}`
          : this.#port().text;
      case 'mark':
        return `0x${random.below(4).toString(16)}`;
      case 'iface':
        return random.pick(['eth0', 'eth1', 'veth1']);
      default:
        return this.#mac();
    }
  }

  #mac(): string {
    return `02:00:00:00:00:0${this.#random.below(4)}`;
  }

  #port(): {
    readonly text: string;
    readonly protocol: number;
    readonly port: number;
    readonly type: number | null;
  } {
    const random = this.#random;
    const port = random.below(4);
    const kind = random.below(6);
    if (kind === 5) return { text: 'gre:0', protocol: 47, port: 0, type: null };
    if (kind === 4) {
      const [name, number] =
        this.#family === 4 ? (['icmp:echo-request', 8] as const) : (['icmpv6:echo-request', 128] as const);
      return { text: name, protocol: this.#family === 4 ? 1 : 58, port: 0, type: number };
    }
    const [name, protocol] = (
      [
        ['tcp', 6],
        ['udp', 17],
        ['sctp', 132],
        ['udplite', 136],
      ] as const
    )[kind] ?? ['tcp', 6];
    return { text: `${name}:${port}`, protocol, port, type: null };
  }

  /** A single element to test, and the packet that has it. */
  question(): Question {
    const random = this.#random;
    const values = { src: this.#address(), dst: this.#address() };
    const ports = { src: this.#port(), dst: this.#port() };
    const directions = this.#parts.map(() => random.pick(['src', 'dst'] as const));
    const macs = this.#mac();
    const mark = random.below(4);
    const face = {
      src: random.pick(['eth0', 'eth1', 'veth1', 'veth12']),
      dst: random.pick(['eth0', 'eth9']),
    };
    const port = ports[directions[this.#parts.indexOf('port')] ?? 'src'];
    const bitmapPort = random.below(30);
    const entry = this.#parts.map((part, index) => {
      const direction = directions[index] ?? 'src';
      if (part === 'ip' || part === 'net') return values[direction];
      if (part === 'port') return this.#type === 'bitmap:port' ? String(bitmapPort) : port.text;
      if (part === 'mark') return `0x${mark.toString(16)}`;
      return part === 'iface' ? face[direction] : macs;
    });
    const number = this.#type === 'bitmap:port' ? bitmapPort : port.port;
    const packet: SetPacket = {
      family: this.#family,
      protocol: this.#type === 'bitmap:port' ? 6 : port.protocol,
      source: parseAddress(values.src)?.value ?? 0n,
      destination: parseAddress(values.dst)?.value ?? 0n,
      sourcePort: number,
      destinationPort: number,
      icmpType: port.type,
      icmpCode: 0,
      input: face.src,
      output: face.dst,
      mark,
      sourceMac: macs,
      local: false,
    };
    const macAt = this.#parts.indexOf('mac');
    return {
      entry: entry.join(','),
      directions: directions.map((direction, index) => (index === macAt ? 'src' : direction)),
      packet,
    };
  }
}
