/** Memory that nobody needs any more goes back to the machine: an idle process would keep it for as long as it is idle. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects at once; V8 has no other way to be asked. As a last resort it gives back the pages, too, on which nothing is left. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
