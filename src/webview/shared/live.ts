import { liveScheme } from '../../protocol/liveUri.ts';

/** Whether a document is a live node's. */
export function isLive(uri: string): boolean {
  return uri.startsWith(`${liveScheme}:`);
}

/** Both in milliseconds since the epoch: `just now`, `40 s ago`, `3 min ago`, `2 h ago`. */
export function ageWords(taken: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - taken) / 1000));
  if (seconds < 10) return 'just now';
  if (seconds < 90) return `${Math.floor(seconds / 10) * 10} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}

/** `10:31:02` on the reader's clock. */
export function clockTime(taken: number): string {
  return new Date(taken).toLocaleTimeString(undefined, { hour12: false });
}
