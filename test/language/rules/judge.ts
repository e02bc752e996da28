/** Asks the real iptables-restore, in a network namespace of its own that goes away with the process. */
import { spawnSync } from 'node:child_process';
import type { Backend } from '../../../src/language/rules/tableScope.ts';

export interface Verdict {
  readonly refused: boolean;
  readonly words: string;
}

const commands: Readonly<Record<Backend, string>> = { nf_tables: 'nft', legacy: 'legacy' };

/** Whether loading `text` fails: for what `--test` refuses, or beyond it for what the kernel does. */
export function judge(text: string, backend: Backend, family: 4 | 6 = 4): Verdict {
  const program = `${family === 6 ? 'ip6tables' : 'iptables'}-${commands[backend]}-restore`;
  return run([program], text);
}

function run(command: readonly string[], input: string): Verdict {
  const done = spawnSync('unshare', ['--net', ...command], { input, encoding: 'utf8' });
  const words = `${done.stdout}${done.stderr}`.trim();
  // `-V` and `-h` within a rule print something, load nothing and succeed; a warning alone refuses nothing.
  const loadsNothing = words.startsWith('ip') && !/^ip\S+ v\S+ \(\w+\): warn: /.test(words);
  return { refused: done.status !== 0 || loadsNothing, words };
}

/** Null where the judge can be asked, else why not. */
export function whyNoJudge(): string | null {
  if (process.getuid?.() !== 0) return 'not root';
  for (const backend of ['nf_tables', 'legacy'] as const) {
    const { refused, words } = judge('*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n', backend);
    if (refused) return `iptables-${commands[backend]}-restore does not work here: ${words}`;
  }
  return null;
}
