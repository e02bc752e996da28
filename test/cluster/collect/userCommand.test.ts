import { describe, expect, test } from 'vitest';
import { expandCommand } from '../../../src/cluster/collect/userCommand.ts';
import { defaultLimits } from '../../../src/cluster/collect/runner.ts';
import { snapshotJson } from '../../../src/cluster/collect/snapshotFiles.ts';
import { failureOf } from '../support/failureOf.ts';
import { FakeCluster, nftRules } from './support/fakeNode.ts';

const save = ['iptables-save', '-c'];

test.each([
  [
    ['ssh', '{node}', 'sudo', '{program}'],
    ['ssh', 'node-1', 'sudo', 'iptables-save', '-c'],
  ],
  [
    ['ssh', 'root@{node}.lan', 'sudo {program}'],
    ['ssh', 'root@node-1.lan', 'sudo iptables-save -c'],
  ],
  [
    ['docker', 'exec', '{node}', 'iptables-save'],
    ['docker', 'exec', 'node-1', 'iptables-save'],
  ],
  [
    ['x', '{nodes}', '{ node }'],
    ['x', '{nodes}', '{ node }'],
  ],
])('%j', (command, expected) => {
  expect(expandCommand(command, 'node-1', save)).toEqual(expected);
});

test("a node's name is taken as it is, dollar signs and all", () => {
  expect(expandCommand(['{node}'], "a$&$'b", save)).toEqual(["a$&$'b"]);
});

/** A command that prints a text. */
function print(text: string): readonly string[] {
  const script = 'process.stdout.write(Buffer.from(process.argv[1], "base64"))';
  return [process.execPath, '-e', script, Buffer.from(text).toString('base64')];
}

describe("the user's command", () => {
  const cluster = new FakeCluster([]);
  test('tells the rules that it prints, and asks nobody else', async () => {
    const collected = await cluster.collect({ command: print(nftRules) });
    expect(collected.files).toEqual(new Map([['iptables-save.txt', nftRules]]));
    expect(collected.missing.map(({ file }) => file)).toContain('ip-route.json');
    expect(cluster.execs).toEqual([]);
  });

  test('that prints both families one after the other tells both', async () => {
    const six = nftRules.replaceAll('iptables-nft-save', 'ip6tables-nft-save');
    const { files } = await cluster.collect({ command: print(nftRules + six) });
    expect(files.get('iptables-save.txt')).toBe(nftRules);
    expect(files.get('ip6tables-save.txt')).toBe(six);
  });

  test('that does not exist is a matter of the setting', async () => {
    const failure = await failureOf(cluster.collect({ command: ['/no/such/program', '{node}'] }));
    expect(failure.kind).toBe('badConfiguration');
    expect(failure.message).toBe(
      'Your command cannot be started: /no/such/program: there is no such program.',
    );
  });

  /** Anything but its program may be a password. */
  const secret = 'HUNTER2SECRET';
  test('is nowhere told but by the name of its program', async () => {
    const collected = await cluster.collect({ command: [...print(nftRules), secret] });
    expect(JSON.stringify([collected.source, collected.missing, collected.warnings])).not.toContain(secret);
    const json = snapshotJson({ ...collected, configured: null, cilium: null });
    expect(JSON.parse(json)).toMatchObject({ source: 'your own command node' });
    expect(json).not.toContain(secret);
  });

  test.each([
    ['fails', 'process.exit(3)'],
    ['is not found by a shell', 'process.exit(127)'],
    ['is killed', 'process.kill(process.pid, "SIGKILL")'],
    ['hangs', 'setTimeout(() => {}, 60_000)'],
    ['holds a NUL', '\0'],
  ])('that %s is told without its words', async (_, script) => {
    const command = [process.execPath, '-e', script, secret];
    const failure = await failureOf(
      cluster.collect({ command, limits: { ...defaultLimits, rulesSilence: 300 } }),
    );
    expect(failure.message).toMatch(/\bnode\b/);
    expect(`${failure.message} ${String(failure.cause)}`).not.toContain(secret);
  });

  test('that fails is told with its own words', async () => {
    const script = 'console.error("Permission denied (publickey)."); process.exit(255)';
    const failure = await failureOf(cluster.collect({ command: [process.execPath, '-e', script] }));
    expect(failure.kind).toBe('commandFailed');
    expect(failure.message).toContain('ended with code 255: Permission denied (publickey)');
  });

  test.each(['-oProxyCommand=touch x', 'a b', 'a\nb', '', '../x', '$(x)'])(
    'is not run for a node called %j',
    async (node) => {
      const failure = await failureOf(cluster.collect({ node, command: ['echo', '{node}'] }));
      expect(failure.kind).toBe('badConfiguration');
    },
  );

  test('is ended when the user cancels', async () => {
    const cancel = new AbortController();
    const script = 'process.stdout.write("*nat"); setInterval(() => {}, 1000)';
    const failure = await failureOf(
      cluster.collect({
        command: [process.execPath, '-e', script],
        signal: cancel.signal,
        onProgress: (words) => {
          if (words.endsWith('4 bytes')) cancel.abort();
        },
      }),
    );
    expect(failure.kind).toBe('cancelled');
  });
});
