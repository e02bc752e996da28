/** A list that is spread into a call stands on the stack: one of a hundred thousand ends the program. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');

/** `Math.max(0, ...list)`, `list.push(...others)`; `text/lists.ts` has what to do instead. */
const SPREAD =
  /\bMath\.(?:max|min)\((?:[^()]*,)?\s*\.\.\.|\.(?:push|unshift)\((?:[^(){}]*,)?\s*\.\.\.|String\.from\w+\(\s*\.\.\./gu;

/** Of what is bounded: the words of a command line, the steps behind one failure, slices of 24 and 32 KiB. */
const BOUNDED: readonly string[] = [
  'cli/commandLine.ts: .push(...',
  'extension/base64.ts: String.fromCharCode(...',
  "extension/views/clusterItem.ts: .push('failed', ...",
  'text/decode.ts: String.fromCharCode(...',
];

it('no list without a bound is spread into a call', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const found = files.flatMap((name) =>
    [...readFileSync(join(source, name), 'utf8').matchAll(SPREAD)].map(
      ([words]) => `${name.replaceAll('\\', '/')}: ${words.replaceAll(/\s+/gu, ' ')}`,
    ),
  );
  expect(found.toSorted()).toEqual(BOUNDED);
});
