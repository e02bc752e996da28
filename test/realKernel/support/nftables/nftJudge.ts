/** Asks nft of texts, in a namespace of its own. */
import { fileURLToPath } from 'node:url';
import { Namespace } from '../namespace.ts';

/** nft found a bug of its own, or took too long. */
export const ENDED = 2;

/** Of each text what `nft -c -f` says: 0, or why not. */
export function judgeNft(texts: readonly string[]): readonly (readonly [status: number, message: string])[] {
  const space = new Namespace('nftjudge');
  try {
    const program = fileURLToPath(new URL('nftJudge.py', import.meta.url));
    const input = texts.map((text) => `${JSON.stringify(text)}\n`).join('');
    return space.run(['python3', program], input).trim().split('\n').map(readAnswer);
  } finally {
    space.close();
  }
}

function readAnswer(line: string): readonly [status: number, message: string] {
  const answer: unknown = JSON.parse(line);
  const [status, message]: readonly unknown[] = Array.isArray(answer) ? answer : [];
  return [typeof status === 'number' ? status : ENDED, typeof message === 'string' ? message : ''];
}
