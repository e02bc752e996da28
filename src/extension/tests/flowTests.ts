/** Flows as tests: files of packets with what is expected of each, in VS Code's Testing view and in their editors. */
import * as vscode from 'vscode';
import type { SavedFlow } from '../commands/flowPicks.ts';
import { type JudgedLine, judgeFlowsRequest } from '../../protocol/flowTests.ts';
import { command } from '../commands/command.ts';
import { documentName } from '../documents/rulesDocument.ts';
import type { WhatIfCopies } from '../documents/whatIfCopies.ts';
import type { TracePanels } from '../panels/trace/tracePanels.ts';
import { visibleAtLength } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import { expectThis } from './expectThis.ts';
import { FlowItems } from './flowItems.ts';
import { FlowLenses } from './flowLenses.ts';
import { FlowProblems } from './flowProblems.ts';
import { registerFlowHelp } from './flowHelp.ts';
import { runFlows } from './flowRun.ts';
import { FollowedFlows } from './followedFlows.ts';
import { saveAsTest, type TraceToSave } from './saveAsTest.ts';
import { RulesOfFlows } from './rulesOfFlows.ts';
import { savedFlows } from './savedFlows.ts';

/** A test of a menu: of a row, or of a message about it. */
type TestArgument = vscode.TestItem | { readonly test: vscode.TestItem };

/** The rules of a file, or the copy of them that the user edits. */
type Through = 'rules' | 'whatIf';

/** What tests ask, and what they open. */
interface FlowTestTargets {
  readonly server: RulesServer;
  readonly panels: TracePanels;
  readonly copies: WhatIfCopies;
}

/** The controller, its runs and its commands. Files are looked for when the Testing view is first shown. */
export class FlowTests implements vscode.Disposable {
  readonly #server: RulesServer;
  readonly #panels: TracePanels;
  readonly #copies: WhatIfCopies;
  readonly #controller = vscode.tests.createTestController(
    'kubeProxy.flows',
    vscode.l10n.t('kube-proxy: flows and what is expected'),
  );
  readonly items = new FlowItems(this.#controller);
  readonly rules: RulesOfFlows;
  readonly #followed: FollowedFlows;
  readonly #subscriptions: vscode.Disposable;

  /** Packets that are tests of these rules, for the quick pick of a trace. */
  readonly saved = (rules: vscode.Uri): Promise<readonly SavedFlow[]> =>
    savedFlows(this.#server, this.rules, rules);

  constructor({ server, panels, copies }: FlowTestTargets, memory: vscode.Memento) {
    this.#server = server;
    this.#panels = panels;
    this.#copies = copies;
    this.rules = new RulesOfFlows(memory);
    this.#followed = new FollowedFlows({ server, copies, items: this.items, rules: this.rules });
    const through = (which: Through) => (request: vscode.TestRunRequest, token: vscode.CancellationToken) =>
      request.continuous === true ? this.follow(request, token, which) : this.run(request, token, which);
    const { Run } = vscode.TestRunProfileKind;
    this.#subscriptions = vscode.Disposable.from(
      this.#controller.createRunProfile(vscode.l10n.t('Trace'), Run, through('rules'), true, undefined, true),
      this.#controller.createRunProfile(
        vscode.l10n.t('Trace Through What If'),
        Run,
        through('whatIf'),
        false,
        undefined,
        true,
      ),
      this.#controller,
      this.items,
      this.rules,
      this.#followed,
      this.#followed.onDidChange((file) => this.#controller.invalidateTestResults(file)),
      new FlowLenses(this.rules, this.items),
      new FlowProblems(server, this.rules),
      registerFlowHelp(server, this.rules),
      command('kubeProxy.tests.run', (uri: string, line: number) => this.#runLine(uri, line)),
      command('kubeProxy.tests.runAll', (uri: string) => this.#runFile(uri)),
      command('kubeProxy.tests.trace', (argument: TestArgument | string, line?: number) =>
        this.#trace(argument, line),
      ),
      command('kubeProxy.tests.saveTrace', (trace?: TraceToSave) => this.#save(trace)),
      command('kubeProxy.tests.expect', (uri: string, line: number, ends: string) =>
        expectThis(uri, line, ends),
      ),
      command('kubeProxy.tests.chooseRules', (argument?: vscode.Uri | string) => this.#choose(argument)),
    );
  }

  /** Runs the tests of a request; of all files where it names none. Asks for rules where a file has none. */
  async run(
    request: vscode.TestRunRequest,
    token: vscode.CancellationToken,
    through: Through = 'rules',
  ): Promise<void> {
    const run = this.#controller.createTestRun(request);
    try {
      if (request.include === undefined) await this.items.discover();
      const rows = request.include ?? this.items.files;
      for (const [file, tests] of await this.items.byFile(rows, request.exclude ?? [])) {
        if (token.isCancellationRequested) break;
        for (const { item } of tests) run.enqueued(item);
        const { uri } = file;
        if (uri === undefined) continue;
        const rules = await this.#rulesFor(uri, request.continuous === true, through);
        if (rules === null) {
          for (const { item } of tests) run.errored(item, new vscode.TestMessage(noRules(through)));
          continue;
        }
        this.#followed.watch(rules);
        const came = await runFlows(this.#server, rules, tests, run, token);
        if (through === 'rules') this.items.keep(uri, came);
      }
    } finally {
      run.end();
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  /** Runs once, and again with every change, until the user has enough of it. */
  async follow(
    request: vscode.TestRunRequest,
    token: vscode.CancellationToken,
    through: Through = 'rules',
  ): Promise<void> {
    const again = this.#followed.onDidChange((file) => {
      const rows = request.include ?? [file];
      if (rows.some((row) => row === file || row.parent === file)) void this.run(request, token, through);
    });
    token.onCancellationRequested(() => again.dispose());
    await this.run(request, token, through);
  }

  /** A run that repeats itself asks nobody. */
  async #rulesFor(flows: vscode.Uri, repeats: boolean, through: Through): Promise<vscode.Uri | null> {
    const rules = repeats ? await this.rules.of(flows) : await this.rules.ask(flows);
    if (through === 'rules' || rules === null) return rules;
    return this.#copies.of(rules.toString())[0] ?? null;
  }

  async #runLine(uri: string, line: number): Promise<void> {
    const test = await this.#testAt(uri, line);
    if (test !== null) await this.#runNow([test.item]);
  }

  async #runFile(uri: string): Promise<void> {
    await this.#runNow([await this.items.ofFile(vscode.Uri.parse(uri, true))]);
  }

  async #runNow(include: readonly vscode.TestItem[]): Promise<void> {
    const source = new vscode.CancellationTokenSource();
    await this.run(new vscode.TestRunRequest(include), source.token);
    source.dispose();
  }

  async #testAt(uri: string, line: number): Promise<ReturnType<FlowItems['at']>> {
    const file = vscode.Uri.parse(uri, true);
    await this.items.ofFile(file);
    return this.items.at(file, line);
  }

  /** Opens the panel on the packet of a test, or says why it has no place there. */
  async #trace(argument: TestArgument | string, line = 0): Promise<void> {
    const test = typeof argument === 'string' ? await this.#testAt(argument, line) : this.#testOf(argument);
    const file = test?.item.uri;
    if (test === null || test === undefined || file === undefined) return;
    const rules = await this.rules.ask(file);
    if (rules === null) return;
    const uri = rules.toString();
    const judged = await this.#server.request(judgeFlowsRequest, { uri, lines: [test.line.text] });
    const [result] = judged.kind === 'judged' ? judged.lines : [];
    if (result !== undefined && result.kind !== 'error' && result.packet !== null) {
      this.#panels.open({ uri, name: documentName(rules), ...result.packet, run: true });
      return;
    }
    const why = judged.kind === 'unavailable' ? judged.message : reasonOf(result);
    void vscode.window.showInformationMessage(visibleAtLength(why));
  }

  #testOf(argument: Exclude<TestArgument, string>): ReturnType<FlowItems['at']> {
    const item = 'test' in argument ? argument.test : argument;
    return this.items.testsOf(item).find((each) => each.item === item) ?? null;
  }

  /** Without a trace that of the panel that the user works with. */
  async #save(given?: TraceToSave): Promise<void> {
    const isTrace = given !== undefined && 'form' in given;
    const trace = isTrace ? given : this.#panels.active;
    const file = trace === null ? null : await saveAsTest(this.#server, this.rules, trace);
    if (file !== null) await this.items.ofFile(file);
  }

  async #choose(argument: vscode.Uri | string | undefined): Promise<void> {
    const given = typeof argument === 'string' ? vscode.Uri.parse(argument, true) : argument;
    const flows = given ?? vscode.window.activeTextEditor?.document.uri;
    if (flows !== undefined) await this.rules.choose(flows);
  }
}

function reasonOf(result: JudgedLine | undefined): string {
  if (result === undefined) return '';
  return result.kind === 'error' ? result.message : result.unshown;
}

function noRules(through: Through): string {
  return through === 'rules'
    ? vscode.l10n.t('No rules are chosen for this file: use "Choose Rules of These Flows…".')
    : vscode.l10n.t('No copy of its rules is open: use "What If…" in them.');
}
