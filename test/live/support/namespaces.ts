/** Network namespaces with names of their own, which a later run of the same instance finds again. */
import { spawnSync } from 'node:child_process';

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function attempt(command: readonly string[], input = ''): CommandResult {
  const [program = '', ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  return { status: status ?? -1, stdout, stderr };
}

/** Throws with what the command said when it fails. */
export function run(command: readonly string[], input = ''): string {
  const { status, stdout, stderr } = attempt(command, input);
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

const quiet = ['net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.default.accept_dad=0'];

export class NetworkNamespace {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
    run(['ip', 'netns', 'add', name]);
    this.run(['sysctl', '-qw', ...quiet]);
    this.run(['ip', 'link', 'set', 'lo', 'up']);
  }

  run(command: readonly string[], input = ''): string {
    return run(this.inside(command), input);
  }

  attempt(command: readonly string[], input = ''): CommandResult {
    return attempt(this.inside(command), input);
  }

  /** Commands of `ip`, one a line, in one process; throws when one fails. */
  ip(lines: readonly string[]): void {
    this.run(['ip', '-batch', '-'], `${lines.join('\n')}\n`);
  }

  /** The command that runs `command` in here. */
  inside(command: readonly string[]): readonly string[] {
    return ['ip', 'netns', 'exec', this.name, ...command];
  }

  remove(): void {
    removeNamespace(this.name);
  }
}

/** Those whose names begin with `prefix`. */
export function namespacesOf(prefix: string): readonly string[] {
  const names = run(['ip', 'netns', 'list']).split('\n');
  return names.map((line) => line.split(' ')[0] ?? '').filter((name) => name.startsWith(prefix));
}

/** Ends what runs in a namespace, and removes it. */
export function removeNamespace(name: string): void {
  for (const pid of attempt(['ip', 'netns', 'pids', name]).stdout.split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  attempt(['ip', 'netns', 'del', name]);
}

/** Whether a signal found no process. */
export function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ESRCH';
}
