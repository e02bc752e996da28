/** Writes a snapshot's folder. Nobody's files are overwritten unasked, and nothing of an older snapshot stays in between. */
import { promises } from 'node:fs';
import { join } from 'node:path';
import { allowedCommands } from '../../cluster/collect/commands.ts';
import { snapshotFileNames } from '../../kernel/snapshot.ts';
import { plain } from '../terminal.ts';

/** What a snapshot's folder may hold, by name. */
const ownNames: ReadonlySet<string> = new Set([
  ...snapshotFileNames,
  ...allowedCommands.map(({ produces }) => produces),
  'snapshot.json',
]);

/** Why a snapshot cannot be written into `folder`; null where it can, as far as can be told before. */
export async function folderProblem(folder: string, force: boolean): Promise<string | null> {
  const names = await namesIn(folder);
  if (names instanceof Error) return cannotBeWritten(folder, names);
  const own = names.filter((name) => ownNames.has(name));
  if (names.length === 0 || (force && own.length > 0)) return null;
  const name = plain(folder);
  if (own.length > 0)
    return `"${name}" holds a snapshot already. Name another folder, or replace it with --force.`;
  return `"${name}" is not empty and holds no snapshot. Name an empty folder, or one that is not there yet.`;
}

/** Writes `files`; an older snapshot's files are removed first. Null when it is done, else why not. */
export async function writeSnapshot(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<string | null> {
  try {
    await promises.mkdir(folder, { recursive: true });
    for (const name of await promises.readdir(folder)) {
      if (ownNames.has(name)) await promises.rm(join(folder, name));
    }
    for (const [name, text] of files) {
      // Names come from a fixed table; one that is not in it would be a path that somebody else chose.
      if (ownNames.has(name)) await promises.writeFile(join(folder, name), text);
    }
    return null;
  } catch (error) {
    return cannotBeWritten(folder, error);
  }
}

async function namesIn(folder: string): Promise<readonly string[] | Error> {
  try {
    return await promises.readdir(folder);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return 'code' in error && error.code === 'ENOENT' ? [] : error;
  }
}

function cannotBeWritten(folder: string, error: unknown): string {
  const name = plain(folder);
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return `"${name}" is a file, and a snapshot is a folder. Name another one.`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `"${name}" may not be written: permission denied. Name a folder of your own.`;
  }
  if (code === 'ENOSPC')
    return `"${name}" cannot be written: no space is left there. What is in it now is not whole.`;
  return `"${name}" cannot be written: ${plain(error instanceof Error ? error.message : String(error))}`;
}
