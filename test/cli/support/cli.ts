import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** What a run is given beside its arguments. */
export interface Surroundings {
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Reads no more than the first piece of standard output, and closes it: as `| head -c 1` does. */
  readonly leavesEarly?: boolean;
  /** Resolves when the process shall get this signal. */
  readonly signalled?: Promise<NodeJS.Signals>;
}

export interface Cli {
  (args: readonly string[], surroundings?: Surroundings): Promise<Finished>;
  /** The bundle, for Node. */
  readonly file: string;
}

/** Bundles the command line as `npm run build` does, and gives what runs it as a process. */
export async function bundledCli(): Promise<Cli> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'kpe-cli-')), 'cli.cjs');
  await build({
    entryPoints: [new URL('../../../src/cli/main.ts', import.meta.url).pathname],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
  });
  const cli = (args: readonly string[], surroundings: Surroundings = {}): Promise<Finished> =>
    runProcess([outfile, ...args], surroundings);
  return Object.assign(cli, { file: outfile });
}

function runProcess(
  args: readonly string[],
  { input, environment, folder, leavesEarly = false, signalled }: Surroundings,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, ...environment },
      timeout: 60_000,
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk);
      if (leavesEarly) child.stdout.destroy();
    });
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    signalled?.then((signal) => child.kill(signal), reject);
    child.on('close', (code, signal) => {
      resolve({ code, signal, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

/** A file or folder of the repository. */
export function repository(path: string): string {
  return new URL(`../../../${path}`, import.meta.url).pathname;
}
