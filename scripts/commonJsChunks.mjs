// A bundle of CommonJS in several files, which esbuild splits for modules of ES alone.
import { transform } from 'esbuild';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A plugin: what is behind an `import()` gets files of its own, which are read when that is run. */
export const commonJsChunks = {
  name: 'chunks of CommonJS',
  setup: (build) => {
    Object.assign(build.initialOptions, { splitting: true, format: 'esm', write: false });
    build.onEnd(async ({ outputFiles }) => {
      for (const { path, text } of outputFiles) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, await asCommonJs(text, build.initialOptions));
      }
    });
  },
};

async function asCommonJs(text, { target, minify }) {
  const supported = { 'dynamic-import': false };
  return (await transform(text, { format: 'cjs', platform: 'node', target, minify, supported })).code;
}
