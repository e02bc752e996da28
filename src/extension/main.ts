/**
 * The extension's entry. Activation registers what VS Code may ask for and loads nothing more: the language client and
 * the server start with the first dump that is opened, or the first question about one.
 */
import * as vscode from 'vscode';
import { ClusterHost } from './clusters/clusterHost.ts';
import { ClusterLog } from './clusters/clusterLog.ts';
import { DebugPodQuestion } from './clusters/debugPodQuestion.ts';
import { kubeconfigFiles } from './clusters/kubeconfigFiles.ts';
import { KubernetesExtension } from './clusters/kubernetesExtension.ts';
import { LiveObjects } from './clusters/liveObjects.ts';
import { removeLeftovers } from './clusters/leftovers.ts';
import { LiveRefresh } from './clusters/liveRefresh.ts';
import { loadCluster } from './clusters/loadCluster.ts';
import { NodeDocuments } from './clusters/nodeDocuments.ts';
import { registerClusterCommands } from './commands/clusterCommands.ts';
import { registerCommands } from './commands/registerCommands.ts';
import { RecentTraces } from './commands/recentTraces.ts';
import { TracePacket } from './commands/tracePacket.ts';
import { registerFactCommands } from './commands/factCommands.ts';
import { CounterMarks } from './documents/counterMarks.ts';
import { CurrentRules } from './documents/currentRules.ts';
import { registerLiveCommands, type LiveTargets } from './commands/liveCommands.ts';
import { ObjectFiles, objectScheme } from './documents/objectFiles.ts';
import { LiveFiles } from './documents/liveFiles.ts';
import { LiveLens } from './documents/liveLens.ts';
import { LiveStatus } from './documents/liveStatus.ts';
import { HeldTexts, heldScheme } from './documents/heldTexts.ts';
import { documentName, isRules } from './documents/rulesDocument.ts';
import { RulesFiles } from './documents/rulesFiles.ts';
import { SampleFiles, sampleScheme } from './documents/sampleFiles.ts';
import { TooLargeRules } from './documents/tooLarge.ts';
import { type FactTargets, takeIn } from './facts/addFacts.ts';
import { compareRecording } from './facts/compareRecording.ts';
import { DropFacts } from './facts/dropFacts.ts';
import { GivenFacts } from './facts/givenFacts.ts';
import { ComparePanels } from './panels/compare/comparePanels.ts';
import type { DiagnoseTargets } from './panels/diagnose/diagnosePanel.ts';
import { DiagnosePanels } from './panels/diagnose/diagnosePanels.ts';
import { RuleHighlight } from './panels/shared/ruleHighlight.ts';
import { PanelNodes } from './panels/trace/panelNodes.ts';
import { TracePanels } from './panels/trace/tracePanels.ts';
import { reportFailure } from './reportFailure.ts';
import { RulesServer } from './rulesServer.ts';
import { RulesStatus } from './statusItem.ts';
import { excerptScheme } from '../protocol/excerptUri.ts';
import { liveScheme } from '../protocol/liveUri.ts';
import { ClustersView } from './views/clustersView.ts';
import { RulesView } from './views/rulesView.ts';

/** What the tests inside of VS Code look at. */
export interface ExtensionApi {
  readonly server: RulesServer;
  readonly view: RulesView;
  readonly clusters: ClusterHost;
  readonly clustersView: ClustersView;
  readonly liveFiles: LiveFiles;
  readonly drop: DropFacts;
}

/**
 * Called by VS Code once, with the first thing that the manifest's activation events name. What it registers goes
 * with the window.
 */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const samples = vscode.Uri.joinPath(context.extensionUri, 'media', 'samples');
  const liveFiles = new LiveFiles();
  const nodes = new PanelNodes(liveFiles);
  const given = new GivenFacts(context.workspaceState);
  const held = new HeldTexts();
  const server = new RulesServer(context, {
    live: liveFiles,
    facts: given,
    openHeld: (uri) => nodes.openHeld(uri),
  });
  const current = new CurrentRules((uri) => server.holds(uri));
  const rulesFiles = new RulesFiles(server);
  const highlight = new RuleHighlight();
  const panels = new TracePanels(context.extensionUri, { server, highlight, nodes });
  const diagnosePanels = openDiagnosePanels(context, { server, highlight, live: nodes }, panels);
  const comparePanels = new ComparePanels(context.extensionUri, { server, highlight, held });
  const status = new RulesStatus(server);
  const recent = new RecentTraces(context.workspaceState);
  const trace = new TracePacket(server, current, panels, recent);
  const compare = (rules: vscode.Uri, recording: vscode.Uri): Promise<void> =>
    compareRecording({ server, panels }, rules, recording);
  const facts: FactTargets = { server, current, given, held, compare };
  const drop = new DropFacts(held, (uris) => takeIn(facts, null, uris));
  const view = new RulesView(server, current, context.workspaceState, drop);
  const options = { isCaseSensitive: true, isReadonly: true };
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider(sampleScheme, new SampleFiles(samples), options),
    vscode.workspace.registerFileSystemProvider(excerptScheme, rulesFiles, options),
    rulesFiles,
    new TooLargeRules(server),
    vscode.workspace.registerFileSystemProvider(heldScheme, held, options),
    ...registerCommands({ server, current, view, trace, diagnosePanels, comparePanels }),
    ...registerFactCommands({ ...facts, panels, view }),
    given,
    vscode.workspace.registerFileSystemProvider(liveScheme, liveFiles, options),
    startWithFirstRules(server, status),
    new CounterMarks(server),
    view,
    panels,
    diagnosePanels,
    comparePanels,
    highlight,
    status,
    current,
    server,
  );
  const clusters = startClusters(context, {
    server,
    files: liveFiles,
    current,
    rules: view,
    panels,
    diagnosePanels,
    nodes,
    recent,
  });
  void current.follow();
  return { server, view, liveFiles, drop, ...clusters };
}

/** A way leads to the trace panel of the same rules, in the column where it was asked for. */
function openDiagnosePanels(
  { extensionUri }: vscode.ExtensionContext,
  parts: Omit<DiagnoseTargets, 'trace'>,
  panels: TracePanels,
): DiagnosePanels {
  const trace: DiagnoseTargets['trace'] = (uri, form, column) => {
    const name = documentName(vscode.Uri.parse(uri, true));
    panels.open({ uri, name, form, decisions: [], run: true }, column);
  };
  return new DiagnosePanels(extensionUri, { ...parts, trace });
}

/** What clusters need. Nothing of it reads a kubeconfig or loads dist/cluster.js before the view is shown or a command run. */
function startClusters(
  { subscriptions }: vscode.ExtensionContext,
  parts: Pick<LiveTargets, 'server' | 'current' | 'rules' | 'panels' | 'diagnosePanels' | 'recent'> & {
    readonly files: LiveFiles;
    readonly nodes: PanelNodes;
  },
): Pick<ExtensionApi, 'clusters' | 'clustersView'> {
  const { server, files } = parts;
  const log = new ClusterLog();
  const neighbour = new KubernetesExtension();
  const debugPod = new DebugPodQuestion();
  const host = new ClusterHost({
    load: loadCluster,
    log,
    confirmDebugPod: (context, node, manifest, signal) => debugPod.ask(context, { node, manifest, signal }),
    kubeconfig: () => kubeconfigFiles(neighbour),
  });
  const documents = new NodeDocuments(host, files);
  parts.nodes.use({ host, documents });
  const view = new ClustersView(host);
  const objects = new ObjectFiles(host);
  const options = { isCaseSensitive: true, isReadonly: true };
  subscriptions.push(
    log,
    neighbour,
    debugPod,
    new LiveLens(files),
    new LiveStatus(files),
    new LiveObjects(host, server),
    new LiveRefresh(host),
    host.onDidOpen((opened) => void removeLeftovers(opened, log)),
    vscode.workspace.registerFileSystemProvider(objectScheme, objects, options),
    objects,
    view,
    host,
    host.onDidCollect((collected) => files.update(collected)),
    neighbour.onDidChange(() => host.reload()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => host.reload()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('kubeProxy.clusters.kubeconfig')) host.reload();
    }),
    ...registerClusterCommands({ host, documents, view, log, current: parts.current }),
    ...registerLiveCommands({ ...parts, host, documents, objects, neighbour }),
  );
  return { clusters: host, clustersView: view };
}

/** Starts the server when a dump is open, now or later. */
function startWithFirstRules(server: RulesServer, status: RulesStatus): vscode.Disposable {
  const start = (): void => {
    if (server.started) return;
    server.start().then(() => status.update(), reportFailure);
  };
  if (vscode.workspace.textDocuments.some(isRules)) start();
  return vscode.workspace.onDidOpenTextDocument((document) => {
    if (isRules(document)) start();
  });
}
