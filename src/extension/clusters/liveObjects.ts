/** Hands the objects of the open contexts to the language server: in parts, and all of them again when it starts anew. */
import * as vscode from 'vscode';
import type { ObjectChanges } from '../../cluster/session.ts';
import { liveObjectsChanged, type LiveObjectsParams } from '../../protocol/requests.ts';
import type { RulesServer } from '../rulesServer.ts';
import type { ClusterHost } from './clusterHost.ts';
import type { OpenContext } from './openContext.ts';

/** So that no message holds the server, or this process, up for long. */
const mostObjects = 500;

export class LiveObjects implements vscode.Disposable {
  readonly #server: RulesServer;
  readonly #following = new Map<string, vscode.Disposable>();
  readonly #subscriptions: vscode.Disposable;

  constructor(host: ClusterHost, server: RulesServer) {
    this.#server = server;
    this.#subscriptions = vscode.Disposable.from(
      server.onDidStart(() => {
        for (const context of host.opened) this.#follow(context);
      }),
      host.onDidOpen((context) => this.#follow(context)),
      host.onDidClose((name) => {
        this.#following.get(name)?.dispose();
        this.#following.delete(name);
        this.#send({ context: name, replaced: [], changes: [], complete: [], closed: true });
      }),
    );
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscriptions, ...this.#following.values()).dispose();
  }

  /** From the beginning: whatever was sent before went to a server that is gone. */
  #follow(context: OpenContext): void {
    this.#following.get(context.name)?.dispose();
    const following = context.followObjects((changes) => {
      for (const part of parts(changes)) this.#send({ context: context.name, ...part, closed: false });
    });
    this.#following.set(context.name, following);
  }

  #send(params: LiveObjectsParams): void {
    this.#server.notify(liveObjectsChanged, params);
  }
}

/** The first names what begins anew, the last what is complete. */
function parts({ replaced, changes, complete }: ObjectChanges): readonly ObjectChanges[] {
  const count = Math.max(1, Math.ceil(changes.length / mostObjects));
  return Array.from({ length: count }, (_, index) => ({
    replaced: index === 0 ? replaced : [],
    changes: changes.slice(index * mostObjects, (index + 1) * mostObjects),
    complete: index === count - 1 ? complete : [],
  }));
}
