/** `snapshot.json`: of which node a snapshot is, when and how it was taken, and why what is missing in it is missing. */
import { isRecord, parseRecord } from '../../text/json.ts';
import type { FileReading } from './reading.ts';

export interface SnapshotInfo {
  /** As the cluster calls it; null where the file does not say. */
  readonly node: string | null;
  readonly context: string | null;
  /** Milliseconds since the epoch. */
  readonly taken: number | null;
  /** In words: `Pod kube-system/kube-proxy-x2x9k`. */
  readonly source: string | null;
  /** Snapshot file → why it is not there, as the end of a sentence: "the Pod has no conntrack". */
  readonly missing: ReadonlyMap<string, string>;
}

export const NO_SNAPSHOT_INFO: SnapshotInfo = {
  node: null,
  context: null,
  taken: null,
  source: null,
  missing: new Map(),
};

/** Longer words are cut: they end up in a sentence. */
const MAX_WORDS = 300;

/** Longer names than the API's 253 characters are none. */
const MAX_NAME = 1000;

/** Never throws; what has another type counts as left out. */
export function readSnapshotInfo(text: string): FileReading<SnapshotInfo> {
  const value = parseRecord(text);
  if (value === null) return { value: null, problems: ['not a JSON object'] };
  const taken = wordsOf(value['taken']);
  const time = taken === null ? Number.NaN : Date.parse(taken);
  const missing = Array.isArray(value['missing']) ? value['missing'].filter(isRecord) : [];
  return {
    value: {
      node: nameOf(value['node']),
      context: nameOf(value['context']),
      taken: Number.isNaN(time) ? null : time,
      source: wordsOf(value['source']),
      missing: new Map(
        missing.flatMap((each) => {
          const [file, reason] = [nameOf(each['file']), wordsOf(each['reason'])];
          return file === null || reason === null ? [] : [[file, withoutStop(reason)] as const];
        }),
      ),
    },
    problems: [],
  };
}

function nameOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME ? value : null;
}

function wordsOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const words = value.trim();
  if (words === '') return null;
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words;
}

/** It is put within a sentence. */
function withoutStop(words: string): string {
  return words.endsWith('.') ? words.slice(0, -1) : words;
}
