/** What an exec's stream tells, whichever protocol carries it. */
import type { JsonRecord } from '../../text/json.ts';
import type { ExecTarget } from '../clusterApi.ts';
import type { Connection } from './connection.ts';
import { objectPath } from './paths.ts';

/** Bytes; one that is longer is none. The API server's have some hundred. */
export const MAX_STATUS = 64 << 10;

/** What is run where. */
export interface ExecRequest {
  readonly target: ExecTarget;
  readonly argv: readonly string[];
}

/** What a stream tells who opened it. After `status`, `refused`, `failed` or `closed` nothing more counts. */
export interface StreamEvents {
  stdout(bytes: Buffer): void;
  stderr(bytes: Buffer): void;
  /** The program and its output have ended; a `Status` of the API. */
  status(status: JsonRecord): void;
  /** The server answered the request itself. */
  refused(status: number, body: string): void;
  /** Before the stream stood or after. */
  failed(error: Error): void;
  /** `1006`, `by the server` */
  closed(how: string): void;
}

/** An exec's connection, from its first packet on. */
export interface RemoteStream {
  /** The server took the exec. */
  readonly stands: boolean;
  /** Closes the connection for good: nothing of ours is on its way to the server. */
  terminate(): void;
}

/** Begins an exec at once and throws nothing: what goes wrong is an event. */
export type OpenStream = (connection: Connection, request: ExecRequest, events: StreamEvents) => RemoteStream;

/** Of the exec, after the server's URL. */
export function execPath({ target, argv }: ExecRequest): string {
  const query = new URLSearchParams({ stdout: 'true', stderr: 'true' });
  if (target.container !== null) query.set('container', target.container);
  for (const argument of argv) query.append('command', argument);
  return `${objectPath('pods', target.namespace, target.pod)}/exec?${query.toString()}`;
}
