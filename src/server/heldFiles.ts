/** Files of any size that the server reads itself and holds, until they are released. */
import { decodeRules } from '../text/decode.ts';
import { parseRuleset } from '../rules/iptables/parser.ts';
import type { HeldFile, HoldFileParams } from '../protocol/requests.ts';
import { HeldDocument } from './heldDocument.ts';
import { rulesIn } from './rulesIn.ts';
import type { Siblings } from './siblings.ts';
import type { Workspace } from './workspace.ts';

/** Who waits for a file. */
export interface FileReading {
  /** Nobody does any more. */
  readonly stopped: boolean;
  /** How much of it is read, from 0 to 1. */
  progress(done: number): void;
}

export type FileRead =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | { readonly kind: 'stopped' }
  /** In words that follow its name. */
  | { readonly kind: 'refused'; readonly why: string };

/** Reads a file of the machine on which the server runs. */
export type ReadFile = (path: string, reading: FileReading) => Promise<FileRead>;

/** What the machine does on which the server runs. */
export interface Machine {
  readonly readFile: ReadFile;
  /** After much of it was let go, memory is given back. */
  readonly collectGarbage: () => void;
  /** The files of a snapshot beside a document, where the editor knows nothing of snapshots. Never rejects. */
  readonly siblingsOnDisk: (uri: string) => Promise<Siblings>;
}

/** Gives memory back once what was under way for a text has ended in its next turn. */
export function collectSoon({ collectGarbage }: Machine): void {
  setTimeout(collectGarbage, 1000);
}

/** Null where it was stopped. A file that is refused leaves what is held as it is. */
export async function holdFile(
  workspace: Workspace,
  readFile: ReadFile,
  { uri, path }: HoldFileParams,
  reading: FileReading,
): Promise<HeldFile | null> {
  const read = await readFile(path, reading);
  if (read.kind === 'stopped') return null;
  if (read.kind === 'refused') return { kind: 'refused', why: `${path} ${read.why}` };
  const { text, ascii, problem } = decodeRules(read.bytes);
  const ruleset = parseRuleset(text, ascii);
  const { rules, chains, what } = rulesIn(ruleset);
  if (chains === 0) return { kind: 'refused', why: `${path} holds no rules of iptables, but ${what}.` };
  const before = workspace.held(uri)?.version ?? 0;
  workspace.hold(new HeldDocument({ uri, version: before + 1, text }, ruleset));
  return { kind: 'held', bytes: read.bytes.length, rules, chains, problem };
}
