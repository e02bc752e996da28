import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCredentialPlugin } from '../../../src/cluster/adapters/credentialPlugin.ts';
import { failureOf } from '../support/failureOf.ts';
import { temporaryFolder } from '../support/kubeconfigs.ts';

/** A plugin that is a script for Node, which the kubeconfig names by a path relative to itself. */
function plugin(script: string, exec: object = {}, timeout = 5000) {
  const folder = temporaryFolder();
  const file = join(folder, 'plugin.mjs');
  writeFileSync(file, `#!${process.execPath}\n${script}`);
  chmodSync(file, 0o755);
  const user = { name: 'u', value: {}, folder };
  const cluster = { name: 'c', value: { server: 'https://a', 'certificate-authority-data': 'YQ==' }, folder };
  const { signal } = new AbortController();
  return runCredentialPlugin({ command: './plugin.mjs', ...exec }, { user, cluster, signal, timeout });
}

/** Whether the process is there, and no zombie that only its parent has to read. */
function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

const answer = (status: object) => `console.log(JSON.stringify({ status: ${JSON.stringify(status)} }));`;

describe('a credential plugin', () => {
  it('gives a token and when it ends', async () => {
    const status = { token: 'abc\n', expirationTimestamp: '2030-01-01T00:00:00Z' };
    expect(await plugin(answer(status))).toEqual({
      token: 'abc',
      certificate: null,
      expiresAt: Date.UTC(2030, 0, 1),
    });
  });

  it('gives a certificate', async () => {
    expect(await plugin(answer({ clientCertificateData: 'C', clientKeyData: 'K' }))).toEqual({
      token: null,
      certificate: { certificate: 'C', key: 'K' },
      expiresAt: null,
    });
  });

  it('is told what it asks for, and that nobody is there to answer', async () => {
    const told = await plugin(
      `console.log(JSON.stringify({ status: { token: JSON.stringify([process.env.KUBERNETES_EXEC_INFO, process.env.OWN, process.argv[2], process.stdin.isTTY ?? false]) } }));`,
      {
        apiVersion: 'client.authentication.k8s.io/v1beta1',
        provideClusterInfo: true,
        env: [{ name: 'OWN', value: 'mine' }],
        args: ['--x y'],
      },
    );
    const heard: unknown = JSON.parse(told.token ?? '');
    expect(heard).toEqual([expect.any(String), 'mine', '--x y', false]);
    const [info]: unknown[] = Array.isArray(heard) ? heard : [];
    expect(JSON.parse(String(info))).toEqual({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      spec: {
        interactive: false,
        cluster: { server: 'https://a', 'certificate-authority-data': 'YQ==', config: null },
      },
    });
  });

  it.each([
    [
      'failing',
      'console.error("\\n  log in again.\\nmore"); process.exit(3);',
      /plugin\.mjs failed with 3: log in again\.$/,
    ],
    ['answering nonsense', 'console.log("hello")', /plugin\.mjs did not answer with an object of JSON\.$/],
    ['answering nothing', answer({}), /answered with neither a token nor a certificate\.$/],
    ['half a certificate', answer({ clientCertificateData: 'C' }), /neither a token nor a certificate\.$/],
  ])('%s fails in words', async (_, script, words) => {
    await expect(plugin(script)).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(words),
    });
  });

  it.each([
    ['prints its token bare', 'console.log("s3cret")', {}],
    ['breaks off', `process.stdout.write('{"status":{"token":"s3cret')`, {}],
    ['is given a NUL', '', { env: [{ name: 'PASSWORD', value: 's3cret\0' }] }],
    ['prints it and fails', 'console.log("s3cret"); process.exit(1)', {}],
  ])('that %s does not get it into a log', async (_, script, exec) => {
    const failure = await failureOf(plugin(script, exec));
    // What a log shows: the message, and those of the causes.
    for (let each: unknown = failure; each instanceof Error; each = each.cause) {
      expect(each.message).not.toContain('s3cret');
    }
  });

  it('that waits for ever ends at its time, with its child, which holds the pipes', async () => {
    const pids = join(temporaryFolder(), 'pids');
    const script = `import { spawn } from "node:child_process"; import { writeFileSync } from "node:fs"; console.error("open https://login"); const child = spawn("sleep", ["30"], { stdio: "inherit" }); writeFileSync(${JSON.stringify(pids)}, process.pid + " " + child.pid); setTimeout(() => {}, 1e6);`;
    await expect(plugin(script, {}, 3000)).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(/gave no credential within 3 s: open https:\/\/login\.$/),
    });
    const left = readFileSync(pids, 'utf8').split(' ').map(Number);
    expect(left).toHaveLength(2);
    await expect.poll(() => left.filter(runs)).toEqual([]);
  });

  it('that writes without end is ended', async () => {
    const script =
      'import { writeFileSync } from "node:fs"; const more = "x".repeat(1 << 20); for (;;) writeFileSync(1, more);';
    await expect(plugin(script)).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(/wrote more than 1 MiB\.$/),
    });
  });

  it('that reads an answer from the terminal gets none', async () => {
    const script = `let text = ''; process.stdin.on('data', (d) => (text += d)); process.stdin.on('end', () => { console.error('no answer'); process.exit(1); });`;
    await expect(plugin(script)).rejects.toMatchObject({
      message: expect.stringMatching(/failed with 1: no answer\.$/),
    });
  });

  it.each([
    [{ command: 'no-such-plugin-anywhere' }, 'unauthorized', /is not installed or not on the PATH\.$/],
    [
      { command: 'no-such-plugin-anywhere', installHint: '\nGet it at x\nmore' },
      'unauthorized',
      /not on the PATH: Get it at x\.$/,
    ],
    [{ command: '' }, 'badConfiguration', /has no command/],
    [{ args: ['a\0b'] }, 'badConfiguration', /holds what no program can be given/],
    [{ env: [{ name: 'A', value: 'a\0b' }] }, 'badConfiguration', /holds what no program can be given/],
    [{ interactiveMode: 'Always' }, 'unauthorized', /only in a terminal/],
  ])('%j fails in words', async (exec, kind, words) => {
    await expect(plugin(answer({ token: 'x' }), exec)).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(words),
    });
  });

  it('ends with its session', async () => {
    const abort = new AbortController();
    const entry = { name: 'u', value: {}, folder: '/' };
    const running = runCredentialPlugin(
      { command: 'sleep', args: ['30'] },
      { user: entry, cluster: entry, signal: abort.signal, timeout: 20_000 },
    );
    abort.abort();
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
