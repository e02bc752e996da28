import { spawnSync } from 'node:child_process';
import type { SnapshotFileName, SnapshotFiles } from '../../../src/kernel/snapshot.ts';
import { isSettled } from './settling.ts';

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Looks, milliseconds between two of them: the kernel asks about an address for a second or two. */
const SETTLING = 500;
const PAUSE = 20;

let count = 0;

/** Those that are not closed yet, for a test that ends early. */
const open = new Set<string>();

process.once('exit', () => {
  for (const name of open) attempt(['ip', 'netns', 'del', name]);
});

/** A network namespace of our own, deleted by `close`. */
export class Namespace {
  readonly name: string;

  constructor(word: string) {
    this.name = `kpe-${process.pid}-${count++}-${word}`;
    run(['ip', 'netns', 'add', this.name]);
    open.add(this.name);
    this.run(['ip', 'link', 'set', 'lo', 'up']);
  }

  /** Runs a command in the namespace; throws when it fails. */
  run(command: readonly string[], input = ''): string {
    return run(this.#inside(command), input).stdout;
  }

  /** Runs a command in the namespace that may fail. */
  attempt(command: readonly string[], input = ''): CommandResult {
    return attempt(this.#inside(command), input);
  }

  /**
   * Commands of `ip`, one a line, in few processes; `-6 rule add …` is one of IPv6. Those that the kernel refuses are left out; one
   * that `ip` does not understand is an error. The numbers (from 1) of the lines that failed.
   */
  ip(
    lines: readonly string[],
    options: readonly string[] = [],
  ): { readonly failed: ReadonlySet<number>; readonly stdout: string } {
    const failed = new Set<number>();
    let stdout = '';
    let done = 0;
    for (const { sixth, commands } of batchesOf(lines)) {
      const flags = [...options, ...(sixth ? ['-6'] : [])];
      const result = this.attempt(['ip', ...flags, '-force', '-batch', '-'], `${commands.join('\n')}\n`);
      if (result.status === ENDED || MISREAD.test(result.stderr))
        throw new Error(`ip ${flags.join(' ')}: ${result.stderr}\n${commands.join('\n')}`);
      for (const match of result.stderr.matchAll(/^Command failed -:(\d+)$/gm))
        failed.add(done + Number(match[1]));
      stdout += result.stdout;
      done += commands.length;
    }
    return { failed, stdout };
  }

  /** The same of commands of which none may fail. */
  mustIp(lines: readonly string[]): void {
    const failed = [...this.ip(lines).failed].map((line) => lines[line - 1] ?? '');
    if (failed.length > 0) throw new Error(`ip refuses: ${failed.join('; ')}`);
  }

  /** Waits until the kernel has done with addresses that it gives and asks about itself. */
  settle(): void {
    for (let look = 0; look < SETTLING; look++) {
      if (isSettled(this.run(['ip', '-j', 'addr']))) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
    throw new Error(`the addresses of ${this.name} are not settled: ${this.run(['ip', 'addr'])}`);
  }

  /** The files of the snapshot, by the plain commands that the design names, once addresses are settled. */
  snapshot(): SnapshotFiles {
    this.settle();
    const files: readonly (readonly [SnapshotFileName, readonly (readonly string[])[]])[] = [
      ['ip-addr.json', [['ip', '-j', 'addr']]],
      ['ip-route.json', [['ip', '-j', 'route', 'show', 'table', 'all']]],
      ['ip6-route.json', [['ip', '-6', '-j', 'route', 'show', 'table', 'all']]],
      [
        'ip-rule.json',
        [
          ['ip', '-j', 'rule'],
          ['ip', '-6', '-j', 'rule'],
        ],
      ],
      ['sysctl.txt', [['sysctl', '-a', '--pattern', '^net\\.']]],
      ['bridge-link.txt', [['bridge', '-d', 'link']]],
      ['ipset-save.txt', [['ipset', 'save']]],
    ];
    const texts = files.map(
      ([name, commands]) => [name, commands.map((command) => this.attempt(command).stdout).join('')] as const,
    );
    return new Map(texts);
  }

  close(): void {
    attempt(['ip', 'netns', 'del', this.name]);
    open.delete(this.name);
  }

  #inside(command: readonly string[]): readonly string[] {
    return ['ip', 'netns', 'exec', this.name, ...command];
  }
}

/** What `ip` says of words that it does not understand; most of them end it at once, with this status. */
const MISREAD = /^(?:Object|Command) ".*|^.* is expected rather than .*/m;
const ENDED = 255;

interface Batch {
  readonly sixth: boolean;
  readonly commands: string[];
}

/** `ip -batch` takes no options in its lines: neighbours of one family go together. */
function batchesOf(lines: readonly string[]): readonly Batch[] {
  const batches: Batch[] = [];
  for (const line of lines) {
    const sixth = line.startsWith('-6 ');
    const command = sixth ? line.slice(3) : line;
    const last = batches.at(-1);
    if (last?.sixth === sixth) last.commands.push(command);
    else batches.push({ sixth, commands: [command] });
  }
  return batches;
}

function attempt(command: readonly string[], input = ''): CommandResult {
  const [program = '', ...args] = command;
  const result = spawnSync(program, args, { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status: result.status ?? -1, stdout: result.stdout, stderr: result.stderr };
}

function run(command: readonly string[], input = ''): CommandResult {
  const result = attempt(command, input);
  if (result.status !== 0) throw new Error(`${command.join(' ')}: ${result.stderr}`);
  return result;
}
