/** Files and pipes of the command line: what they are and how large is asked before anything is read. */
import { constants, createReadStream, promises, type Stats } from 'node:fs';
import { MOST_BYTES, TOO_LARGE, unfitness } from '../server/fileFitness.node.ts';
import { plain } from './terminal.ts';

/** A file that is not read, with the sentence that says why. */
export class Unfit extends Error {}

/** A regular file that the user names, or what stands behind `/dev/stdin` and the shell's `<(command)`. */
export async function readGiven(path: string): Promise<Uint8Array> {
  const stats = await promises.stat(path);
  if (isOpenAlready(path) && !stats.isFile()) return readStream(createReadStream(path), path);
  return readRegular(path);
}

/** The bytes of what the user names, as they come: refused as `readGiven` refuses. What the shell opened may go on as long as it likes. */
export async function streamGiven(path: string): Promise<AsyncIterable<Uint8Array>> {
  const stats = await promises.stat(path);
  if (!isOpenAlready(path) || stats.isFile()) refuseUnfit(path, stats);
  return createReadStream(path);
}

/** A file that was found by its name, beside those that the user names: nothing else than a regular one is read. */
export async function readBeside(path: string): Promise<Uint8Array> {
  return readRegular(path);
}

/** All of a stream, up to the same size; `name` for messages. */
export async function readStream(
  stream: AsyncIterable<Uint8Array | string>,
  name: string,
): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MOST_BYTES) throw new Unfit(`"${plain(name)}" ${TOO_LARGE}`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Never waits for somebody to write: a name may lead to a pipe, or to a file of /proc that has no end. */
async function readRegular(path: string): Promise<Uint8Array> {
  // To open a device may already do something.
  refuseUnfit(path, await promises.stat(path));
  const file = await promises.open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    refuseUnfit(path, stats);
    // Those of /proc say that they are empty.
    return stats.size === 0
      ? await readStream(file.createReadStream({ autoClose: false }), path)
      : await file.readFile();
  } finally {
    await file.close();
  }
}

function refuseUnfit(path: string, stats: Stats): void {
  const why = unfitness(stats);
  if (why !== null) throw new Unfit(`"${plain(path)}" ${why}${remedyOf(stats)}`);
}

/** Descriptors that the shell opened for this process. */
function isOpenAlready(path: string): boolean {
  return /^\/(?:dev\/(?:stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/u.test(path);
}

function remedyOf(stats: Stats): string {
  return stats.isFIFO() ? ' Name - to read standard input.' : '';
}
