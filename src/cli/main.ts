#!/usr/bin/env node
/** `kube-proxy-explorer`: the engine in a terminal. */
import { run } from './run.ts';

// Where complaints cannot be written nobody can be told so; the exit code stands.
process.stderr.on('error', () => undefined);

void run(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
