/**
 * What `iptables -L` lists is read back, and compared with what iptables-save prints of the same rules in the same kernel:
 * the dumps of the repository, and random rules of all extensions that are installed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { printConditions } from '../../src/rules/iptables/printer.ts';
import { parseRuleset } from '../../src/rules/iptables/parser.ts';
import type { Rule, Ruleset } from '../../src/rules/iptables/nodes.ts';
import { Random } from '../language/rules/validate/random.ts';
import type { Flow } from '../../src/kernel/flow.ts';
import { engineOf, flow, results } from '../kernel/fixtures.ts';
import { Namespace } from './support/namespace.ts';
import { describeWithKernel } from './support/requirements.ts';

/** `FC_SEED` asks for other rules. */
const seed = Number(process.env['FC_SEED'] ?? 20_261_130);
const dumps = new URL('../dumps/', import.meta.url);
const backends = ['nft', 'legacy'] as const;
const families = [4, 6] as const;
const tables = ['raw', 'mangle', 'nat', 'filter'] as const;

/** How people list: the options, and whether interfaces are shown. */
const manners = [
  { options: ['-nL'], verbose: false },
  { options: ['-nvL'], verbose: true },
  { options: ['-L', '-n', '-v', '-x', '--line-numbers'], verbose: true },
  { options: ['-nL', '--line-numbers'], verbose: false },
] as const;

type Family = (typeof families)[number];
type Backend = (typeof backends)[number];

/** What no listing of iptables 1.8.9 shows: the print functions leave it out, or say it in other words. */
const UNSHOWN = /^(?:--hashlimit-name|--datestop|eui64)$/;

/** The rule's options, each with its values, in an order of their own, without what the listing hides. */
function words(rule: Rule, verbose: boolean): string {
  const printed = printConditions(rule)
    // Of NOTRACK iptables lists what the kernel has in its place.
    .replace(/ -j NOTRACK$/, ' -j CT --notrack')
    .replaceAll(/ (?:! )?-m eui64/g, '')
    .trim()
    .split(' ');
  const shown: string[] = [];
  for (let at = 0; at < printed.length; at++) {
    const word = printed[at] ?? '';
    const isInterface = !verbose && (word === '-i' || word === '-o');
    if (isInterface && shown.at(-1) === '!') shown.pop();
    if (isInterface || word === '--hashlimit-name' || isEndOfTime(printed, at)) at++;
    else if (!UNSHOWN.test(word)) shown.push(word);
  }
  const options = optionsOf(shown);
  // Two matches of one name that follow each other are one in a listing.
  const once = options.filter((option, at) => !option.startsWith('-m ') || options.indexOf(option) === at);
  return once.toSorted().join(' ');
}

/** `! -s 10.0.0.1`, `-m tcp`, `--dport 80`: a value must stay with its option. */
function optionsOf(shown: readonly string[]): readonly string[] {
  const options: string[] = [];
  for (const word of shown) {
    const last = options.at(-1);
    const begins = word === '!' || (word.startsWith('-') && last !== '!');
    if (begins || last === undefined) options.push(word);
    else options[options.length - 1] = `${last} ${word}`;
  }
  return options;
}

/** `-m time` of iptables-save has the end of time where none was given. */
function isEndOfTime(printed: readonly string[], at: number): boolean {
  return printed[at] === '--datestop' && printed[at + 1] === '2038-01-19T03:14:07';
}

/** Chain by chain: its policy and the rules. */
function told(ruleset: Ruleset, verbose: boolean): Readonly<Record<string, readonly string[]>> {
  const chains = ruleset.tables.flatMap((table) => [...table.chains.values()]);
  return Object.fromEntries(
    chains.map(({ name, declaration, rules }) => [
      name,
      [declaration?.policy?.text ?? '-', ...rules.map((rule) => words(rule, verbose))],
    ]),
  );
}

function program(family: Family, backend: Backend, what = ''): string {
  return `${family === 6 ? 'ip6' : 'ip'}tables-${backend}${what}`;
}

/** Rules whose listing leaves out a `!`. */
function isTold(line: string): boolean {
  return !/! --quota/.test(line);
}

/** Compares all tables that are loaded, in every manner; gives how many rules were compared. */
function compare(space: Namespace, family: Family, backend: Backend): number {
  let rules = 0;
  for (const table of tables) {
    const saved = space.attempt([program(family, backend, '-save'), '-t', table]).stdout;
    if (!saved.includes('\n:')) continue;
    for (const { options, verbose } of manners) {
      const listed = space.run([program(family, backend), '-t', table, ...options]);
      const read = parseRuleset(`# iptables -t ${table} -L\n${listed}`);
      expect(read.format).toBe('listing');
      expect(read.tables.map(({ name }) => name)).toEqual([table]);
      expect(told(read, verbose), `${program(family, backend)} ${options.join(' ')}`).toEqual(
        told(parseRuleset(saved), verbose),
      );
    }
    rules += saved.match(/^(?:\[\d+:\d+\] )?-A /gm)?.length ?? 0;
  }
  return rules;
}

/** A rule of `printed.txt`, taken apart. */
interface Part {
  readonly family: Family;
  readonly table: string;
  readonly general: string;
  readonly protocol: string;
  readonly matches: readonly string[];
  readonly target: string;
}

const parts = readFileSync(new URL('../rules/iptables/listing/printed.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => / -A /.test(line) && isTold(line))
  .map((line): Part => {
    const [, family = '', table = '', rest = ''] = /^(\d) (\w+) -A \S+(.*)$/.exec(line) ?? [];
    const [columns = '', ...matches] = (rest.split(/ -[jg] (?=[\w-]+(?: -|$))/)[0] ?? '').split(
      / -m (?=[a-z\d]+(?: |$))/,
    );
    const target = / -[jg] [\w-]+(?: --.*)?$/.exec(rest)?.[0] ?? '';
    const protocol = /(?:! )?-p \S+/.exec(columns)?.[0] ?? '';
    return { family: family === '6' ? 6 : 4, table, general: columns, protocol, matches, target };
  });

/** What several rules ask for, in one; not all of them may be loaded. */
function randomRule(family: Family, random: Random): string {
  const own = parts.filter(
    (part) => part.family === family || (part.table === 'mangle' && part.target === ''),
  );
  const first = random.pick(own);
  const fitting = own.filter(({ protocol }) => protocol === '' || protocol === first?.protocol);
  const more = Array.from({ length: random.below(4) }, () => random.pick(fitting)?.matches ?? []).flat();
  const table = random.pick([first?.table ?? 'filter', 'mangle']);
  const targets = fitting.filter((part) => part.table === table || part.table === 'filter');
  const matches = [...(first?.matches ?? []), ...more].map((each) => ` -m ${each}`).join('');
  return `*${table}\n-A X${first?.general ?? ''}${matches}${random.pick(targets)?.target ?? ''}\nCOMMIT\n`;
}

/** Packets to some of what the rules name, from where it matters. */
function packetsFor(saved: string): readonly Flow[] {
  const services = [...saved.matchAll(/ -d (\d[\d.]+)\/32 -p (tcp|udp) .*--dport (\d+) /g)].map(
    ([, address = '', protocol = '', port = '']) => `${address}:${port} ${protocol}`,
  );
  const port = /KUBE-NODEPORTS .*--dport (3\d{4}) /.exec(saved)?.[1] ?? '30080';
  const ends = [...new Set([services[0], services[services.length >> 1], services.at(-1)])];
  const targets = [
    ...ends.flatMap((each) => each ?? []),
    `192.168.0.2:${port} tcp`,
    '8.8.8.8:53 udp',
    '172.17.0.2:80 tcp',
  ];
  return targets.flatMap((to) => ['pod', 'client', 'node'].map((from) => flow(`${from} > ${to}`)));
}

/** Ends and ways of a packet, and what is assumed beside what a listing hides. */
function traced(rules: string, packet: Flow): unknown {
  const trace = engineOf(rules).trace(packet);
  const assumed = trace.assumptions.map(({ code }) => code);
  return {
    outcomes: results(trace, packet),
    assumed: assumed.filter((code) => !code.startsWith('listing-')),
  };
}

/** That packets go through a listing as through the dump; gives how many. */
function compareTraces(space: Namespace, backend: Backend): number {
  const saved = space.run([program(4, backend, '-save')]);
  const list = (options: readonly string[]): string =>
    tables
      .filter((table) => saved.includes(`*${table}\n`))
      .map(
        (table) =>
          `# iptables -t ${table} -L\n${space.run([program(4, backend), '-t', table, ...options])}\n`,
      )
      .join('');
  const whole = list(['-n', '-v', '-x', '-L']);
  const plain = list(['-nL']);
  const packets = packetsFor(saved);
  for (const packet of packets) {
    const wanted = traced(saved, packet);
    expect(traced(whole, packet), JSON.stringify(packet)).toEqual(wanted);
    const { assumptions } = engineOf(plain).trace(packet);
    const codes = assumptions.map(({ code }) => code);
    if (!/ -[io] /.test(saved)) expect(traced(plain, packet)).toEqual(wanted);
    else if (JSON.stringify(traced(plain, packet)) !== JSON.stringify(wanted))
      expect(codes.some((code) => code === 'listing-interfaces' || code === 'interface-hidden')).toBe(true);
  }
  return packets.length;
}

describeWithKernel('listings of the real iptables', ['iptables-nft', 'iptables-legacy'], () => {
  const spaces = new Map<string, Namespace>();
  const spaceOf = (family: Family, backend: Backend): Namespace => {
    const name = `list${family}${backend}`;
    const known = spaces.get(name) ?? new Namespace(name);
    spaces.set(name, known);
    return known;
  };
  const cases = families.flatMap((family) => backends.map((backend) => [family, backend] as const));

  beforeAll(() => {
    for (const [family, backend] of cases) spaceOf(family, backend);
  });
  afterAll(() => {
    for (const space of spaces.values()) space.close();
  });

  const names = readdirSync(dumps).filter((name) => existsSync(new URL(`${name}/iptables-save.txt`, dumps)));
  const dumpCases = names.flatMap((name) =>
    cases.map(([family, backend]) => [name, family, backend] as const),
  );
  test.each(dumpCases)('the dump %s, IPv%d, %s', (name, family, backend) => {
    const file = new URL(`${name}/${family === 6 ? 'ip6' : 'ip'}tables-save.txt`, dumps);
    if (!existsSync(file)) return;
    const space = spaceOf(family, backend);
    // The counters of nfacct are objects of their own, which no dump makes.
    const text = readFileSync(file, 'utf8').replaceAll(/ -m nfacct --nfacct-name +\S+/g, '');
    const loaded = space.attempt([program(family, backend, '-restore')], text);
    expect(loaded.stderr.replaceAll(/^#.*\n/gm, '')).toBe('');
    expect(compare(space, family, backend)).toBeGreaterThan(0);
    if (family === 4) expect(compareTraces(space, backend)).toBeGreaterThan(0);
  });

  test.each(cases)('random rules, IPv%d, %s', (family, backend) => {
    const random = new Random(seed + family);
    const space = spaceOf(family, backend);
    const chains = tables.map((table) => `*${table}\n:X - [0:0]\n:Y - [0:0]\nCOMMIT\n`).join('');
    space.run([program(family, backend, '-restore')], chains);
    let taken = 0;
    for (let tries = 0; tries < 150; tries++) {
      const text = randomRule(family, random);
      if (space.attempt([program(family, backend, '-restore'), '--noflush'], text).status === 0) taken++;
    }
    expect(taken).toBeGreaterThan(30);
    expect(compare(space, family, backend)).toBeGreaterThan(30);
  });
});
