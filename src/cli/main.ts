/** `kube-proxy-explorer`: the engine in a terminal. */
import { run } from './run.ts';

void run(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
