import type { CancellationToken, Connection } from 'vscode-languageserver';
import type { RequestName } from '../protocol/requests.ts';

/** Answers one of our own requests: `read` checks what the client sent, and throws what it is told if that is wrong. */
export function answer<Params, Result, Read extends Params = Params>(
  connection: Connection,
  request: RequestName<Params, Result>,
  read: (params: unknown) => Read,
  handle: (params: Read, token: CancellationToken) => Promise<Result>,
): void {
  connection.onRequest<unknown, unknown>(request.method, async (params: unknown, token: CancellationToken) =>
    handle(read(params), token),
  );
}
