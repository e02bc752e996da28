/** The bundled command line as a process: what it prints, where, and how it ends. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundledCli, repository, type Cli } from './support/cli.ts';

const sample = repository('media/samples/kube-proxy-1.36');
const lab = repository('media/samples/nodeport-lab');
const folder = mkdtempSync(join(tmpdir(), 'kpe-cli-test-'));
let cli: Cli;

beforeAll(async () => {
  cli = await bundledCli();
});

/** Refuses what the kernel's own tool refuses, where it is installed. */
const judge = 'iptables-nft-restore';

/** A file of the test's own. */
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const good =
  '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n';
const wrong = good.replace('-A INPUT -j DROP', '-A INPUT -j NOWHERE\n-A INPUT -p tcp --dport 99999 -j DROP');

describe('trace', () => {
  const args = ['trace', sample, '--from', 'pod:10.244.1.7', '--to', 'shop/three:http'];

  it('tells a person the answer first, then the way, then what was assumed', async () => {
    const { code, out, err } = await cli(args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.split('\n');
    expect(lines[0]).toBe('✓ Forwarded to one of 3 endpoints of shop/three:http.');
    expect(out).toContain('33.3 %  → 10.244.1.14:8080  three-0 on node-1\n');
    expect(out).toMatch(/PREROUTING nat +1 .* → KUBE-SERVICES/);
    expect(out).toMatch(/\n {2}Assumed: The packet is taken to be the first of its connection/);
    expect(out).not.toContain('\u001B');
  });

  it('prints one JSON result', async () => {
    const { out } = await cli([...args, '--format', 'json']);
    const result: unknown = JSON.parse(out);
    expect(out.trimEnd()).not.toContain('\n');
    expect(result).toMatchObject({
      outcomes: [
        {
          verdict: 'forward',
          destination: '10.244.1.14:8080',
          interface: 'cni0',
          masqueraded: false,
          mark: 0,
          by: null,
        },
        { destination: '10.244.2.14:8080' },
        { destination: '10.244.3.11:8080' },
      ],
      assumptions: [{ code: 'new-connection' }],
    });
  });

  it('lists the rules that did not match, each with the reason', async () => {
    const { out } = await cli([...args, '--considered']);
    expect(out).toMatch(/ · -d 10\.96\.0\.1\/32 .* the packet goes to 10\.106\.89\.61, not 10\.96\.0\.1\n/);
  });

  it('reads rules from standard input', async () => {
    const input = readFileSync(join(lab, 'iptables-save.txt'));
    const { code, out } = await cli(
      ['trace', '-', '--from', 'external:198.51.100.7', '--to', '192.168.0.2:30080'],
      { input },
    );
    expect(code).toBe(0);
    expect(out).toContain('127.0.0.1:8080');
  });

  it('answers a file of flows line by line, goes on after a bad line, and says so in the end', async () => {
    const flow = {
      family: 4,
      from: { kind: 'pod', address: '10.244.1.7', port: 40_000, interface: 'cni0' },
      to: { address: '10.96.0.10', port: 53 },
      protocol: 'udp',
    };
    const lines = [
      JSON.stringify({ ...flow, id: 'one' }),
      'not json',
      JSON.stringify({ id: 'two', family: 5 }),
      '',
      `{"id":"three","then":[${JSON.stringify(flow)}],${JSON.stringify(flow).slice(1)}`,
    ];
    const path = file('flows.jsonl', lines.join('\r\n'));
    const { code, out, err } = await cli(['trace', sample, '--flows', path]);
    const results = out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(results).toMatchObject([
      { id: 'one', outcomes: [{ verdict: 'forward' }, { verdict: 'forward' }] },
      { id: null, error: expect.stringContaining('not JSON') },
      { id: 'two', error: expect.any(String) },
      { id: 'three', joint: expect.any(Array) },
    ]);
    expect(code).toBe(1);
    expect(err).toContain('2 lines could not be traced');
    const same = await cli(['trace', sample, '--flows', '-'], { input: lines.join('\n') });
    expect(same.out).toBe(out);
  });

  it.each([
    [['trace', sample, '--from', 'node'], /needs --to/],
    [['trace', sample, '--form', 'node'], /no option --form\. Did you mean --from\?/],
    [['trace', sample, '--from', 'x', '--to', '1.2.3.4:5'], /--from: Nothing here is called "x"/],
    [
      ['trace', sample, '--from', 'node', '--to', 'shop/treee:http'],
      /--to: Nothing here is called "shop\/treee"\. Did you mean shop\/three\?/,
    ],
    [['trace', sample, '--from', 'node', '--flows', 'x'], /--flows and --from exclude each other/],
    [['trace', sample, '--flows', '/nowhere/flows.jsonl'], /no file or folder "\/nowhere\/flows\.jsonl"/],
    [['trace', '-', '--flows', '-'], /cannot both be standard input/],
    [['trace', join(lab, 'iptables-save.txt'), '--from', 'fd00::1', '--to', '[fd00::2]:80'], /IPv6/],
  ])('refuses %j', async (wrongArgs, message) => {
    const { code, out, err } = await cli(wrongArgs);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });
});

describe('check', () => {
  it('finds in a real snapshot, both families, only which Services have no endpoints and why, and which hide their clients', async () => {
    const { code, out } = await cli(['check', sample]);
    expect(code).toBe(0);
    expect(out).toMatch(/\n! 13 warnings, 2 notes in 1,179 rules of 2 files\.\n$/);
  });

  it('is content with rules that are as they should be', async () => {
    const { code, out } = await cli(['check', join(lab, 'iptables-save.txt')]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}Node +no rules of kube-proxy/);
    expect(out).toMatch(/\n\n✓ No problems in [\d,]+ rules\.\n$/);
  });

  it('groups problems by file, each with its place and code, and sums up', async () => {
    const path = file('wrong.txt', wrong);
    const { code, out } = await cli(['check', path]);
    expect(code).toBe(1);
    expect(out).toContain(`\n\n${path}\n`);
    expect(out).toMatch(/\n {2}5:13 +error +NOWHERE is not declared in table filter/);
    expect(out).toContain('[undefined-jump-target]');
    expect(out).toMatch(/✗ 2 errors in 2 rules\.\n$/);
  });

  it('prints JSON with lines and columns from 1', async () => {
    const path = file('wrong.txt', wrong);
    const { code, out } = await cli(['check', path, '--format', 'json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      problems: [
        {
          code: 'undefined-jump-target',
          severity: 'error',
          message: expect.stringContaining('NOWHERE'),
          file: path,
          line: 5,
          column: 13,
          endLine: 5,
          endColumn: 20,
          service: null,
          cure: 'Declare the chain or remove the jump.',
        },
        expect.objectContaining({ code: 'bad-port', line: 6, column: 25, endColumn: 30 }),
      ],
    });
  });

  it('checks both families of one file, and each line once', async () => {
    const both = ['iptables-save.txt', 'ip6tables-save.txt'].map((name) =>
      readFileSync(join(sample, name), 'utf8'),
    );
    const { out } = await cli(['check', '-'], { input: `${both.join('')}${wrong}` });
    // One of the warnings: the table that is behind the others takes their rules of kube-proxy away.
    expect(out).toMatch(/2 errors, 16 warnings, 1 note in 1,181 rules\./);
  });

  it('takes objects, and refuses what are none', async () => {
    expect((await cli(['check', sample, '--objects', join(sample, 'objects.json')])).code).toBe(0);
    const { code, err } = await cli(['check', sample, '--objects', file('objects.txt', 'not json')]);
    expect(code).toBe(2);
    expect(err).toContain('objects.txt" cannot be read');
  });
});

describe('tree and explain', () => {
  it('show the chains hook by hook, and Services with their shares', async () => {
    const hooks = (await cli(['tree', lab])).out;
    expect(hooks).toMatch(/^ {2}Node +no rules of kube-proxy, .* · \d+ rules\n/);
    expect(hooks).toMatch(/\n\nPREROUTING .*\n└─ nat .*\n {3}├─ translate to 127\.0\.0\.1:8080/);
    const services = (await cli(['tree', sample, '--by', 'service'])).out;
    expect(services).toMatch(/─ 10\.244\.1\.14:8080 {2}three-0.*33\.3 %/);
  });

  it('stop at the depth that is asked for, and give JSON', async () => {
    const { out } = await cli(['tree', sample, '--depth', '2']);
    expect(out.split('\n').every((line) => !line.startsWith('│  │'))).toBe(true);
    const json = await cli(['tree', sample, '--by', 'service', '--format', 'json']);
    expect(JSON.parse(json.out)).toMatchObject({ order: 'service', rows: expect.any(Array) });
    const nested = await cli(['tree', sample, '--format', 'json']);
    expect(JSON.parse(nested.out)).toMatchObject({ order: 'hook' });
  });

  it('explain a chain by its name, and by the Service that it is of', async () => {
    const byName = await cli(['explain', sample, 'KUBE-SVC-SV6Z2RSVTP52NI55']);
    expect(byName.out).toMatch(/^shop\/three:http balances over 3 endpoints\n/);
    expect(byName.out).toContain('33.3 %  10.244.1.14:8080');
    expect((await cli(['explain', sample, 'shop/three:http'])).out).toBe(byName.out);
    const all = await cli(['explain', sample, 'KUBE-SERVICES', '--format', 'json']);
    expect(JSON.parse(all.out)).toMatchObject({ explanations: { length: 4 } });
  });

  it('explain who uses a mark', async () => {
    const { out } = await cli(['explain', sample, '0x4000']);
    expect(out).toMatch(/^Mark 0x4000 {2}IPv4\n\n {2}bits +owner +does +rules\n/);
    expect(out).toContain('0x4000  kube-proxy (masquerade mark)  sets   KUBE-MARK-MASQ 1 (nat)');
    expect((await cli(['explain', sample, 'MARKS'])).out).toContain('kube-proxy (masquerade mark)');
    expect((await cli(['explain', sample, '0x77'])).out).toContain(
      'No rule sets, clears or reads such a mark.',
    );
    const json = JSON.parse((await cli(['explain', sample, 'marks', '--format', 'json'])).out);
    expect(json.marks[0].rows[0]).toMatchObject({ bits: '0x4000', owner: 'kube-proxy', does: 'sets' });
  });

  it('explain what a node port or an address leads to', async () => {
    const port = await cli(['explain', sample, ':30080']);
    expect(port.out).toMatch(/^edge\/np-cluster:http /);
    expect((await cli(['explain', sample, '30080'])).out).toBe(port.out);
    expect((await cli(['explain', sample, 'np-cluster'])).out).toBe(port.out);
    expect((await cli(['explain', sample, '10.108.134.196'])).out).toBe(port.out);
    const all = (await cli(['explain', sample, 'shop/multi'])).out;
    expect(all.match(/^shop\/multi:\w+ balances/gm)).toHaveLength(3);
    const endpoint = (await cli(['explain', sample, '10.244.1.14'])).out;
    expect(endpoint).toMatch(/^shop\/three:http .*10\.244\.1\.14:8080/);
  });

  it('say what becomes of a Service that has no chains, as all of its traffic is refused', async () => {
    const { code, err } = await cli(['explain', sample, 'edge/np-noep']);
    expect(code).toBe(1);
    expect(err).toContain('edge/np-noep:udp has no chains here: ClusterIP 10.');
    expect(err).toContain('(rejected: no endpoints)');
  });

  it('suggest the nearest chain', async () => {
    const { code, err } = await cli(['explain', sample, 'KUBE-SERVCES']);
    expect(code).toBe(1);
    expect(err).toContain('Did you mean "KUBE-SERVICES"?');
  });
});

describe('help', () => {
  it.each([[], ['trace'], ['check'], ['tree'], ['explain'], ['snapshot']])(
    'of %s goes to standard output',
    async (...names) => {
      const { code, out, err } = await cli([...names, '--help']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('kube-proxy-explorer');
    },
  );

  it('comes unasked, as an error, where there is no command', async () => {
    const { code, out, err } = await cli([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('Commands');
  });

  it.each([
    ['chekc', 'Did you mean "check"?'],
    ['record', 'The commands are trace, check, tree, explain, diagnose, diff, convert, snapshot, mcp, lsp,'],
  ])('%s is no command', async (name, remedy) => {
    const { code, err } = await cli([name]);
    expect(code).toBe(2);
    expect(err).toContain(`There is no command "${name}". ${remedy}`);
  });
});

describe('input that holds no rules', () => {
  mkdirSync(join(folder, 'empty'), { recursive: true });
  const cases: readonly (readonly [string, () => string, RegExp])[] = [
    ['an empty file', () => file('empty.txt', ''), /is empty/],
    ['blank lines', () => file('blank.txt', '\n\n  \n'), /is empty/],
    [
      'a binary',
      () => file('program', Uint8Array.from([127, 69, 76, 70, 2, 1, 1, 0, 0, 0, 255, 254])),
      /does not hold iptables rules/,
    ],
    ['a PDF', () => file('x.pdf', '%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n'), /PDF/],
    ['a gzip file', () => repository('test/dumps/1.36.3-large/iptables-save.txt.gz'), /gzip/],
    ['a missing file', () => join(folder, 'wrnog.txt'), /no file or folder/],
    [
      'a folder without rules',
      () => join(folder, 'empty'),
      /neither iptables-save\.txt nor ip6tables-save\.txt/,
    ],
  ];

  it.each(cases)('%s', async (_, path, message) => {
    for (const args of [
      ['check', path()],
      ['trace', path(), '--from', 'node', '--to', '10.96.0.1:443'],
      ['tree', path()],
      ['explain', path(), 'X'],
    ]) {
      const { code, out, err } = await cli(args);
      expect({ code, out, args }).toEqual({ code: 2, out: '', args });
      expect(err).toMatch(message);
    }
  });
});

describe('a compressed dump', () => {
  it('is named, with what unpacks it', async () => {
    const packed = join(folder, 'packed');
    mkdirSync(packed, { recursive: true });
    writeFileSync(join(packed, 'iptables-save.txt.gz'), Uint8Array.from([31, 139, 8, 0]));
    for (const path of [packed, join(packed, 'iptables-save.txt.gz')]) {
      const { code, err } = await cli(['tree', path]);
      expect(code).toBe(2);
      expect(err).toContain(`"gunzip -k ${join(packed, 'iptables-save.txt.gz')}"`);
    }
  });
});

describe('a dump alone', () => {
  const text = readFileSync(repository('test/dumps/docker/iptables-save.txt'), 'utf8');
  // Without those that say which network is behind which bridge.
  const alone = file('docker-alone.txt', text.replaceAll(/^-A POSTROUTING \S+ \S+ ! -o .*\n/gmu, ''));

  it('is answered in a few cases, with what would settle it', async () => {
    const { code, out } = await cli([
      'trace',
      alone,
      '--from',
      'external:10.9.9.9',
      '--to',
      '192.168.0.2:8080',
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/^± It depends on whether 192\.168\.0\.2 is this node’s and by which interfaces/);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      '`ip -j addr > ip-addr.json` and `ip -j route show table all > ip-route.json`',
    );
    expect(out.match(/^ {2}If /gm)).toHaveLength(6);
    expect(out).toMatch(/^ {2}… \d+ more cases; --format json has all$/m);
    expect(out).toMatch(/and 1 more case that ends alike:/);
  });
});

describe('input that is odd', () => {
  const rules = readFileSync(join(lab, 'iptables-save.txt'), 'utf8');
  const to = ['--from', 'node:192.168.0.2', '--to', '192.168.0.2:30080'];

  it.each([
    ['UTF-16 with a mark', Buffer.from(`\uFEFF${rules}`, 'utf16le')],
    ['CRLF', rules.replaceAll('\n', '\r\n')],
    ['no final line feed', rules.trimEnd()],
    ['a line of a megabyte', rules.replace('COMMIT', `# ${'x'.repeat(1 << 20)}\nCOMMIT`)],
  ])('%s is traced all the same', async (name, content) => {
    const { code, out } = await cli(['trace', file(`${name}.txt`, content), ...to]);
    expect(code).toBe(0);
    expect(out).toContain('127.0.0.1:8080');
  });

  it('says that lines end as on Windows', async () => {
    const path = file('windows.txt', rules.replaceAll('\n', '\r\n'));
    expect((await cli(['trace', path, ...to])).err).toContain('lines end in CR LF');
  });

  it('says that a file is UTF-16, also in a folder', async () => {
    const snapshot = join(folder, 'utf16-snapshot');
    mkdirSync(snapshot, { recursive: true });
    writeFileSync(join(snapshot, 'iptables-save.txt'), Buffer.from(`\uFEFF${rules}`, 'utf16le'));
    expect((await cli(['trace', snapshot, ...to])).err).toContain('UTF-16');
    const { err } = await cli(['check', file('utf16.txt', Buffer.from(`\uFEFF${rules}`, 'utf16le'))]);
    expect(err).toContain('UTF-16');
  });

  it.each([
    ['UTF-16', Buffer.from(`\uFEFF${rules}`, 'utf16le')],
    ['a byte order mark', Buffer.from(`\uFEFF${rules}`)],
  ])('finds the error for which iptables-restore refuses %s', async (name, content) => {
    const judged = spawnSync(judge, ['--test'], { input: content });
    if (judged.error === undefined) expect(judged.status).toBe(1);
    const { code, out } = await cli(['check', file('encoded.txt', content), '--format', 'json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      problems: [{ code: 'not-rules', severity: 'error', message: expect.stringContaining(name), line: 1 }],
    });
  });

  it('ends for chains nested 50,000 deep, and for a loop', async () => {
    const names = Array.from({ length: 50_000 }, (_, index) => `C${index}`);
    const jumps = names.map((name, index) => `-A ${name} -j C${index + 1}`);
    const declared = [...names, 'C50000'].map((name) => `:${name} - [0:0]`);
    const deep = `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${declared.join('\n')}\n-A INPUT -j C0\n${jumps.join('\n')}\nCOMMIT\n`;
    const path = file('deep.txt', deep);
    for (const args of [
      ['check', path],
      ['tree', path],
      ['trace', path, ...to],
    ]) {
      const { signal, err, code } = await cli(args);
      expect({ args, signal, crashed: /RangeError|at .*\.cjs/.test(err) }).toEqual({
        args,
        signal: null,
        crashed: false,
      });
      expect([0, 1]).toContain(code);
    }
    const loop = file('loop.txt', deep.replace('-A C49999 -j C50000', '-A C49999 -j C0'));
    expect((await cli(['check', loop])).code).toBe(1);
    expect((await cli(['tree', loop])).signal).toBeNull();
    expect((await cli(['trace', loop, ...to])).signal).toBeNull();
  }, 120_000);

  it('says of a loop that nobody knows what the kernel would do', async () => {
    const looping = good.replace('-A INPUT -j DROP', ':A - [0:0]\n-A FORWARD -j A\n-A A -j A');
    const args = [
      'trace',
      file('small-loop.txt', looping),
      '--from',
      'external:192.0.2.1',
      '--to',
      '10.0.0.1:80',
    ];
    const { code, out } = await cli(args);
    expect(code).toBe(0);
    expect(out).toContain('    ? not known  the rules loop at filter/A\n');
    expect(out).toContain('The kernel refuses to load rules with such a loop');
  });
});
