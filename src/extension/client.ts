/** The language client. Loaded on first use only (see rulesServer.ts): it is the largest part of the extension. */
import * as vscode from 'vscode';
import {
  type BaseLanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
} from 'vscode-languageclient';
import { linkableCommands } from '../protocol/commands.ts';
import {
  documentChanged,
  fileProgress,
  type FileProgress,
  openHeldRequest,
  siblingsChanged,
  siblingsRequest,
  type UriNotification,
} from '../protocol/requests.ts';
import { factsChanged, factTextsRequest, type FactTextsParams } from '../protocol/facts.ts';
import { fileName } from './documents/heldTexts.ts';
import { rulesLanguages } from './documents/rulesDocument.ts';
import { Siblings, type LiveSiblings } from './documents/siblings.ts';
import type { WhatIfCopies } from './documents/whatIfCopies.ts';
import { FactTexts } from './facts/factTexts.ts';
import type { GivenFacts } from './facts/givenFacts.ts';

/** A running language server. A request rejects with what the server answered in place of a result. */
export interface Connection {
  request<Result>(method: string, params: unknown, token?: vscode.CancellationToken): Promise<Result>;
  notify(method: string, params: unknown): void;
  showLog(): void;
  stop(): Promise<void>;
}

interface SiblingsParams {
  readonly uri: string;
  readonly names: readonly string[];
}

/** What the server's questions and news are answered by. */
export interface ClientHost {
  readonly live: LiveSiblings;
  /** Whether the server has a file without anybody's reading it. */
  readonly holds: (uri: string) => boolean;
  readonly facts: GivenFacts;
  /** Copies that stand in the node of what they were copied from. */
  readonly copies: WhatIfCopies;
  /** Opens a document whose text is here; false where it is not. */
  readonly openHeld: (uri: vscode.Uri) => Promise<boolean>;
  readonly rulesChanged: (uri: string) => void;
  readonly fileProgressed: (progress: FileProgress) => void;
}

/** Starts a server of the extension and answers what it asks. Rejects when the server does not start. */
export type Connect = (context: vscode.ExtensionContext, host: ClientHost) => Promise<Connection>;

/** A client whose server is not started yet: a process, or a worker. */
export type MakeClient = (id: string, name: string, options: LanguageClientOptions) => BaseLanguageClient;

/** Starts the server of a client and answers what it asks. The log begins with `versions`. Rejects when the server does not start. */
export async function connectBy(
  makeClient: MakeClient,
  host: ClientHost,
  versions: string,
): Promise<Connection> {
  const client = makeClient('kubeProxy', 'kube-proxy Explorer', {
    documentSelector: rulesLanguages.map((language) => ({ language })),
    diagnosticPullOptions: { onChange: true },
    markdown: { isTrusted: { enabledCommands: linkableCommands }, supportHtml: false },
    revealOutputChannelOn: RevealOutputChannelOn.Never,
  });
  client.info(versions);
  /** What changed of rules changed of their copies. */
  const tell = (method: string, uri: string): void => {
    for (const each of [uri, ...host.copies.of(uri).map(String)]) {
      const notification: UriNotification = { uri: each };
      void client.sendNotification(method, notification);
    }
  };
  const siblings = new Siblings((uri) => tell(siblingsChanged, uri), host);
  client.onRequest(siblingsRequest.method, async ({ uri, names }: SiblingsParams) => {
    const rules = vscode.Uri.parse(uri, true);
    const origin = host.copies.originOf(rules);
    const { files, unreadable } = await (origin === null
      ? siblings.read(rules, names)
      : siblings.read(
          origin,
          names.filter((name) => name !== fileName(origin)),
        ));
    for (const reason of unreadable) client.warn(reason);
    return { files };
  });
  const facts = new FactTexts(host.facts, (uri) => tell(factsChanged, uri));
  client.onRequest(factTextsRequest.method, ({ uri, names }: FactTextsParams) => {
    const rules = vscode.Uri.parse(uri, true);
    return facts.read(host.copies.originOf(rules) ?? rules, names);
  });
  client.onRequest<boolean, unknown>(openHeldRequest.method, ({ uri }: UriNotification) =>
    host.openHeld(vscode.Uri.parse(uri, true)),
  );
  client.onNotification(documentChanged, ({ uri }: UriNotification) => host.rulesChanged(uri));
  client.onNotification(fileProgress, (progress: FileProgress) => host.fileProgressed(progress));
  await client.start();
  return {
    // A token that is not there would count as a second parameter, and the server take it for its own token.
    request: (method, params, token) =>
      token === undefined ? client.sendRequest(method, params) : client.sendRequest(method, params, token),
    notify: (method, params) => void client.sendNotification(method, params),
    showLog: () => client.outputChannel.show(true),
    stop: async () => {
      siblings.dispose();
      facts.dispose();
      await client.dispose();
    },
  };
}
