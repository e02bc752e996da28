/** What the command line reads, and what it refuses at once: as a process, since only there is a pipe a pipe. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  closeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundledCli, type Cli } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'kpe-files-'));
const rules =
  '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A FORWARD -j DROP\nCOMMIT\n';
let cli: Cli;

beforeAll(async () => {
  cli = await bundledCli();
});

/** A snapshot folder with rules, and `make` for what lies beside them. */
function snapshot(name: string, make: (path: string) => void): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'iptables-save.txt'), rules);
  make(path);
  return path;
}

function pipe(path: string): void {
  expect(spawnSync('mkfifo', [path]).status).toBe(0);
}

/** A file of this size that takes no room. */
function sparse(path: string, size: number): void {
  closeSync(openSync(path, 'w'));
  truncateSync(path, size);
}

const isPosix = process.platform !== 'win32';

describe.skipIf(!isPosix)('what is no regular file', () => {
  it.runIf(existsSync('/proc/kmsg'))(
    'is not waited for where it is one of /proc that has no end',
    async () => {
      const path = snapshot('endless', (beside) => symlinkSync('/proc/kmsg', join(beside, 'conntrack.txt')));
      const { code, err } = await cli(['check', path]);
      expect([code, err]).toEqual([
        expect.any(Number),
        expect.stringMatching(/conntrack\.txt" (?:cannot be read|is a device)/),
      ]);
    },
  );

  it.each(['/dev/zero', '/dev/null'])('is refused where %s is named', async (path) => {
    const { code, err } = await cli(['check', path]);
    expect([code, err]).toEqual([
      2,
      `kube-proxy-explorer: "${path}" is a device, not a file: it is not read.\n`,
    ]);
  });

  it('is refused where a named pipe is named, without waiting for somebody who writes', async () => {
    const path = join(folder, 'pipe');
    pipe(path);
    const { code, err } = await cli(['check', path]);
    expect([code, err]).toEqual([
      2,
      `kube-proxy-explorer: "${path}" is a named pipe, not a file: it is not read. Name - to read standard input.\n`,
    ]);
  });

  it('is left out where it lies beside the rules, and said so', async () => {
    const path = snapshot('odd', (at) => {
      pipe(join(at, 'sysctl.txt'));
      symlinkSync('/dev/zero', join(at, 'ip-addr.json'));
      mkdirSync(join(at, 'ip-route.json'));
    });
    const { code, out, err } = await cli([
      'trace',
      path,
      '--from',
      'external:192.0.2.1',
      '--to',
      '10.0.0.1:80',
    ]);
    expect(code).toBe(0);
    expect(out).toContain('ropped');
    expect(err).toContain(`"${path}/sysctl.txt" is a named pipe, not a file: it is not read.`);
    expect(err).toContain(`"${path}/ip-addr.json" is a device, not a file: it is not read.`);
    expect(err).toContain(`"${path}/ip-route.json" is a folder, not a file: it is not read.`);
  });
});

describe('a file of flows', () => {
  const flows = (path: string): ReturnType<Cli> => cli(['trace', snapshotOf, '--flows', path]);
  let snapshotOf: string;

  beforeAll(() => {
    snapshotOf = snapshot('flows', () => undefined);
  });

  it.skipIf(!isPosix)('is no device, pipe or folder', async () => {
    const named = join(folder, 'flows-pipe');
    pipe(named);
    const said = [];
    for (const path of ['/dev/zero', named, folder]) said.push(await flows(path));
    expect(said.map(({ code }) => code)).toEqual([2, 2, 2]);
    expect(said.map(({ err }) => /is (a .*), not a file: it is not read/.exec(err)?.[1])).toEqual([
      'a device',
      'a named pipe',
      'a folder',
    ]);
  });

  it('is refused before it is read where it is too large', async () => {
    const path = join(folder, 'flows-large.jsonl');
    sparse(path, 513 * 1024 * 1024);
    const { code, err } = await flows(path);
    expect([code, err]).toEqual([
      2,
      `kube-proxy-explorer: "${path}" is too large: files of up to 512 MiB are read.\n`,
    ]);
  });

  it('has no line without end', async () => {
    const path = join(folder, 'flows-line.jsonl');
    sparse(path, 40 * 1024 * 1024);
    const { code, err } = await flows(path);
    expect([code, err]).toEqual([2, 'kube-proxy-explorer: A line is too long: up to 16 MiB are read.\n']);
  });
});

describe('what is too large', () => {
  const size = 513 * 1024 * 1024;

  it('is refused before it is read', async () => {
    const path = join(folder, 'large.txt');
    sparse(path, size);
    const { code, err } = await cli(['check', path]);
    expect([code, err]).toEqual([
      2,
      `kube-proxy-explorer: "${path}" is too large: files of up to 512 MiB are read.\n`,
    ]);
  });

  it('is left out where it lies beside the rules', async () => {
    const path = snapshot('large', (at) => sparse(join(at, 'sysctl.txt'), size));
    const { code, err } = await cli(['check', path]);
    expect(code).toBe(0);
    expect(err).toContain(`"${path}/sysctl.txt" is too large: files of up to 512 MiB are read.`);
  });
});

describe.skipIf(!isPosix)('what the shell opened for the program is read', () => {
  it.each([
    ['a pipe as standard input', 'printf %s "$RULES" | "$NODE" "$CLI" check -'],
    ['a pipe as /dev/stdin', 'printf %s "$RULES" | "$NODE" "$CLI" check /dev/stdin'],
    ['what a command prints', '"$NODE" "$CLI" check <(printf %s "$RULES")'],
  ])('%s', (_, line) => {
    const environment = { ...process.env, RULES: rules, NODE: process.execPath, CLI: cli.file };
    const { status, stdout } = spawnSync('bash', ['-c', line], { env: environment, encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^✓ No problems in 1 rule\.\n$/mu)]);
  });
});
