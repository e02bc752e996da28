/** Files that a kubeconfig names: certificates, keys, tokens. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ClusterFailure } from '../failure.ts';
import { type Entry, textField } from './kubeconfigEntries.ts';

/** A field's `-data`, else its file's content, in base64; null where neither is given. As in kubectl data wins. */
export async function dataOf({ value, folder }: Entry, field: string): Promise<string | null> {
  const data = textField(value, `${field}-data`);
  if (data !== null) return data;
  const file = textField(value, field);
  return file === null ? null : (await readNamed(resolve(folder, file))).toString('base64');
}

/** A token's file, without the line's end, which client-node's FileAuth would send. */
export async function readToken(folder: string, file: string): Promise<string> {
  return (await readNamed(resolve(folder, file))).toString('utf8').trim();
}

async function readNamed(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
    const reason = code === 'ENOENT' ? 'there is no such file' : String(code ?? error);
    const message = `The kubeconfig names the file ${file}, which cannot be read: ${reason}.`;
    throw new ClusterFailure('badConfiguration', message, { cause: error });
  }
}
