import { Unfit } from './readFile.ts';

/** No line that means something comes near it; one without end is not gathered. */
const LONGEST_LINE = 16 * 1024 * 1024;

/**
 * The lines of a byte stream, as UTF-8, without their endings (`\n` or `\r\n`); an unfinished last one counts. Throws `Unfit`
 * at one that is longer than `LONGEST_LINE` characters.
 */
export async function* linesOf(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new Unfit('A line is too long: up to 16 MiB are read.');
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
