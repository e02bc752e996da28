import { expect, test } from 'vitest';
import { Answerer, Caller, RequestCancelled } from '../../src/protocol/rpc.ts';
import type { CallMessage, Cancellation, Handlers, ReplyMessage } from '../../src/protocol/rpc.ts';

interface Arithmetic {
  readonly double: { readonly params: { readonly of: number }; readonly result: number };
  readonly never: { readonly params: null; readonly result: null };
}

/** Two ends of one channel, with JSON between them as in a webview. */
function channel(handlers: Partial<Handlers<Arithmetic>> = {}): {
  readonly caller: Caller<Arithmetic>;
  readonly answerer: Answerer<Arithmetic>;
  readonly sent: CallMessage<Arithmetic>[];
  readonly replies: ReplyMessage[];
} {
  const sent: CallMessage<Arithmetic>[] = [];
  const replies: ReplyMessage[] = [];
  const answerer = new Answerer<Arithmetic>(
    {
      double: async ({ of }) => Promise.resolve(of * 2),
      never: () => new Promise(() => undefined),
      ...handlers,
    },
    (reply) => {
      replies.push(reply);
      caller.accept(structuredClone(reply));
    },
  );
  const caller: Caller<Arithmetic> = new Caller((message) => {
    sent.push(message);
    void answerer.accept(structuredClone(message));
  });
  return { caller, answerer, sent, replies };
}

test('a request is answered by its handler', async () => {
  expect(await channel().caller.request('double', { of: 21 })).toBe(42);
});

test('answers find their request when they come in another order', async () => {
  const release: (() => void)[] = [];
  const { caller } = channel({
    double: ({ of }) =>
      new Promise((resolve) =>
        release.push(() => {
          resolve(of * 2);
        }),
      ),
  });
  const first = caller.request('double', { of: 1 });
  const second = caller.request('double', { of: 2 });
  for (const answer of release.toReversed()) answer();
  expect(await Promise.all([first, second])).toEqual([2, 4]);
});

test('a failing handler fails the request with its message', async () => {
  const { caller } = channel({ double: () => Promise.reject(new Error('too large')) });
  await expect(caller.request('double', { of: 1 })).rejects.toThrow('too large');
});

test('a method that nobody knows fails with a sentence, also one that every object has', async () => {
  const { answerer, replies } = channel();
  const message: CallMessage<Arithmetic> = JSON.parse('{"type":"request","id":7,"method":"toString"}');
  await answerer.accept(message);
  expect(replies).toEqual([{ type: 'failure', id: 7, message: 'There is no request "toString".' }]);
});

test('aborting rejects at once, tells the handler, and its late answer is not sent', async () => {
  let cancellation: Cancellation | undefined;
  const late = new EventTarget();
  const { caller, replies } = channel({
    double: (_params, given) => {
      cancellation = given;
      return new Promise((resolve) => {
        late.addEventListener('finish', () => {
          resolve(2);
        });
      });
    },
  });
  const abort = new AbortController();
  const asked = caller.request('double', { of: 1 }, abort.signal);
  abort.abort();
  await expect(asked).rejects.toBeInstanceOf(RequestCancelled);
  expect(cancellation?.cancelled).toBe(true);
  late.dispatchEvent(new Event('finish'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(replies).toEqual([]);
});

test('a request with an aborted signal is never sent', async () => {
  const { caller, sent } = channel();
  await expect(caller.request('double', { of: 1 }, AbortSignal.abort())).rejects.toBeInstanceOf(
    RequestCancelled,
  );
  expect(sent).toEqual([]);
});

test('disposing the caller rejects what waits, disposing the answerer cancels what runs', async () => {
  const cancelled: string[] = [];
  const { caller, answerer } = channel({
    never: (_params, cancellation) => {
      cancellation.onCancel(() => cancelled.push('never'));
      return new Promise(() => undefined);
    },
  });
  const asked = caller.request('never', null);
  answerer.dispose();
  caller.dispose();
  await expect(asked).rejects.toBeInstanceOf(RequestCancelled);
  expect(cancelled).toEqual(['never']);
});

test('what is answered ahead needs no request, and only for the first one with the same params', async () => {
  const { caller, answerer, sent } = channel();
  await answerer.answerAhead('double', { of: 4 });
  expect(await caller.request('double', { of: 4 })).toBe(8);
  expect(sent).toEqual([]);
  expect(await caller.request('double', { of: 4 })).toBe(8);
  expect(sent).toHaveLength(1);
});

test('what is answered ahead is not the answer to another question, nor to it later', async () => {
  const { caller, answerer, sent } = channel();
  await answerer.answerAhead('double', { of: 4 });
  expect(await caller.request('double', { of: 5 })).toBe(10);
  expect(await caller.request('double', { of: 4 })).toBe(8);
  expect(sent).toHaveLength(2);
});

test('a request that is worked out ahead already is answered by that work', async () => {
  const release: (() => void)[] = [];
  const { caller, answerer, replies } = channel({
    double: ({ of }) => new Promise((resolve) => release.push(() => resolve(of * 2))),
  });
  const ahead = answerer.answerAhead('double', { of: 4 });
  const asked = caller.request('double', { of: 4 });
  for (const answer of release) answer();
  expect(await asked).toBe(8);
  await ahead;
  expect(release).toHaveLength(1);
  expect(replies.map(({ type }) => type)).toEqual(['response']);
});

test('another request than the one that is worked out ahead ends that work', async () => {
  const cancelled: number[] = [];
  const { caller, answerer, replies } = channel({
    double: ({ of }, cancellation) => {
      cancellation.onCancel(() => cancelled.push(of));
      return Promise.resolve(of * 2);
    },
  });
  const ahead = answerer.answerAhead('double', { of: 4 });
  expect(await caller.request('double', { of: 6 })).toBe(12);
  await ahead;
  expect(cancelled).toEqual([4]);
  expect(replies.map(({ type }) => type)).toEqual(['response']);
});

test('what fails ahead fails the request that asks it', async () => {
  let times = 0;
  const { caller, answerer, replies } = channel({
    double: () => Promise.reject(new Error(`failed ${++times}`)),
  });
  await answerer.answerAhead('double', { of: 4 });
  expect(replies).toEqual([]);
  await expect(caller.request('double', { of: 4 })).rejects.toThrow('failed 2');
});
