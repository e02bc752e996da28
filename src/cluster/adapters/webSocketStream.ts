/**
 * Exec over a WebSocket: channels of the remote command protocol, the first byte of each message. Instead of client-node's
 * Exec, which does not tell why an upgrade was refused, cannot be cancelled while it connects, and does not notice a
 * stream that ends without a status.
 *
 * https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
 */
import { type RawData, WebSocket } from 'ws';
import type { Connection } from './connection.ts';
import { execPath, type ExecRequest, type RemoteStream, type StreamEvents } from './remoteStream.ts';
import { readAnswer } from './upgradeAnswer.ts';

const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
/** The API server sends pieces of some 32 KiB. */
const MAX_MESSAGE = 16 << 20;

export function openWebSocket(
  { server, options, headers }: Connection,
  request: ExecRequest,
  events: StreamEvents,
): RemoteStream {
  const socket = new WebSocket(`${server.replace(/^http/, 'ws')}${execPath(request)}`, protocols, {
    ...options,
    headers: { ...headers, 'User-Agent': 'kube-proxy-explorer' },
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: MAX_MESSAGE,
  });
  socket.on('message', (data) => take(data, events));
  socket.on('unexpected-response', (refused, response) => {
    // Back with the agent, its connection would carry the next request already when ws ends it.
    refused.shouldKeepAlive = false;
    void readAnswer(response, events);
  });
  socket.on('error', (error) => events.failed(error));
  socket.on('close', (code, reason) => {
    const why = reason.toString('utf8');
    events.closed(why === '' ? String(code) : `${code}: ${why}`);
  });
  return {
    get stands() {
      return socket.readyState !== WebSocket.CONNECTING && socket.protocol !== '';
    },
    terminate: () => socket.terminate(),
  };
}

function take(data: RawData, events: StreamEvents): void {
  const message = Buffer.isBuffer(data)
    ? data
    : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
  const content = message.subarray(1);
  if (content.length === 0) return;
  if (message[0] === STDOUT) events.stdout(content);
  else if (message[0] === STDERR) events.stderr(content);
  else if (message[0] === STATUS) events.status(content.toString('utf8'));
}
