/** Reads a file of this machine piece by piece, so that others are answered meanwhile and the reading can be taken back. */
import { lookup } from '../text/lookup.ts';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { unfitness } from './fileFitness.node.ts';
import type { FileRead, FileReading } from './heldFiles.ts';

const PIECE = 8 * 1024 * 1024;

/** Never throws: why a file cannot be read is an answer. */
export async function readFile(path: string, reading: FileReading): Promise<FileRead> {
  try {
    // Without waiting for somebody to write, where it is a pipe.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return await readOpen(file, reading);
    } finally {
      await file.close();
    }
  } catch (error) {
    return { kind: 'refused', why: `cannot be read: ${reasonOf(error)}.` };
  }
}

async function readOpen(file: FileHandle, reading: FileReading): Promise<FileRead> {
  const stats = await file.stat();
  const why = unfitness(stats);
  if (why !== null) return { kind: 'refused', why };
  const bytes = new Uint8Array(stats.size);
  let done = 0;
  while (done < bytes.length) {
    if (reading.stopped) return { kind: 'stopped' };
    const { bytesRead } = await file.read(bytes, done, Math.min(PIECE, bytes.length - done), done);
    if (bytesRead === 0) break;
    done += bytesRead;
    reading.progress(done / bytes.length);
  }
  return { kind: 'read', bytes: bytes.subarray(0, done) };
}

const reasons: Readonly<Record<string, string>> = lookup({
  ENOENT: 'it is not there',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  EISDIR: 'it is a folder',
});

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}
