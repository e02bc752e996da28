import { createInterface } from 'node:readline';

/** Answers a yes-or-no question; null where nobody is there to answer. */
export type Ask = (question: string, signal: AbortSignal) => Promise<boolean | null>;

/** Asks on the terminal; the question goes to standard error, so that the answer of the command stays clean. */
export const askOnTerminal: Ask = (question, signal) => {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return Promise.resolve(null);
  return new Promise((resolve) => {
    const dialogue = createInterface({ input: process.stdin, output: process.stderr });
    const end = (answer: boolean): void => {
      signal.removeEventListener('abort', refuse);
      resolve(answer);
      dialogue.close();
    };
    const refuse = (): void => end(false);
    signal.addEventListener('abort', refuse, { once: true });
    // On a terminal that readline reads, Ctrl+C does not reach the process as a signal.
    dialogue.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    dialogue.on('close', refuse);
    dialogue.question(`${question} [y/N] `, (text) => end(/^y(es)?$/i.test(text.trim())));
  });
};
