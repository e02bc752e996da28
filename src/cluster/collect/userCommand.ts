/** The user's own way to a node: an argv of theirs, run on this machine, never through a shell. */
import { spawn } from 'node:child_process';
import type { ExecOptions, ExecResult } from '../clusterApi.ts';
import { ClusterFailure } from '../failure.ts';
import type { Runner } from './runner.ts';

const MOST_STDERR = 65_536;

/** What Kubernetes takes for a node's name (RFC 1123 subdomain): nothing that could pass for an option. */
const NODE_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;

/**
 * `{node}` in any element becomes the node's name. `{program}` is what shall be run there: as an element of its own it
 * becomes several (`["ssh", "{node}", "sudo", "{program}"]` → `ssh node-1 sudo iptables-save -c`), within one it is
 * joined with blanks. A command without `{program}` prints the rules, whatever it is: IPv4's, or both families' one after
 * the other.
 */
export function expandCommand(
  command: readonly string[],
  node: string,
  argv: readonly string[],
): readonly string[] {
  return command.flatMap((element) => {
    const named = element.replaceAll('{node}', () => node);
    if (named === '{program}') return argv;
    return [named.replaceAll('{program}', () => argv.join(' '))];
  });
}

/** Rejects with `badConfiguration` where the command cannot be used for the node. */
export function userCommandRunner(command: readonly string[], node: string): Runner {
  if (command.length === 0 || command[0]?.trim() === '') {
    throw new ClusterFailure('badConfiguration', 'The command for this context is empty.');
  }
  if (!NODE_NAME.test(node)) {
    throw new ClusterFailure(
      'badConfiguration',
      `"${node}" is no name that a node may have, so it is not handed to your own command.`,
    );
  }
  return {
    source: { kind: 'command', program: programName(command[0] ?? '') },
    takesPrograms: command.some((element) => element.includes('{program}')),
    run: (argv, options) => runHere(expandCommand(command, node, argv), options),
  };
}

/** `/opt/own/run.sh` → `run.sh`: what is said and saved of a command, of which the rest may hold a password. */
function programName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? '';
}

/** Runs a program of this machine. */
function runHere(argv: readonly string[], options: ExecOptions): Promise<ExecResult> {
  const program = programName(argv[0] ?? '');
  return new Promise((resolve, reject) => {
    const child = start(argv);
    const chunks: Buffer[] = [];
    let bytes = 0;
    let stderr = '';
    const end = (failure: ClusterFailure): void => {
      finish();
      child.kill('SIGKILL');
      reject(failure);
    };
    const cancel = (): void => end(new ClusterFailure('cancelled', 'The command was cancelled.'));
    const timer = setTimeout(
      () => end(new ClusterFailure('timedOut', `"${program}" did not end in time.`)),
      options.timeout,
    );
    const finish = (): void => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', cancel);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > options.maxBytes) {
        end(new ClusterFailure('tooLarge', `"${program}" printed more than ${options.maxBytes} bytes.`));
        return;
      }
      chunks.push(chunk);
      options.onProgress?.(bytes);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, MOST_STDERR);
    });
    child.on('error', (error) => end(startFailure(argv[0] ?? '', error)));
    child.on('close', (code, signal) => {
      finish();
      const missing = code === 127 ? notThere(program, stderr) : null;
      if (missing !== null) reject(missing);
      else if (code === null) reject(killed(program, signal));
      else resolve({ stdout: Buffer.concat(chunks), stderr, exitCode: code });
    });
    if (options.signal.aborted) cancel();
    else options.signal.addEventListener('abort', cancel, { once: true });
  });
}

/** A NUL in a word is thrown by Node before anything runs, with the word, which may be a password. */
function start(argv: readonly string[]) {
  const [program = '', ...args] = argv;
  try {
    return spawn(program, args, { shell: false, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = `Your command cannot be started: ${programName(program)}: its command line holds what no program can be given.`;
    throw new ClusterFailure('badConfiguration', message);
  }
}

/** Node's own message has the whole command line. */
function startFailure(program: string, error: NodeJS.ErrnoException): ClusterFailure {
  const why = error.code === 'ENOENT' ? 'there is no such program' : (error.code ?? 'it cannot be run');
  return new ClusterFailure('badConfiguration', `Your command cannot be started: ${program}: ${why}.`);
}

/** A shell or `env` on the other side says with 127 that it has no such program. */
function notThere(program: string, stderr: string): ClusterFailure {
  const words = stderr.trim().split('\n')[0] ?? '';
  return new ClusterFailure('noSuchBinary', `"${program}" found no such program: ${words}`);
}

function killed(program: string, signal: string | null): ClusterFailure {
  return new ClusterFailure('cutOff', `"${program}" was ended by ${signal ?? 'a signal'}.`);
}
