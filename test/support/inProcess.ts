/** The command line, run in this process. */
import { Writable } from 'node:stream';
import { Output } from '../../src/cli/output.ts';
import { run } from '../../src/cli/run.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What it prints, in lines as long as they are, without colours, and what it complains of. */
export async function ran(...argv: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      out.push(String(chunk));
      done();
    },
  });
  const code = await run(argv, {
    output: new Output(stream),
    style: { colour: false, width: Infinity },
    complain: (message) => err.push(message),
  });
  return { code, out: out.join(''), err: err.join('\n') };
}
