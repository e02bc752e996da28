/** What `Output` hands to a stream: all of it, in its order, whatever the sizes are and however slow the reader is. */
import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Output } from '../../src/cli/output.ts';

/** A reader that keeps what it is given until later: bytes that are written over meanwhile would be seen. */
function slowReader(): { readonly stream: Writable; readonly text: () => string } {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece);
      void setImmediate().then(() => done());
    },
  });
  return { stream, text: () => Buffer.concat(pieces).toString() };
}

it('hands over short lines, long ones and one that no piece has room for, in their order', async () => {
  const { stream, text } = slowReader();
  const output = new Output(stream);
  const lines = Array.from({ length: 3000 }, (_, at) => `${at} ${'’é😀'.repeat((at * 7919) % 97)}`);
  lines.splice(1500, 0, 'ü'.repeat(400_000), '', 'x'.repeat(131_072));
  for (const line of lines) {
    output.line(line);
    await output.flushIfLarge();
  }
  await output.finish();
  expect(text()).toBe(`${lines.join('\n')}\n`);
});

it('keeps what nobody hands over until the end', async () => {
  const { stream, text } = slowReader();
  const output = new Output(stream);
  const lines = Array.from({ length: 20_000 }, (_, at) => `rule ${at} – nat/KUBE-SERVICES`);
  for (const line of lines) output.line(line);
  expect(text()).toBe('');
  await output.finish();
  expect(text()).toBe(`${lines.join('\n')}\n`);
});
