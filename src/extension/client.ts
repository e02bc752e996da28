/** The language client. Loaded on first use only (see rulesServer.ts): it is the largest part of the extension. */
import * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, TransportKind } from 'vscode-languageclient/node';
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
import { Siblings, type LiveSiblings } from './documents/siblings.ts';
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
  /** Opens a document whose text is here; false where it is not. */
  readonly openHeld: (uri: vscode.Uri) => Promise<boolean>;
  readonly rulesChanged: (uri: string) => void;
  readonly fileProgressed: (progress: FileProgress) => void;
}

/** Starts the server process and answers what it asks. Rejects when the process does not start. */
export async function connect(context: vscode.ExtensionContext, host: ClientHost): Promise<Connection> {
  const module = context.asAbsolutePath('dist/server.js');
  // Node's own channel between processes would hold this one up several times longer for a dump of 20 MB.
  const program = { module, transport: TransportKind.stdio };
  const client = new LanguageClient('kubeProxy', 'kube-proxy Explorer', program, {
    documentSelector: [{ language: 'iptables' }],
    diagnosticPullOptions: { onChange: true },
    markdown: { isTrusted: { enabledCommands: linkableCommands }, supportHtml: false },
    revealOutputChannelOn: RevealOutputChannelOn.Never,
  });
  const siblings = new Siblings((uri) => {
    const notification: UriNotification = { uri };
    void client.sendNotification(siblingsChanged, notification);
  }, host);
  client.onRequest(siblingsRequest.method, async ({ uri, names }: SiblingsParams) => {
    const { files, unreadable } = await siblings.read(vscode.Uri.parse(uri, true), names);
    for (const reason of unreadable) client.warn(reason);
    return { files };
  });
  const facts = new FactTexts(host.facts, (uri) => {
    const notification: UriNotification = { uri };
    void client.sendNotification(factsChanged, notification);
  });
  client.onRequest(factTextsRequest.method, ({ uri, names }: FactTextsParams) =>
    facts.read(vscode.Uri.parse(uri, true), names),
  );
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
