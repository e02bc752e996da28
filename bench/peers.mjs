// Whole processes, timed side by side.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** The middle of some numbers. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** CPU seconds, of all its threads, of one run of `command` with `input` as its standard input; null where it fails. */
function timeProcess([program, ...args], input) {
  const stdin = openSync(input, 'r');
  const before = childTime();
  try {
    const { status, error } = spawnSync(program, args, { stdio: [stdin, 'ignore', 'ignore'] });
    return error || status === null || status > 1 ? null : childTime() - before;
  } finally {
    closeSync(stdin);
  }
}

/** CPU seconds of the processes that this one waited for: fields 16 and 17 of /proc/self/stat, in hundredths. */
function childTime() {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Runs every contender in turn, `rounds` times, so that what else the machine does falls on all alike. Medians by name. */
export function race(contenders, input, rounds) {
  const times = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, command } of contenders) times.get(name).push(timeProcess(command, input));
  }
  return new Map([...times].map(([name, all]) => [name, all.includes(null) ? null : median(all)]));
}

const namespace = `kpe-bench-${process.pid}`;

/** `iptables-restore --test` of both backends, each in an empty network namespace; or why there is none. */
export function withRestorers(use) {
  const missing = ['iptables-nft-restore', 'iptables-legacy-restore'].filter(
    (name) => !runs(name, '--version'),
  );
  const made = missing.length < 2 && runs('ip', 'netns', 'add', namespace);
  try {
    const contenders = ['nft', 'legacy']
      .filter((backend) => made && !missing.includes(`iptables-${backend}-restore`))
      .map((backend) => ({
        name: `iptables-restore --test (${backend})`,
        command: ['ip', 'netns', 'exec', namespace, `iptables-${backend}-restore`, '--test'],
      }));
    const why =
      missing.length === 2
        ? 'iptables is not installed'
        : made
          ? null
          : 'network namespaces need root on Linux';
    return use(contenders, why);
  } finally {
    if (made) runs('ip', 'netns', 'delete', namespace);
  }
}

/** `nft -c -f FILE` in an empty network namespace; none where there is no nft or no namespace. */
export function withNft(file, use) {
  const made = runs('nft', '--version') && runs('ip', 'netns', 'add', namespace);
  try {
    return use(
      made
        ? [{ name: 'nft -c -f', command: ['ip', 'netns', 'exec', namespace, 'nft', '-c', '-f', file] }]
        : [],
    );
  } finally {
    if (made) runs('ip', 'netns', 'delete', namespace);
  }
}

function runs(program, ...args) {
  const { status, error } = spawnSync(program, args, { stdio: 'ignore' });
  return !error && status === 0;
}
