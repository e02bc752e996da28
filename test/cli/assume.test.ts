/** `--assume` decides open questions, `--expect` makes a check of a trace. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Output } from '../../src/cli/output.ts';
import { run } from '../../src/cli/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'kpe-assume-'));
const rules = file(
  'iptables-save.txt',
  `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -m set --match-set PEERS src -j DROP
-A FORWARD -d 10.244.1.5/32 -m set --match-set ADMINS src -j REJECT
COMMIT
`,
);

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function trace(...options: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      out.push(String(chunk));
      done();
    },
  });
  const code = await run(['trace', rules, ...options], {
    output: new Output(stream),
    style: { colour: false, width: Infinity },
    complain: (message) => err.push(message),
  });
  return { code, out: out.join(''), err: err.join('\n') };
}

const packet = ['--from', 'pod:10.244.3.3', '--to', '10.244.1.5:8080', '--format', 'json'];
const forwarded = ['--assume', 'local:10.244.1.5=no'];

/** The verdicts, and what is left open. */
async function verdicts(...assume: readonly string[]) {
  const { code, out, err } = await trace(...packet, ...assume.flatMap((each) => ['--assume', each]));
  const { outcomes } = JSON.parse(out);
  return { code, err, verdicts: outcomes.map(({ verdict }: { verdict: string }) => verdict) };
}

describe('--assume', () => {
  it.each([
    [[], ['local', 'drop', 'reject', 'forward']],
    [['local:10.244.1.5=yes'], ['local']],
    [['local-addresses-unknown=no'], ['drop', 'reject', 'forward']],
    // Of all sets at once, also of the one that is asked about only where the first does not hold the source.
    [['local-addresses-unknown=no', 'ipset-unknown=no'], ['forward']],
    [['local-addresses-unknown=no', 'ipset-unknown=yes'], ['drop']],
    [
      ['local-addresses-unknown=no', 'ipset:PEERS:src:10.244.3.3=no'],
      ['reject', 'forward'],
    ],
    [['local-addresses-unknown=NO', 'ipset:PEERS:src:10.244.3.3=no', 'ipset-unknown=yes'], ['reject']],
  ])('%j leaves %j', async (assume, expected) => {
    expect(await verdicts(...assume)).toEqual({ code: 0, err: '', verdicts: expected });
  });

  it('is named by what the JSON says', async () => {
    const { assumptions } = JSON.parse((await trace(...packet)).out);
    expect(assumptions).toContainEqual(
      expect.objectContaining({
        code: 'ipset-unknown',
        key: 'ipset:PEERS:src:10.244.3.3',
        options: ['yes', 'no'],
      }),
    );
  });

  it.each([
    ['ipset-unkown=yes', 'decides nothing: no such question came up. Did you mean ipset-unknown?'],
    [
      'served-before=web-0',
      'decides nothing: no such question came up. Open here: local-addresses-unknown, ipset-unknown.',
    ],
  ])('%s is said to decide nothing', async (assume, message) => {
    const { code, err } = await verdicts(assume);
    expect(code).toBe(0);
    expect(err).toContain(message);
  });

  it.each([
    ['ipset-unknown=maybe', '--assume: ipset-unknown cannot be "maybe": it is yes or no.'],
    ['ipset-unknown', 'and not "ipset-unknown".'],
    ['=yes', 'and not "=yes".'],
  ])('%s is refused', async (assume, message) => {
    const { code, out, err } = await trace(...packet, '--assume', assume);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  it('decides for every line of --flows', async () => {
    const flow = {
      from: { kind: 'pod', address: '10.244.3.3' },
      to: { address: '10.244.1.5', port: 8080 },
      protocol: 'tcp',
    };
    const flows = file(
      'flows.jsonl',
      `${JSON.stringify(flow)}\n${JSON.stringify({ ...flow, next: [flow] }).replace('next', 'then')}\n`,
    );
    const { code, out } = await trace('--flows', flows, ...forwarded, '--assume', 'ipset-unknown=yes');
    expect(code).toBe(0);
    const [one, other] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(one.outcomes.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['drop']);
    expect(other.joint).toEqual([{ results: ['drop', 'drop'], probability: expect.closeTo(1) }]);
    const failed = await trace(
      '--flows',
      flows,
      ...forwarded,
      '--assume',
      'ipset-unknown=no',
      '--expect',
      'drop',
    );
    expect({ code: failed.code, err: failed.err }).toEqual({
      code: 1,
      err: '--expect drop: 2 lines ended otherwise.',
    });
    expect(
      (await trace('--flows', flows, ...forwarded, '--assume', 'ipset-unknown=no', '--expect', 'forward'))
        .code,
    ).toBe(0);
  });
});

describe('--expect', () => {
  it.each([
    [['ipset-unknown=no'], 'forward', 0, ''],
    [['ipset-unknown=no'], 'drop', 1, '--expect drop: it ends otherwise (forward).'],
    [[], 'forward', 1, '--expect forward: 2 of 3 outcomes end otherwise (drop, reject).'],
    [['ipset-unknown=yes'], 'drop', 0, ''],
  ] as const)('%j, %s: exit code %i', async (assume, verdict, code, err) => {
    const options = [...forwarded, ...assume.flatMap((each) => ['--assume', each]), '--expect', verdict];
    const json = await trace(...packet, ...options);
    expect({ code: json.code, err: json.err }).toEqual({ code, err });
    const text = await trace(...packet.slice(0, 4), ...options);
    expect({ code: text.code, err: text.err }).toEqual({ code, err });
    expect(text.out).not.toBe('');
  });

  it('is one of the verdicts', async () => {
    const { code, err } = await trace(...packet, '--expect', 'forwarded');
    expect(code).toBe(2);
    expect(err).toContain('Did you mean "forward"?');
  });
});

it('what its sender keeps is said in JSON as in text, and ends as nobody expects', async () => {
  const kept = ['--from', 'pod:10.244.1.7', '--to', '10.244.1.7:80'];
  const headline = 'Never comes to this node: the client keeps what it sends to 10.244.1.7, its own address.';
  const json: unknown = JSON.parse((await trace(...kept, '--format', 'json')).out);
  expect(json).toMatchObject({
    verdict: 'unknown',
    headline,
    notDecidedHere: headline,
  });
  expect((await trace(...kept)).out.replaceAll(/\n +/g, ' ')).toContain(headline);
  const { code, err } = await trace(...kept, '--format', 'json', '--expect', 'forward');
  expect(code).toBe(1);
  expect(err).toContain(`--expect forward: it ends otherwise (unknown). ${headline}`);
});

it('a line of --flows may say how it has to end, which counts before --expect', async () => {
  const flow = {
    from: { kind: 'pod', address: '10.244.3.3', port: 40000 },
    to: { address: '10.244.1.9', port: 80 },
    family: 4,
    protocol: 'tcp',
  };
  const lines = [{ expect: 'forward' }, { expect: 'drop' }, {}, { expect: 'passes' }];
  const flows = file('expect.jsonl', lines.map((each) => JSON.stringify({ ...flow, ...each })).join('\n'));
  const decided = ['--assume', 'ipset-unknown=no', '--assume', 'local-addresses-unknown=no'];
  const { code, out, err } = await trace('--flows', flows, ...decided);
  const results = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(results.map(({ asExpected }) => asExpected)).toEqual([true, false, undefined, undefined]);
  expect(results[3].error).toBe('"expect" is none of forward, local, drop, reject, unknown.');
  expect({ code, err }).toEqual({
    code: 1,
    err: 'One line could not be traced; "error" says why.\n"expect": One line ended otherwise.',
  });
  const [held] = (await trace('--flows', flows, ...decided, '--expect', 'drop')).out.split('\n');
  expect(JSON.parse(held ?? '')).toMatchObject({ asExpected: true });
});
