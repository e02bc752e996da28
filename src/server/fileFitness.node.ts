/** Which files are read: what they are and how large is asked before anything is read. */
import { constants } from 'node:buffer';
import type { Stats } from 'node:fs';

/** Of more, V8 makes no text: a string has half a GiB of characters at most. */
export const MOST_BYTES = Math.min(512 * 1024 * 1024, constants.MAX_STRING_LENGTH);

/** What is said of a larger one, behind its name. */
export const TOO_LARGE = 'is too large: files of up to 512 MiB are read.';

/** Why a file is not read, in words that follow its name; null for one that is. */
export function unfitness(stats: Stats): string | null {
  if (!stats.isFile()) return `is ${kindOf(stats)}, not a file: it is not read.`;
  return stats.size > MOST_BYTES ? TOO_LARGE : null;
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}
