/**
 * When the server answers: after `initialize`, until `shutdown`, and only who still waits. The library answers always, and a
 * request that was cancelled before it was looked at as any other.
 *
 * https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#lifeCycleMessages
 */
import {
  type Connection,
  type ConnectionOptions,
  ErrorCodes,
  LSPErrorCodes,
  Message,
  type RequestMessage,
  ResponseError,
} from 'vscode-languageserver';
import { messageCame } from './inTurns.ts';

/** A request at the wrong time goes on under one of these names, which are refused. */
const refusals = {
  'kubeProxy/tooEarly': [ErrorCodes.ServerNotInitialized, 'The server was not initialized yet.'],
  'kubeProxy/tooLate': [ErrorCodes.InvalidRequest, 'The server was shut down.'],
  'kubeProxy/again': [ErrorCodes.InvalidRequest, 'The server was initialized already.'],
} as const;

/** For `createConnection`, of one connection. */
export function lifecycleOptions(): ConnectionOptions {
  let refused: keyof typeof refusals | null = 'kubeProxy/tooEarly';
  const methodOf = ({ method }: RequestMessage): string => {
    if (method === 'initialize' && refused !== 'kubeProxy/tooLate') {
      const again = refused === null;
      refused = null;
      return again ? 'kubeProxy/again' : method;
    }
    const answered = refused ?? method;
    if (method === 'shutdown' && refused === null) refused = 'kubeProxy/tooLate';
    return answered;
  };
  const renamed = (request: RequestMessage): RequestMessage => ({ ...request, method: methodOf(request) });
  return {
    messageStrategy: {
      handleMessage: (message, next) => {
        messageCame();
        return next(Message.isRequest(message) ? renamed(message) : message);
      },
    },
    connectionStrategy: {
      cancelUndispatched: ({ jsonrpc }) => ({
        jsonrpc,
        // The library puts the request's there.
        id: null,
        error: new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.').toJson(),
      }),
    },
  };
}

/** Refuses what `lifecycleOptions` lets nobody else answer. */
export function handleLifecycle(connection: Connection): void {
  for (const [method, [code, message]] of Object.entries(refusals)) {
    connection.onRequest(method, () => new ResponseError(code, message));
  }
}
