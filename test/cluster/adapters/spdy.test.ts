import type { Duplex } from 'node:stream';
import { inflateSync, constants } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStreams, pingFrame, SpdyReader } from '../../../src/cluster/adapters/spdyFrames.ts';
import type { ExecResult } from '../../../src/cluster/clusterApi.ts';
import { FakeApiServer } from '../support/fakeApiServer.ts';
import { reach } from '../support/kubeconfigs.ts';

const [ERROR, STDOUT, STDERR] = [1, 3, 5];

function data(stream: number, text: string, last = false): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(stream, 0);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  if (last) head[4] = 1;
  return Buffer.concat([head, Buffer.from(text)]);
}

const upgraded = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n';
const success = '{"status":"Success"}';

/** A server that forbids WebSockets, and does this with the POST that follows. */
async function run(
  serve: (socket: Duplex) => void,
): Promise<{ fake: FakeApiServer; result: Promise<ExecResult> }> {
  const fake = await FakeApiServer.start();
  onTestFinished(() => fake.stop());
  fake.onUpgrade((request, socket) => {
    socket.resume();
    if (request.method === 'POST') serve(socket);
    else socket.end(forbidden('get'));
  });
  const { api } = reach({ server: fake.url });
  const result = api.exec({ namespace: 'kube-system', pod: 'p', container: null }, ['ip', '-j'], {
    signal: new AbortController().signal,
    maxBytes: 1000,
    timeout: 5000,
  });
  result.catch(() => undefined);
  return { fake, result };
}

function forbidden(verb: string): string {
  const message = `pods "p" is forbidden: User "dev" cannot ${verb} resource "pods/exec" in API group "" in the namespace "kube-system"`;
  const body = JSON.stringify({ kind: 'Status', status: 'Failure', message, code: 403 });
  return `HTTP/1.1 403 Forbidden\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}

describe('where WebSockets are forbidden', () => {
  it('SPDY brings the output, in whatever pieces it comes', async () => {
    const { fake, result } = await run((socket) => {
      const bytes = Buffer.concat([
        Buffer.from(upgraded),
        data(STDOUT, 'one '),
        data(STDERR, 'warning', true),
        data(STDOUT, 'two', true),
        data(ERROR, success, true),
      ]);
      for (let from = 0; from < bytes.length; from += 7) socket.write(bytes.subarray(from, from + 7));
    });
    const { stdout, stderr, exitCode } = await result;
    expect([Buffer.from(stdout).toString(), stderr, exitCode]).toEqual(['one two', 'warning', 0]);
    expect(fake.seen.map(({ method, headers }) => [method, headers.upgrade])).toEqual([
      ['GET', 'websocket'],
      ['POST', 'SPDY/3.1'],
    ]);
    await expect.poll(() => fake.sockets.size).toBe(0);
  });

  it('a ping is answered, and three streams are opened', async () => {
    const seen: Buffer[] = [];
    const { result } = await run((socket) => {
      socket.on('data', (piece: Buffer) => {
        seen.push(piece);
        const all = Buffer.concat(seen);
        if (!all.includes(pingFrame(4))) return;
        socket.write(
          Buffer.concat([ERROR, STDOUT, STDERR].map((id) => data(id, id === ERROR ? success : '', true))),
        );
      });
      socket.write(upgraded);
      socket.write(pingFrame(4));
    });
    expect((await result).exitCode).toBe(0);
    expect(Buffer.concat(seen).subarray(0, 7)).toEqual(Buffer.from([0x80, 3, 0, 1, 0, 0, 0]));
  });

  it.each([
    ['ends before its status', (socket: Duplex) => void socket.end(data(STDOUT, 'half'))],
    ['is cut', (socket: Duplex) => void socket.write(data(STDOUT, 'half'), () => socket.destroy())],
    [
      'resets its streams',
      (socket: Duplex) => {
        socket.write(data(STDOUT, 'half'));
        // RST_STREAM of the stream of the status; GOAWAY.
        socket.write(Buffer.from([0x80, 3, 0, 3, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 1]));
        socket.write(Buffer.from([0x80, 3, 0, 7, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0]));
      },
    ],
  ])('a stream that %s is cut off', async (_, end) => {
    const { result } = await run((socket) => void socket.write(upgraded, () => end(socket)));
    await expect(result).rejects.toMatchObject({
      kind: 'cutOff',
      message: expect.stringMatching(/ip was cut off after 4 bytes/),
    });
  });

  it.each([
    ['larger than any', `{"status":"Success","message":"${'x'.repeat(100_000)}"}`],
    ['cut', '{"status":"Succ'],
  ])('a status that is %s is none', async (_, text) => {
    const { result } = await run((socket) => {
      socket.write(upgraded);
      for (let from = 0; from < text.length; from += 30_000) {
        socket.write(data(ERROR, text.slice(from, from + 30_000)));
      }
      socket.end(data(STDOUT, 'half'));
    });
    await expect(result).rejects.toMatchObject({ kind: 'cutOff' });
  });

  it('too much output ends it', async () => {
    const { fake, result } = await run(
      (socket) => void socket.write(Buffer.concat([Buffer.from(upgraded), data(STDOUT, 'x'.repeat(2000))])),
    );
    await expect(result).rejects.toMatchObject({ kind: 'tooLarge' });
    await expect.poll(() => fake.sockets.size).toBe(0);
  });

  it('and SPDY too, the right that is missing is create', async () => {
    const { result } = await run((socket) => void socket.end(forbidden('create')));
    await expect(result).rejects.toMatchObject({ kind: 'forbidden', right: { verb: 'create' } });
  });

  it('and SPDY is not spoken, the right is the one for WebSockets', async () => {
    const { result } = await run(
      (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
    );
    await expect(result).rejects.toMatchObject({ kind: 'forbidden', right: { verb: 'get' } });
  });
});

it('the headers of all streams are one zlib stream', () => {
  const frames = openStreams([{ streamtype: 'error' }, { streamtype: 'stdout' }]);
  const blocks: Buffer[] = [];
  for (let from = 0; from < frames.length;) {
    const length = frames.readUInt32BE(from + 4) & 0xffffff;
    blocks.push(frames.subarray(from + 18, from + 8 + length));
    from += 8 + length;
  }
  const plain = inflateSync(Buffer.concat(blocks), { finishFlush: constants.Z_SYNC_FLUSH });
  expect(plain.toString('latin1')).toBe(
    ['error', 'stdout']
      .map((type) => `\0\0\0\x01\0\0\0\x0astreamtype\0\0\0${String.fromCharCode(type.length)}${type}`)
      .join(''),
  );
});

it('a frame is read whole or not yet', () => {
  const reader = new SpdyReader();
  const frame = data(3, 'abc', true);
  expect([...reader.push(frame.subarray(0, 9))]).toEqual([]);
  expect([...reader.push(frame.subarray(9))]).toEqual([
    { kind: 'data', stream: 3, content: Buffer.from('abc'), last: true },
  ]);
});
