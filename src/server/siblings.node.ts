/** A snapshot's files as they lie on this machine, for an editor that knows nothing of snapshots. */
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type SnapshotFileName, snapshotFileNames } from '../kernel/snapshot.ts';
import { decodeRules } from '../text/decode.ts';
import { readFile } from './readFile.node.ts';
import type { SiblingFile, Siblings } from './siblings.ts';

/** Beside the document; nothing for one that is no file. A file that cannot be read is left out. */
export async function siblingsOnDisk(uri: string): Promise<Siblings> {
  const folder = folderPath(uri);
  const found = new Map<SnapshotFileName, SiblingFile>();
  if (folder === null) return found;
  for (const name of snapshotFileNames) {
    const path = join(folder, name);
    const read = await readFile(path, { stopped: false, progress: () => undefined });
    if (read.kind !== 'read') continue;
    found.set(name, { uri: pathToFileURL(path).href, text: decodeRules(read.bytes).text });
  }
  return found;
}

function folderPath(uri: string): string | null {
  try {
    return dirname(fileURLToPath(uri));
  } catch (error) {
    // Another scheme, another machine, or no address at all.
    if (error instanceof TypeError) return null;
    throw error;
  }
}
