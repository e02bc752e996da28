/**
 * What the extension is everywhere. Activation registers what VS Code may ask for and loads nothing more: the language
 * client and the server start with the first dump that is opened, or the first question about one.
 */
import * as vscode from 'vscode';
import { registerCommands } from './commands/registerCommands.ts';
import { RecentTraces } from './commands/recentTraces.ts';
import { TracePacket } from './commands/tracePacket.ts';
import { registerFactCommands } from './commands/factCommands.ts';
import { CounterMarks } from './documents/counterMarks.ts';
import { CurrentRules } from './documents/currentRules.ts';
import { LiveFiles } from './documents/liveFiles.ts';
import { HeldTexts, heldScheme } from './documents/heldTexts.ts';
import { GuidedTraces } from './lessons/guidedTraces.ts';
import { openQuestionOfFolder } from './lessons/questionOfFolder.ts';
import { documentName, isRules } from './documents/rulesDocument.ts';
import { RulesFiles } from './documents/rulesFiles.ts';
import { SampleFiles, sampleScheme } from './documents/sampleFiles.ts';
import { WhatIfCopies } from './documents/whatIfCopies.ts';
import { type FactTargets, takeIn } from './facts/addFacts.ts';
import { compareRecording } from './facts/compareRecording.ts';
import { DropFacts } from './facts/dropFacts.ts';
import { GivenFacts } from './facts/givenFacts.ts';
import { ComparePanels } from './panels/compare/comparePanels.ts';
import { DiagnosePanels } from './panels/diagnose/diagnosePanels.ts';
import type { OpenTrace } from './panels/shared/openTrace.ts';
import { RuleHighlight } from './panels/shared/ruleHighlight.ts';
import { PanelNodes } from './panels/trace/panelNodes.ts';
import { TracePanels } from './panels/trace/tracePanels.ts';
import { registerLanguageModelTools } from './languageModelTools.ts';
import { reportFailure } from './reportFailure.ts';
import type { Connect } from './client.ts';
import { RulesServer } from './rulesServer.ts';
import { RulesStatus } from './statusItem.ts';
import { excerptScheme } from '../protocol/excerptUri.ts';
import { liveScheme } from '../protocol/liveUri.ts';
import { FlowTests } from './tests/flowTests.ts';
import { LessonsView } from './views/lessonsView.ts';
import { RulesView } from './views/rulesView.ts';

/** What the tests inside of VS Code look at. */
export interface SharedApi {
  readonly server: RulesServer;
  readonly view: RulesView;
  readonly liveFiles: LiveFiles;
  readonly drop: DropFacts;
  readonly tests: FlowTests;
}

/** What is there when the platform's own part starts. */
export interface Parts {
  readonly server: RulesServer;
  readonly current: CurrentRules;
  readonly rules: RulesView;
  readonly files: LiveFiles;
  readonly nodes: PanelNodes;
  readonly panels: TracePanels;
  readonly diagnosePanels: DiagnosePanels;
  readonly recent: RecentTraces;
  readonly trace: TracePacket;
}

/** What differs between an extension host of Node and that of a browser alone. */
export interface Platform<Api extends object> {
  /** Starts the language server: a process here, a worker there. */
  readonly connect: Connect;
  /** Registers what only this platform has, or a word in its place. */
  readonly start: (context: vscode.ExtensionContext, parts: Parts) => Api;
}

/** Once for a window, with the first thing that the manifest's activation events name. What it registers goes with the window. */
export function activateOn<Api extends object>(
  platform: Platform<Api>,
  context: vscode.ExtensionContext,
): SharedApi & Api {
  const samples = vscode.Uri.joinPath(context.extensionUri, 'media', 'samples');
  const liveFiles = new LiveFiles();
  const nodes = new PanelNodes(liveFiles);
  const given = new GivenFacts(context.workspaceState);
  const held = new HeldTexts();
  const copies = new WhatIfCopies(context.workspaceState);
  const server = new RulesServer((host) => platform.connect(context, host), {
    live: liveFiles,
    facts: given,
    copies,
    openHeld: (uri) => nodes.openHeld(uri),
  });
  const current = new CurrentRules((uri) => server.holds(uri));
  const rulesFiles = new RulesFiles(server);
  const highlight = new RuleHighlight();
  const panels = new TracePanels(context.extensionUri, { server, highlight, nodes });
  const shared = { server, highlight, trace: openingTraces(panels) };
  const diagnosePanels = new DiagnosePanels(context.extensionUri, { ...shared, live: nodes });
  const comparePanels = new ComparePanels(context.extensionUri, { ...shared, held });
  const guided = startLessons(context, panels);
  const status = new RulesStatus(server);
  const recent = new RecentTraces(context.workspaceState);
  const compare = (rules: vscode.Uri, recording: vscode.Uri): Promise<void> =>
    compareRecording({ server, panels }, rules, recording);
  const facts: FactTargets = { server, current, given, held, compare };
  const drop = new DropFacts(held, (uris) => takeIn(facts, null, uris));
  const tests = new FlowTests({ server, panels, copies }, context.workspaceState);
  const trace = new TracePacket(server, current, panels, { recent, saved: tests.saved });
  const view = new RulesView(server, current, context.workspaceState, drop);
  const options = { isCaseSensitive: true, isReadonly: true };
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider(sampleScheme, new SampleFiles(samples), options),
    vscode.workspace.registerFileSystemProvider(excerptScheme, rulesFiles, options),
    rulesFiles,
    vscode.workspace.registerFileSystemProvider(heldScheme, held, options),
    ...registerCommands({
      server,
      current,
      view,
      trace,
      tracePanels: panels,
      diagnosePanels,
      comparePanels,
      copies,
      guided,
    }),
    ...registerFactCommands({ ...facts, panels, view }),
    given,
    vscode.workspace.registerFileSystemProvider(liveScheme, liveFiles, options),
    startWithFirstRules(server, status),
    new CounterMarks(server),
    tests,
    ...registerLanguageModelTools(context, server, current),
    view,
    panels,
    diagnosePanels,
    comparePanels,
    highlight,
    status,
    current,
    server,
  );
  const api = platform.start(context, {
    server,
    current,
    rules: view,
    files: liveFiles,
    nodes,
    panels,
    diagnosePanels,
    recent,
    trace,
  });
  void current.follow();
  return { server, view, liveFiles, drop, tests, ...api };
}

/** Questions and lessons, and the one that a folder opens with. */
function startLessons(
  { subscriptions, globalState, workspaceState }: vscode.ExtensionContext,
  panels: TracePanels,
): GuidedTraces {
  const guided = new GuidedTraces({ panels, memento: globalState });
  subscriptions.push(guided, new LessonsView(guided));
  openQuestionOfFolder(guided, workspaceState).catch(reportFailure);
  return guided;
}

/** A way leads to the trace panel of the same rules. */
function openingTraces(panels: TracePanels): OpenTrace {
  return (uri, form, column) => {
    const name = documentName(vscode.Uri.parse(uri, true));
    panels.open({ uri, name, form, decisions: [], run: true }, column);
  };
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
