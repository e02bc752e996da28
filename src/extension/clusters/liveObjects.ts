/** Hands the objects of the open contexts to the language server: in parts, and all of them again when it starts anew. */
import * as vscode from 'vscode';
import type { SessionState } from '../../cluster/session.ts';
import type { ObjectChanges } from '../../kubernetes/objectChanges.ts';
import { liveObjectsChanged, type LiveObjectsParams } from '../../protocol/requests.ts';
import type { RulesServer } from '../rulesServer.ts';
import type { ClusterHost } from './clusterHost.ts';
import type { OpenContext } from './openContext.ts';

/** So that no message holds the server, or this process, up for long. */
const mostObjects = 500;

/** Sends `liveObjectsChanged` for each open context. A server that does not run is not started for it. */
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
        this.#send({ context: name, replaced: [], changes: [], complete: [], stale: false, closed: true });
      }),
    );
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscriptions, ...this.#following.values()).dispose();
  }

  /** From the beginning: whatever was sent before went to a server that is gone. */
  #follow(context: OpenContext): void {
    this.#following.get(context.name)?.dispose();
    const { name, session } = context;
    const tell = (part: ObjectChanges): void =>
      this.#send({ context: name, ...part, stale: areStale(session.state), closed: false });
    // Null before the first objects: there is nothing yet that could be old.
    let told: boolean | null = null;
    const following = context.followObjects((changes) => {
      told = areStale(session.state);
      for (const part of parts(changes)) tell(part);
    });
    const state = context.onDidChange(() => {
      if (told === null || told === areStale(session.state)) return;
      told = !told;
      tell(nothing);
    });
    this.#following.set(name, vscode.Disposable.from(following, state));
  }

  #send(params: LiveObjectsParams): void {
    this.#server.notify(liveObjectsChanged, params);
  }
}

const nothing: ObjectChanges = { replaced: [], changes: [], complete: [] };

/** Of what badges stand on; Pods and Nodes that may not be listed are no reason to give up the rest. */
function areStale(state: SessionState): boolean {
  return state.kind !== 'ready' || state.stale.has('services') || state.stale.has('endpointslices');
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
