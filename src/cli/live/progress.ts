import { cut, plain } from '../terminal.ts';

/** One line on standard error that tells what goes on, and is gone in the end. */
export interface Progress {
  show(words: string): void;
  clear(): void;
}

/** What `process.stderr` is, as far as the line needs it. */
interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shown on a terminal only: a file or a pipe gets nothing of it. */
export function progressOn(stream: ProgressStream): Progress {
  if (stream.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  let shown = false;
  return {
    show(words) {
      stream.write(`\r\u001B[K${cut(plain(words), Math.max(20, (stream.columns || 80) - 1))}`);
      shown = true;
    },
    clear() {
      if (shown) stream.write('\r\u001B[K');
      shown = false;
    },
  };
}
