import { type SnapshotFileName, snapshotFileNames } from '../kernel/snapshot.ts';
import { isRecord } from '../text/json.ts';

/** One file of a snapshot, as the client read it. */
export interface SiblingFile {
  readonly uri: string;
  readonly text: string;
}

export type Siblings = ReadonlyMap<SnapshotFileName, SiblingFile>;

/** How the other files of a snapshot are had: the client reads them, for only it knows every file system. */
export type AskForSiblings = (uri: string) => Promise<Siblings>;

/** The snapshot files beside the open documents: each folder is asked for once, until the client says that it changed. */
export class SiblingFiles {
  readonly #ask: AskForSiblings;
  readonly #byFolder = new Map<string, Promise<Siblings>>();
  /** The last answer for a folder: what is the same in the next one is not read anew. */
  readonly #answered = new Map<string, Siblings>();

  constructor(ask: AskForSiblings) {
    this.#ask = ask;
  }

  /** Never rejects: a client that cannot answer means that nothing is known beside the rules. */
  of(uri: string): Promise<Siblings> {
    const folder = folderOf(uri);
    const known = this.#byFolder.get(folder);
    if (known !== undefined) return known;
    const asked = this.#askFor(uri, folder);
    this.#byFolder.set(folder, asked);
    return asked;
  }

  async #askFor(uri: string, folder: string): Promise<Siblings> {
    const answer = await this.#ask(uri).catch((): Siblings => new Map());
    const siblings = keeping(this.#answered.get(folder), answer);
    this.#answered.set(folder, siblings);
    return siblings;
  }

  /** Forgets the folder of `uri`. */
  forget(uri: string): void {
    this.#byFolder.delete(folderOf(uri));
  }
}

/** The answer with the files of `before` that did not change; `before` itself where none did. */
function keeping(before: Siblings | undefined, answer: Siblings): Siblings {
  if (before === undefined) return answer;
  const found = new Map<SnapshotFileName, SiblingFile>();
  for (const [name, file] of answer) {
    const known = before.get(name);
    found.set(name, known?.uri === file.uri && known.text === file.text ? known : file);
  }
  const same = found.size === before.size && [...found].every(([name, file]) => before.get(name) === file);
  return same ? before : found;
}

/** `file:///a/b/iptables-save.txt` → `file:///a/b/`. A query (as live nodes have) belongs to the folder. */
export function folderOf(uri: string): string {
  const query = uri.indexOf('?');
  const path = query < 0 ? uri : uri.slice(0, query);
  return path.slice(0, path.lastIndexOf('/') + 1) + (query < 0 ? '' : uri.slice(query));
}

/** The files of a client's answer that are snapshot files with a text; anything else in it is left out. */
export function readSiblings(answer: unknown): Siblings {
  const files = isRecord(answer) ? answer['files'] : null;
  const found = new Map<SnapshotFileName, SiblingFile>();
  if (!isRecord(files)) return found;
  for (const name of snapshotFileNames) {
    const file = files[name];
    if (isRecord(file) && typeof file['uri'] === 'string' && typeof file['text'] === 'string') {
      found.set(name, { uri: file['uri'], text: file['text'] });
    }
  }
  return found;
}
