/** Whoever answers a user takes the one answer: the engine alone does not know what the node's other rules decide. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../../src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'));

/** `engine.trace(flow)`, `.engine(4)?.traceSequence(…)`, `engine(family).considered(…)` */
const CALL =
  /engine\b(?:\([^()]*\))?\s*[?!]?\s*\.(?:trace|tracing|traceSequence|considered|replies|replying)\(/u;

function callers(): readonly string[] {
  return files.filter((name) => CALL.test(readFileSync(join(source, name), 'utf8')));
}

it('only kubeproxy/answer asks an engine', () => {
  expect(callers()).toEqual(['kubeproxy/answer/answer.ts']);
});

it('only the analysis makes one', () => {
  const makers = files.filter((name) => /\bcreateEngine\(/u.test(readFileSync(join(source, name), 'utf8')));
  expect(makers).toEqual(['kernel/engine.ts', 'kubeproxy/nodeRules.ts']);
});
