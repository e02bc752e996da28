/** Long work in turns: requests that come meanwhile are answered in between, and what nobody waits for any more ends. */
import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Steps } from '../values/steps.ts';

/** Whether somebody still waits: for LSP a `CancellationToken`, for what is published a newer version of the document. */
export interface Stop {
  readonly stopped: boolean;
}

export type Turns<Result> = { readonly kind: 'done'; readonly value: Result } | { readonly kind: 'stopped' };

/** Others wait no longer than this. */
const TURN_MILLISECONDS = 10;

/** Runs `steps` to the end, or until `stop` says that nobody waits. */
export async function inTurns<Result>(steps: Steps<Result>, stop: Stop): Promise<Turns<Result>> {
  let begun = performance.now();
  while (!stop.stopped) {
    const step = steps.next();
    if (step.done === true) return { kind: 'done', value: step.value };
    if (performance.now() - begun < TURN_MILLISECONDS) continue;
    await turn();
    begun = performance.now();
  }
  return { kind: 'stopped' };
}

/** As `inTurns`, for a request: one that the client cancelled is refused as LSP says. */
export async function answerInTurns<Result>(steps: Steps<Result>, token: CancellationToken): Promise<Result> {
  const stop: Stop = {
    get stopped() {
      return token.isCancellationRequested;
    },
  };
  const answer = await inTurns(steps, stop);
  if (answer.kind === 'done') return answer.value;
  throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
}

/** Lets waiting requests be answered first. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
