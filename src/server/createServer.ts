/** The language server without its transport: everything that it answers, given a connection. */
import {
  type Connection,
  ErrorCodes,
  type InitializeResult,
  ResponseError,
  TextDocuments,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { createIptablesLanguageService } from '../language/languageService.ts';
import { withIpvs } from '../language/ipvs/languageService.ts';
import { withNftables } from '../language/nftables/languageService.ts';
import { snapshotFileNames } from '../kernel/snapshot.ts';
import {
  documentChanged,
  liveObjectsChanged,
  openHeldRequest,
  siblingsChanged,
  siblingsRequest,
} from '../protocol/requests.ts';
import { BesideText } from './besideText.ts';
import { factsChanged, factTextsRequest } from '../protocol/facts.ts';
import { Facts, readFactTexts } from './facts.ts';
import { handleFacts } from './handlers/facts.ts';
import { handleChoices } from './handlers/choices.ts';
import { CompletionKnowledge } from './completionKnowledge.ts';
import { handleCounters } from './handlers/counters.ts';
import { handleCluster } from './handlers/cluster.ts';
import { handleCompletion } from './handlers/completion.ts';
import { handleCompare } from './handlers/compare.ts';
import { handleDiagnose } from './handlers/diagnose.ts';
import { handleFlowTests } from './handlers/flowTests.ts';
import { handleWitness } from './handlers/witness.ts';
import { EditClock } from './editClock.ts';
import { DocumentProblems, isLarge } from './documentProblems.ts';
import { handleEditing } from './handlers/editing.ts';
import { handleGlance } from './handlers/glance.ts';
import { handleHeldFiles } from './handlers/heldFiles.ts';
import { handleHints } from './handlers/hints.ts';
import { handleLanguageFeatures, languageCapabilities } from './handlers/languageFeatures.ts';
import { handleSemanticTokens } from './handlers/semanticTokens.ts';
import { handleServicePlace } from './handlers/servicePlace.ts';
import { handleSymbols } from './handlers/symbols.ts';
import { handlePasted } from './handlers/pasted.ts';
import { ShownDiagnostics } from './handlers/shownDiagnostics.ts';
import { handleRecording } from './handlers/recording.ts';
import { handleStatus } from './handlers/status.ts';
import { handleTools } from './handlers/tools.ts';
import { handleTrace } from './handlers/trace.ts';
import { handleTraceOnNodes } from './handlers/traceOnNodes.ts';
import { handleTree } from './handlers/tree.ts';
import { handleTreePath } from './handlers/treePath.ts';
import type { OtherNodes } from './journeys.ts';
import { handleSavedRules } from './handlers/savedRules.ts';
import { isExcerptUri } from './excerptUris.ts';
import { collectSoon, type Machine } from './heldFiles.ts';
import { HeldProblems } from './heldProblems.ts';
import type { EditorCommands } from './links.ts';
import { liveAddressOf } from './liveAddress.ts';
import { handleLifecycle } from './lifecycle.ts';
import { LiveObjects } from './liveObjects.ts';
import { readLiveObjects } from './liveParams.ts';
import { readUri } from './params.ts';
import { followSettings, SettingsOf } from './settings.ts';
import { folderOf, readSiblings, SiblingFiles, type Siblings } from './siblings.ts';
import { rulesDocuments } from './textSync.ts';
import { Workspace } from './workspace.ts';

/** Registers every handler and starts to listen. `commands`: what the editor at the other end can run. */
export function createServer(connection: Connection, machine: Machine, commands: EditorCommands): void {
  const siblings = new SiblingFiles((uri) => siblingsOf(connection, uri, machine));
  const facts = new Facts(async (uri) =>
    readFactTexts(await connection.sendRequest(factTextsRequest.method, { uri, names: snapshotFileNames })),
  );
  const clock = new EditClock((uri, byEdit) => {
    void connection.sendNotification(documentChanged, { uri });
    problemsChanged(uri, byEdit);
    if (!byEdit) besideText.askAgain();
  });
  const live = new LiveObjects((context) => {
    for (const { uri } of workspace.documents) {
      if (liveAddressOf(uri)?.context === context) clock.tell(uri);
    }
  });
  const workspace = new Workspace(siblings, facts, live);
  const others: OtherNodes = {
    openHeld: async (uri) => (await connection.sendRequest(openHeldRequest.method, { uri })) === true,
  };
  const service = withIpvs(withNftables(createIptablesLanguageService(commands)));
  const settings = new SettingsOf();
  const problems = new DocumentProblems(workspace, service, settings);
  const diagnostics = new ShownDiagnostics(connection, problems, clock);
  const heldProblems = new HeldProblems(connection, problems);
  const problemsChanged = (uri: string, byEdit: boolean): void => {
    if (workspace.document(uri) === workspace.held(uri)) void heldProblems.publish(uri);
    else diagnostics.changed(uri, byEdit);
  };

  const knowledge = new CompletionKnowledge(workspace);
  const besideText = new BesideText(connection);
  const client = {
    snippets: false,
    settings: false,
    versionedEdits: false,
    diagnose: commands.diagnose,
  };

  connection.onInitialize(({ capabilities }): InitializeResult => {
    client.settings = capabilities.workspace?.configuration === true;
    client.snippets = capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    client.versionedEdits = capabilities.workspace?.workspaceEdit?.documentChanges === true;
    besideText.initialize(capabilities);
    return {
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        ...languageCapabilities,
        ...diagnostics.initialize(capabilities),
      },
      serverInfo: { name: 'kube-proxy Explorer' },
    };
  });
  connection.onNotification(liveObjectsChanged, (params: unknown) => live.apply(readLiveObjects(params)));
  followFiles(connection, workspace, { siblings, facts, clock });
  followSettings(connection, settings, client, () => {
    for (const { uri } of workspace.documents) problemsChanged(uri, false);
    besideText.askAgain();
  });
  handleLifecycle(connection);
  const tokens = handleSemanticTokens(connection, workspace, service);
  handleDocuments(connection, workspace, machine, clock, [diagnostics, knowledge, tokens, facts]);
  handleLanguageFeatures(connection, workspace, service);
  handleEditing(connection, workspace, service, settings, client);
  handleSymbols(connection, workspace, service);
  handleHints(connection, workspace, service, settings);
  handleCompletion(connection, workspace, service, knowledge, client);
  handleTree(connection, problems);
  handleGlance(connection, problems);
  handleViews(connection, workspace, others);
  handleTools(connection, workspace, service);
  handleCluster(connection, (context) => live.latest(context)?.objects ?? null);
  handleHeldFiles(connection, workspace, machine, (uri) => {
    siblings.forget(uri);
    for (const holder of [heldProblems, knowledge, facts]) holder.forget(uri);
    clock.tell(uri);
  });
  connection.listen();
}

/** The client reads them, which knows every file system; an editor that has no such request leaves it to this machine. */
async function siblingsOf(connection: Connection, uri: string, machine: Machine): Promise<Siblings> {
  try {
    return readSiblings(
      await connection.sendRequest(siblingsRequest.method, { uri, names: snapshotFileNames }),
    );
  } catch (error) {
    const isUnknown = error instanceof ResponseError && error.code === ErrorCodes.MethodNotFound;
    return isUnknown ? machine.siblingsOnDisk(uri) : new Map();
  }
}

/** What the extension's own views, panels and marks ask. */
function handleViews(connection: Connection, workspace: Workspace, others: OtherNodes): void {
  handleTreePath(connection, workspace);
  handleServicePlace(connection, workspace);
  handleChoices(connection, workspace);
  handleTrace(connection, workspace, others);
  handleTraceOnNodes(connection, workspace, others);
  handleDiagnose(connection, workspace);
  handleCompare(connection, workspace);
  handleFlowTests(connection, workspace);
  handleWitness(connection, workspace);
  handleStatus(connection, workspace);
  handleSavedRules(connection, workspace);
  handlePasted(connection);
  handleFacts(connection, workspace);
  handleRecording(connection, workspace);
  handleCounters(connection, workspace);
}

/** Files beside the rules, and facts that were given, change at a pace of their own. */
function followFiles(
  connection: Connection,
  workspace: Workspace,
  {
    siblings,
    facts,
    clock,
  }: { readonly siblings: SiblingFiles; readonly facts: Facts; readonly clock: EditClock },
): void {
  connection.onNotification(siblingsChanged, (params: unknown) => {
    const { uri } = readUri(params);
    siblings.forget(uri);
    for (const document of workspace.documents) {
      if (folderOf(document.uri) === folderOf(uri)) clock.tell(document.uri);
    }
  });
  connection.onNotification(factsChanged, (params: unknown) => {
    const { uri } = readUri(params);
    facts.changed(uri);
    if (workspace.document(uri) !== null) clock.tell(uri);
  });
}

/** Keeps the workspace's documents as the editor has them. */
function handleDocuments(
  connection: Connection,
  workspace: Workspace,
  machine: Machine,
  clock: EditClock,
  holders: readonly { forget(uri: string): void }[],
): void {
  const documents = new TextDocuments(rulesDocuments);
  documents.onDidChangeContent(({ document }) => {
    // An excerpt's text is of the file that is held.
    if (isExcerptUri(document.uri)) return;
    workspace.put(document);
    clock.edited(document.uri);
  });
  documents.onDidClose(({ document }) => {
    if (isExcerptUri(document.uri)) return;
    workspace.close(document.uri);
    for (const holder of [clock, ...holders]) holder.forget(document.uri);
    if (isLarge(document)) collectSoon(machine);
  });
  documents.listen(connection);
}
