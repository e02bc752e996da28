/** Ctrl+C and its like, while a cluster is asked: what runs is ended in order, and no debug Pod stays behind. */

/** What the shell shows for a program that such a signal ended: 128 and its number. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export type InterruptedCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface Interruption {
  readonly signal: AbortSignal;
  /** Null where nobody interrupted. */
  readonly code: InterruptedCode | null;
  dispose(): void;
}

/** Listens from now on until `dispose`. The first signal aborts; a second one of its kind ends the process as ever. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let code: InterruptedCode | null = null;
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) => {
    const listener = (): void => {
      code ??= exitCodes[name];
      controller.abort();
    };
    process.once(name, listener);
    return () => process.off(name, listener);
  });
  return {
    signal: controller.signal,
    get code() {
      return code;
    },
    dispose: () => listeners.forEach((remove) => remove()),
  };
}
