import type { Duplex } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ExecOptions, ExecResult } from '../../../src/cluster/clusterApi.ts';
import { FakeApiServer } from '../support/fakeApiServer.ts';
import { reach } from '../support/kubeconfigs.ts';

const OUT = 1;
const ERR = 2;
const STATUS = 3;

const piece = (channel: number, text: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);

const success = piece(STATUS, '{"status":"Success"}');
const exited = (code: number): Buffer =>
  piece(
    STATUS,
    JSON.stringify({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      message: `command terminated with exit code ${code}`,
      details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
    }),
  );
const refused = (message: string, code = 500): Buffer =>
  piece(STATUS, JSON.stringify({ status: 'Failure', reason: 'InternalError', message, code }));

interface Ran<Server> {
  readonly fake: Server;
  readonly result: Promise<ExecResult>;
  readonly abort: AbortController;
}

async function fakeServer(): Promise<FakeApiServer> {
  const fake = await FakeApiServer.start();
  onTestFinished(() => fake.stop());
  return fake;
}

function start<Server extends { readonly url: string }>(
  fake: Server,
  options: Partial<ExecOptions> = {},
): Ran<Server> {
  const abort = new AbortController();
  const { api } = reach({ server: fake.url, user: { token: 'abc' } });
  const result = api.exec(
    { namespace: 'kube-system', pod: 'kube-proxy-a', container: 'kube-proxy' },
    ['iptables-save', '-t', 'nat table'],
    { signal: abort.signal, maxBytes: 1 << 20, timeout: 5000, ...options },
  );
  result.catch(() => undefined);
  return { fake, result, abort };
}

/** Runs against a server that does this with the socket. */
async function run(
  serve: (socket: WebSocket) => void,
  options: Partial<ExecOptions> = {},
): Promise<Ran<FakeApiServer>> {
  const fake = await fakeServer();
  const sockets = new WebSocketServer({ noServer: true });
  fake.onUpgrade((request, socket, head) => sockets.handleUpgrade(request, socket, head, serve));
  return start(fake, options);
}

/** Runs against a server that answers the upgrade itself. */
async function runRefused(
  answer: (socket: Duplex) => void,
  options: Partial<ExecOptions> = {},
): Promise<Ran<FakeApiServer>> {
  const fake = await fakeServer();
  fake.onUpgrade((_, socket) => answer(socket));
  return start(fake, options);
}

const status = (line: string, message: string) => (socket: Duplex) => {
  const body = JSON.stringify({ kind: 'Status', status: 'Failure', message });
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
};

describe('a program', () => {
  it('that ends gives its output, and is asked for as it is', async () => {
    const progress: number[] = [];
    const { fake, result } = await run(
      (socket) => {
        socket.send(piece(OUT, ''));
        socket.send(piece(OUT, Buffer.from([0xff, 0x0a, 0x00])));
        socket.send(piece(ERR, 'a warning'));
        socket.send(piece(OUT, 'rest'));
        socket.send(success);
      },
      { onProgress: (bytes) => progress.push(bytes) },
    );
    const { stdout, stderr, exitCode } = await result;
    expect([Buffer.from(stdout), stderr, exitCode]).toEqual([
      Buffer.concat([Buffer.from([0xff, 0x0a, 0x00]), Buffer.from('rest')]),
      'a warning',
      0,
    ]);
    expect(progress[0]).toBe(3);
    const [seen] = fake.seen;
    const { pathname, searchParams } = new URL(seen?.path ?? '', fake.url);
    expect(pathname).toBe('/api/v1/namespaces/kube-system/pods/kube-proxy-a/exec');
    expect(searchParams.getAll('command')).toEqual(['iptables-save', '-t', 'nat table']);
    expect(Object.fromEntries(searchParams)).toEqual({
      stdin: 'false',
      stdout: 'true',
      stderr: 'true',
      tty: 'false',
      container: 'kube-proxy',
      command: 'nat table',
    });
    expect(seen?.headers['sec-websocket-protocol']).toBe('v5.channel.k8s.io,v4.channel.k8s.io');
    expect(seen?.headers.authorization).toBe('Bearer abc');
  });

  it('that fails is a result', async () => {
    const { result } = await run((socket) => {
      socket.send(piece(ERR, 'cat: /proc/x: No such file or directory'));
      socket.send(exited(1));
    });
    expect(await result).toMatchObject({ exitCode: 1, stderr: 'cat: /proc/x: No such file or directory' });
  });

  it('that writes 20 MB gives all of it', async () => {
    const block = Buffer.alloc(32 << 10, 'abc');
    const { result } = await run(
      (socket) => {
        for (let index = 0; index < 640; index++) socket.send(piece(OUT, block));
        socket.send(success);
      },
      { maxBytes: 64 << 20 },
    );
    expect((await result).stdout.length).toBe(640 * block.length);
  });

  it("'s warnings are kept to 64 KiB", async () => {
    const { result } = await run((socket) => {
      for (let index = 0; index < 20; index++) socket.send(piece(ERR, 'x'.repeat(10_000)));
      socket.send(success);
    });
    expect((await result).stderr.length).toBe(65_536);
  });
});

describe('a program that is not there', () => {
  const messages = [
    'Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "1f": OCI runtime exec failed: exec failed: unable to start container process: exec: "iptables-save": executable file not found in $PATH: unknown',
    'Internal error occurred: error executing command in container: exec: "iptables-save": executable file not found in $PATH',
    'error executing command in container: rpc error: code = Unknown desc = failed to exec in container: exec: "/x": stat /x: no such file or directory: unknown',
    'command error: time="…" level=error msg="exec failed: unable to start container process: exec: \\"iptables-save\\": executable file not found in $PATH", stdout: , stderr: , exit code -1',
    'Internal error occurred: OCI runtime exec failed: executable file `iptables-save` not found in $PATH: No such file or directory',
    "error executing command: executable file 'iptables-save' not found in $PATH",
    'starting container: error finding executable "iptables-save" in PATH [/bin]: no such file or directory',
    'fork/exec /tmp/x/iptables-save: no such file or directory',
    'ttrpc: rpc status: Status { code: INTERNAL, message: "ENOENT: No such file or directory" }',
  ];
  it.each(messages)('is told from: %s', async (message) => {
    const { result } = await run((socket) => socket.send(refused(message)));
    await expect(result).rejects.toMatchObject({
      kind: 'noSuchBinary',
      message: expect.stringMatching(/^The container has no program iptables-save: /),
    });
  });

  it.each([126, 127])('is told from the exit code %s', async (code) => {
    const { result } = await run((socket) => socket.send(exited(code)));
    await expect(result).rejects.toMatchObject({ kind: 'noSuchBinary' });
  });

  it('is told from what the runtime prints', async () => {
    const { result } = await run((socket) => {
      socket.send(
        piece(
          OUT,
          'OCI runtime exec failed: exec failed: starting container process caused: exec: "x": executable file not found in $PATH: unknown\r\n',
        ),
      );
      socket.send(exited(255));
    });
    await expect(result).rejects.toMatchObject({ kind: 'noSuchBinary' });
  });
});

describe('an exec that is refused', () => {
  it.each([
    [
      '403 Forbidden',
      'pods "a" is forbidden: User "dev" cannot get resource "pods/exec" in API group "" in the namespace "kube-system"',
      'forbidden',
      /^The user dev may not get pods\/exec in kube-system\.$/,
    ],
    [
      '404 Not Found',
      'pods "kube-proxy-a" not found',
      'notFound',
      /There is no pod kube-proxy-a in kube-system/,
    ],
    ['401 Unauthorized', 'Unauthorized', 'unauthorized', /credentials/],
    [
      '400 Bad Request',
      'container kube-proxy is not valid for pod kube-proxy-a',
      'execRefused',
      /is not valid for pod/,
    ],
    [
      '500 Internal Server Error',
      'error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused',
      'execRefused',
      /kubelet does not answer the API server: error dialing backend/,
    ],
    ['502 Bad Gateway', '', 'execRefused', /502/],
  ])('with %s is %#', async (line, message, kind, words) => {
    const { result } = await runRefused(status(line, message));
    await expect(result).rejects.toMatchObject({ kind, message: expect.stringMatching(words) });
  });

  it.each([
    ['container not found ("kube-proxy")', 500, 'execRefused'],
    ['failed to exec in container: open /run/containerd/x: no such file or directory', 500, 'execRefused'],
    ['error dialing backend: dial tcp 10.0.0.1:10250: i/o timeout', 500, 'execRefused'],
    [
      'pods "a" is forbidden: User "dev" cannot create resource "pods/exec" in API group "" in the namespace "x"',
      403,
      'forbidden',
    ],
  ])('after the upgrade (%s) is %s', async (message, code, kind) => {
    const { result } = await run((socket) => socket.send(refused(message, code)));
    await expect(result).rejects.toMatchObject({ kind });
  });

  it('by a server that speaks another protocol is told', async () => {
    const fake = await fakeServer();
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => false });
    fake.onUpgrade((request, socket, head) => sockets.handleUpgrade(request, socket, head, () => undefined));
    await expect(start(fake).result).rejects.toMatchObject({
      kind: 'execRefused',
      message: expect.stringMatching(/subprotocol/),
    });
  });
});

describe('a stream', () => {
  it.each([
    ['closed by the server', (socket: WebSocket) => socket.close(1000)],
    ['cut', (socket: WebSocket) => socket.terminate()],
  ])('%s before its status is cut off', async (_, end) => {
    const { result } = await run((socket) => {
      socket.send(piece(OUT, 'half of the r'), () => end(socket));
    });
    await expect(result).rejects.toMatchObject({
      kind: 'cutOff',
      message: expect.stringMatching(/iptables-save was cut off after 13 bytes/),
    });
  });

  it('that breaks the rules of WebSockets is cut off', async () => {
    const fake = await fakeServer();
    const sockets = new WebSocketServer({ noServer: true });
    fake.onUpgrade((request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.send(piece(OUT, 'half of the r'), () => socket.write('nonsense'));
      }),
    );
    await expect(start(fake).result).rejects.toMatchObject({
      kind: 'cutOff',
      message: expect.stringMatching(/after 13 bytes/),
    });
  });

  it('that hangs ends at its time', async () => {
    const { fake, result } = await run(() => undefined, { timeout: 2000 });
    await expect(result).rejects.toMatchObject({
      kind: 'timedOut',
      message: expect.stringMatching(/iptables-save did not end within 2 s/),
    });
    await expect.poll(() => fake.sockets.size).toBe(0);
  });

  it('whose upgrade hangs ends at its time', async () => {
    const { fake, result } = await runRefused(() => undefined, { timeout: 200 });
    await expect(result).rejects.toMatchObject({
      kind: 'timedOut',
      message: expect.stringMatching(/did not take the exec within 0\.2 s/),
    });
    await expect.poll(() => fake.sockets.size).toBe(0);
  });

  it('larger than allowed ends', async () => {
    const { fake, result } = await run((socket) => {
      const send = () => socket.send(piece(OUT, Buffer.alloc(32 << 10)), (error) => error ?? send());
      send();
    });
    await expect(result).rejects.toMatchObject({
      kind: 'tooLarge',
      message: expect.stringMatching(/wrote more than 1 MiB/),
    });
    await expect.poll(() => fake.sockets.size).toBe(0);
  });

  it.each(['while it runs', 'while it connects'])('that is cancelled %s closes the socket', async (when) => {
    const begun = when === 'while it runs' ? run(() => undefined) : runRefused(() => undefined);
    const { fake, result, abort } = await begun;
    await expect.poll(() => fake.seen.length).toBe(1);
    abort.abort();
    await expect(result).rejects.toMatchObject({ kind: 'cancelled' });
    await expect.poll(() => fake.sockets.size).toBe(0);
  });

  it.each([
    ['of no channel', Buffer.alloc(0)],
    ['of a channel that nobody knows', piece(9, 'x')],
    ['that would close a stream of ours', Buffer.from([255, OUT])],
    ['of text', 'words'],
  ])('with a message %s goes on', async (_, message) => {
    const { result } = await run((socket) => {
      socket.send(message);
      socket.send(piece(OUT, 'rest'));
      socket.send(success);
    });
    expect(Buffer.from((await result).stdout).toString()).toBe('rest');
    expect(process.stdout.writableEnded).toBe(false);
  });

  it('is read no further than its status', async () => {
    const { result } = await run((socket) => {
      socket.send(piece(OUT, 'all'));
      socket.send(success);
      socket.send(piece(OUT, 'more'));
      socket.send(exited(1));
    });
    const { stdout, exitCode } = await result;
    expect([Buffer.from(stdout).toString(), exitCode]).toEqual(['all', 0]);
  });

  it.each([
    ['is cut', '{"status":"Succ'],
    ['is larger than any', `{"status":"Success","message":"${'x'.repeat(1 << 20)}"}`],
    ['is no object', '"Success"'],
  ])('whose status %s is cut off, whatever comes then', async (_, text) => {
    const { result } = await run((socket) => {
      socket.send(piece(OUT, 'half of the r'));
      socket.send(piece(STATUS, text));
      socket.send(piece(OUT, 'more'), () => socket.close());
    });
    await expect(result).rejects.toMatchObject({
      kind: 'cutOff',
      message: expect.stringMatching(/iptables-save was cut off after 13 bytes/),
    });
  });

  it('whose status is no JSON is cut off', async () => {
    const { result } = await run((socket) => socket.send(piece(STATUS, '{"sta'), () => socket.close()));
    await expect(result).rejects.toMatchObject({ kind: 'cutOff' });
  });
});

it("a Pod's name stays a name", async () => {
  const fake = await fakeServer();
  fake.onUpgrade((_, socket) => void socket.end('HTTP/1.1 404 Not Found\r\n\r\n'));
  const { api } = reach({ server: fake.url });
  const target = { namespace: 'a/../b', pod: '../x?command=rm', container: null };
  const { signal } = new AbortController();
  await expect(api.exec(target, ['ip'], { signal, maxBytes: 1, timeout: 5000 })).rejects.toMatchObject({
    kind: 'notFound',
  });
  const { pathname, searchParams } = new URL(fake.seen[0]?.path ?? '', fake.url);
  expect(pathname).toBe('/api/v1/namespaces/a%2F..%2Fb/pods/..%2Fx%3Fcommand%3Drm/exec');
  expect([searchParams.getAll('command'), searchParams.get('container')]).toEqual([['ip'], '']);
});

it('nobody to ask is unreachable', async () => {
  const { result } = start({ url: 'https://127.0.0.1:1' });
  await expect(result).rejects.toMatchObject({ kind: 'unreachable' });
});
