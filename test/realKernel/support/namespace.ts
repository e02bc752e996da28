import { spawnSync } from 'node:child_process';
import type { SnapshotFileName, SnapshotFiles } from '../../../src/kernel/snapshot.ts';

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

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

  /** Commands of `ip`, one a line, in one process; those that fail are left out. The numbers (from 1) of the lines that failed. */
  ip(
    lines: readonly string[],
    options: readonly string[] = [],
  ): { readonly failed: ReadonlySet<number>; readonly stdout: string } {
    const result = this.attempt(['ip', ...options, '-force', '-batch', '-'], `${lines.join('\n')}\n`);
    const failed = [...result.stderr.matchAll(/^Command failed -:(\d+)$/gm)].map((match) => Number(match[1]));
    return { failed: new Set(failed), stdout: result.stdout };
  }

  /** The files of the snapshot, by the plain commands that the design names. */
  snapshot(): SnapshotFiles {
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
