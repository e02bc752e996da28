/** Asks a node with the commands of the table: some at a time, with progress, and with words for what did not come. */
import { decodeRules } from '../../text/decode.ts';
import type { ExecResult } from '../clusterApi.ts';
import { ClusterFailure } from '../failure.ts';
import type { Command } from './commands.ts';
import { Gate } from './gate.ts';
import { type Limits, type Runner, runWhileItAnswers, sourceWords } from './runner.ts';

/** `reason`: a sentence without its full stop, for `MissingFile`. `noProgram`: there is no such program. */
export type Answer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none'; readonly noProgram: boolean; readonly reason: string };

/** How many programs of one node run at a time. */
const AT_ONCE = 3;

/** One source on one node, for one collection. A program that was not there once is not asked for again. */
export class Asking {
  readonly #runner: Runner;
  readonly #limits: Limits;
  readonly #signal: AbortSignal;
  readonly #onProgress: (words: string) => void;
  readonly #gate = new Gate(AT_ONCE);
  /** Programs that are known not to be there. */
  readonly #absent = new Set<string>();

  constructor(runner: Runner, limits: Limits, signal: AbortSignal, onProgress: (words: string) => void) {
    this.#runner = runner;
    this.#limits = limits;
    this.#signal = signal;
    this.#onProgress = onProgress;
  }

  /** For words: `the Pod kube-system/kube-proxy-x`. */
  get source(): string {
    return sourceWords(this.#runner.source);
  }

  /** For what there is no answer without: rejects with a `ClusterFailure`. */
  async require(command: Command): Promise<string> {
    const { silence, maxBytes } = { silence: this.#limits.rulesSilence, maxBytes: this.#limits.rulesBytes };
    const result = await this.#run(command, silence, maxBytes);
    const parsed = command.parse(textsOf(result));
    if (parsed.kind === 'text') return parsed.text;
    const kind = parsed.reason.startsWith('broke off') ? 'cutOff' : 'commandFailed';
    throw new ClusterFailure(kind, `${this.#subject(command)} ${parsed.reason}.`);
  }

  /** Rejects only when it is cancelled. */
  async ask(command: Command): Promise<Answer> {
    const program = command.argv[0] ?? '';
    if (this.#absent.has(program)) return this.#noProgram(program);
    try {
      const result = await this.#run(command, this.#limits.otherSilence, this.#limits.otherBytes);
      const parsed = command.parse(textsOf(result));
      if (parsed.kind === 'text') return parsed;
      return { kind: 'none', noProgram: false, reason: `${this.#subject(command)} ${parsed.reason}` };
    } catch (error) {
      if (!(error instanceof ClusterFailure) || error.kind === 'cancelled') throw error;
      if (error.kind !== 'noSuchBinary') {
        return { kind: 'none', noProgram: false, reason: error.message.replace(/\.$/, '') };
      }
      this.#absent.add(program);
      return this.#noProgram(program);
    }
  }

  /** The first of several ways that answers; otherwise why the first did not, or, where its program is not there, the last. */
  async askFirst(...alternatives: readonly Command[]): Promise<Answer> {
    let told: Answer | null = null;
    for (const command of alternatives) {
      const answer = await this.ask(command);
      if (answer.kind === 'text') return answer;
      if (told === null || (told.kind === 'none' && told.noProgram && !answer.noProgram)) told = answer;
    }
    return told ?? { kind: 'none', noProgram: false, reason: 'nothing was asked' };
  }

  #noProgram(program: string): Answer {
    return { kind: 'none', noProgram: true, reason: `${this.source} has no ${program}` };
  }

  #subject(command: Command): string {
    return `"${command.id}" in ${this.source}`;
  }

  #run(command: Command, silence: number, maxBytes: number): Promise<ExecResult> {
    return this.#gate.run(() => {
      if (this.#signal.aborted) throw new ClusterFailure('cancelled', 'Cancelled.');
      const words = `reading ${command.argv.slice(0, 2).join(' ')}`.replace(/ -c$/, '');
      this.#onProgress(words);
      return runWhileItAnswers(this.#runner, command.argv, {
        signal: this.#signal,
        maxBytes,
        silence,
        timeout: this.#limits.total,
        onProgress: (bytes) => this.#onProgress(`${words}, ${sizeWords(bytes)}`),
      });
    });
  }
}

function textsOf(result: ExecResult): { stdout: string; stderr: string; exitCode: number } {
  return { stdout: decodeRules(result.stdout).text, stderr: result.stderr, exitCode: result.exitCode };
}

/** `812 bytes`, `34 kB`, `2.1 MB` */
function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
