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
export function inTurns<Result>(steps: Steps<Result>, stop: Stop): Promise<Turns<Result>> {
  return inTurnsAfter(turn, steps, stop);
}

/**
 * As `inTurns`, for what nobody asked for, or what is shown behind something else. It begins with a turn of others, and waits
 * while messages come: who types, and is answered, asks for more a few milliseconds later.
 */
export async function behindOthers<Result>(steps: Steps<Result>, stop: Stop): Promise<Turns<Result>> {
  await quietTurn();
  return inTurnsAfter(quietTurn, steps, stop);
}

async function inTurnsAfter<Result>(
  pause: () => Promise<void>,
  steps: Steps<Result>,
  stop: Stop,
): Promise<Turns<Result>> {
  let begun = performance.now();
  while (!stop.stopped) {
    const step = steps.next();
    if (step.done === true) return { kind: 'done', value: step.value };
    if (performance.now() - begun < TURN_MILLISECONDS) continue;
    await pause();
    begun = performance.now();
  }
  return { kind: 'stopped' };
}

/** The latest message of any client of this process, or of what is shown there. */
let latestMessage = Number.NEGATIVE_INFINITY;

/** A message came, whatever it says. */
export function messageCame(): void {
  latestMessage = performance.now();
}

/** An editor was told what it waited for: it is likely to ask more at once. */
export function editorTold(): void {
  latestMessage = performance.now();
}

/** So long after a message others may be on their way. */
const QUIET_MILLISECONDS = 30;
/** A client that asks without end does not keep work from being done. */
const MOST_WAITS = 5;

async function quietTurn(): Promise<void> {
  await turn();
  for (let waits = 0; waits < MOST_WAITS; waits++) {
    const rest = latestMessage + QUIET_MILLISECONDS - performance.now();
    if (rest <= 0) return;
    await turn(rest);
  }
}

/** Until the client takes its request back. */
export function untilCancelled(token: CancellationToken): Stop {
  return {
    get stopped() {
      return token.isCancellationRequested;
    },
  };
}

/** As `inTurns`, for a request: one that the client cancelled is refused as LSP says. */
export async function answerInTurns<Result>(steps: Steps<Result>, token: CancellationToken): Promise<Result> {
  const answer = await inTurns(steps, untilCancelled(token));
  if (answer.kind === 'done') return answer.value;
  throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
}

/** Lets waiting requests be answered first. */
function turn(milliseconds = 0): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
