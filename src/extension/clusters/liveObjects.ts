/** Hands the objects of the open contexts to the language server: in parts, and all of them again when it starts anew. */
import * as vscode from 'vscode';
import type { ObjectChanges, SessionState } from '../../cluster/session.ts';
import {
  liveObjectsChanged,
  liveObjectsStale,
  type LiveObjectsParams,
  type LiveObjectsStaleParams,
} from '../../protocol/requests.ts';
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
    const telling = this.#tellWhetherStale(context);
    this.#following.set(context.name, vscode.Disposable.from(following, telling));
  }

  /** Badges stand only on objects that are followed: what a broken watch tells no more must not accuse the rules. */
  #tellWhetherStale(context: OpenContext): vscode.Disposable {
    let told = false;
    return context.onDidChange(() => {
      const stale = areStale(context.session.state);
      if (stale === told) return;
      told = stale;
      const params: LiveObjectsStaleParams = { context: context.name, stale };
      this.#server.notify(liveObjectsStale, params);
    });
  }

  #send(params: LiveObjectsParams): void {
    this.#server.notify(liveObjectsChanged, params);
  }
}

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
