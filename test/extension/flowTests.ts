import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { writeFlowRequest } from '../../src/protocol/flowTests.ts';
import { emptyForm } from '../../src/protocol/requests.ts';
import { extension, nextEvent, writeFile } from './support.ts';
import { Suite } from './runner.ts';

export const flowTests = new Suite('flow tests');

const lines = [
  '{"id": "refused", "from": "pod:10.244.1.7", "to": "shop/no-endpoints:http", "expect": "reject"}',
  '{"id": "wrong", "from": "pod:10.244.1.7", "to": "shop/no-endpoints:http", "expect": "forward"}',
  '',
  '{"id": "nobody", "from": "pod:10.244.1.7", "to": "shop/nobody:http", "expect": "forward"}',
  '{"id": "told", "from": {"kind": "pod", "address": "10.244.1.7"}, "to": {"address": "10.96.0.10", "port": 53}, "protocol": "udp"}',
];

let ofFlows: Promise<vscode.Uri> | null = null;

/** Written once: VS Code reads a file that is written again anew, and may find it empty meanwhile. */
async function flows(): Promise<vscode.TextDocument> {
  ofFlows ??= writeFile('refused/flows.jsonl', lines.join('\n'));
  return vscode.workspace.openTextDocument(await ofFlows);
}

function rows(document: vscode.TextDocument) {
  const { items } = extension().exports.tests;
  return lines.flatMap((_, line) => items.at(document.uri, line) ?? []);
}

flowTests.test('a file of flows is known by its name, and each line is a test in its place', async () => {
  const document = await flows();
  assert.equal(document.languageId, 'kube-proxy-flows');
  await extension().activate();
  await extension().exports.tests.items.ofFile(document.uri);
  assert.deepEqual(
    rows(document).map(({ item }) => [item.label, item.range?.start.line]),
    [
      ['refused', 0],
      ['wrong', 1],
      ['nobody', 3],
      ['told', 4],
    ],
  );
});

flowTests.test('lines are judged by the rules beside the file, as the terminal judges them', async () => {
  const document = await flows();
  const { tests } = extension().exports;
  const file = await tests.items.ofFile(document.uri);
  await tests.run(new vscode.TestRunRequest([file]), new vscode.CancellationTokenSource().token);
  const came = rows(document).map(({ item }) => tests.items.judged(item));
  assert.deepEqual(
    came.map((each) => each?.kind),
    ['asExpected', 'otherwise', 'error', 'nothingExpected'],
  );
  assert.match(
    came[1]?.message ?? '',
    /^Expected forward: it ends otherwise \(reject\)\. Rejected: shop\/no-endpoints:http has no endpoints/,
  );
  assert.match(came[2]?.message ?? '', /shop\/nobody/);
});

flowTests.test('a run that is cancelled judges no more', async () => {
  const document = await flows();
  const { tests } = extension().exports;
  const cancelled = new vscode.CancellationTokenSource();
  cancelled.cancel();
  const uri = await writeFile('refused/many.flows.jsonl', `${lines[0]}\n`.repeat(60));
  const file = await tests.items.ofFile(uri);
  await tests.run(new vscode.TestRunRequest([file]), cancelled.token);
  assert.equal(tests.items.testsOf(file).length, 60);
  assert.ok(tests.items.testsOf(file).every(({ item }) => tests.items.judged(item) === null));
  await vscode.workspace.fs.delete(uri);
  assert.notEqual(document.uri.toString(), uri.toString());
});

flowTests.test('lenses run and trace a line, and take what came as expected', async () => {
  const document = await flows();
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    100,
  );
  const titles = lenses.map(({ range, command }) => `${range.start.line} ${command?.title}`);
  for (const title of [
    '0 Rules: refused/iptables-save.txt',
    '0 Run All',
    '0 Run',
    '4 Trace',
    '1 Expect reject',
  ]) {
    assert.ok(titles.includes(title), `${title} of ${titles.join()}`);
  }
  const expect = lenses.find(({ command }) => command?.title === 'Expect reject')?.command;
  assert.ok(expect);
  await vscode.commands.executeCommand(expect.command, ...(expect.arguments ?? []));
  assert.match(document.lineAt(1).text, /"expect": "reject"\}$/);
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('workbench.action.files.revert');
});

function isPanel({ input }: vscode.Tab): boolean {
  return input instanceof vscode.TabInputWebview && input.viewType.endsWith('kubeProxy.trace');
}

flowTests.test('a test opens the trace panel on its packet', async () => {
  const document = await flows();
  const { tests } = extension().exports;
  await tests.items.ofFile(document.uri);
  const [first] = rows(document);
  const opened = nextEvent(vscode.window.tabGroups.onDidChangeTabs, ({ opened: tabs }) => tabs.some(isPanel));
  await vscode.commands.executeCommand('kubeProxy.tests.trace', first?.item);
  await opened;
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
});

flowTests.test('fields, expectations and names are offered, and a hover tells a field', async () => {
  const document = await flows();
  const offered = async (text: string): Promise<readonly string[]> => {
    const at = document.positionAt(document.getText().indexOf(text) + text.length);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      at,
    );
    return list.items.flatMap(({ insertText }) => (typeof insertText === 'string' ? [insertText] : []));
  };
  const ends = await offered('"expect": "');
  assert.ok(ends.includes('"drop"'), `${ends.join()} in ${document.getText()}`);
  const services = await offered('"to": "shop/');
  assert.ok(services.includes('"shop/three:http"'), services.join());
  const fields = await offered('"pod", "');
  assert.ok(
    fields.some((each) => each.startsWith('"port"')),
    fields.join(),
  );
  const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    new vscode.Position(0, lines[0]?.indexOf('expect') ?? 0),
  );
  const told = hover?.contents.map((each) => (typeof each === 'string' ? each : each.value)).join() ?? '';
  assert.match(told.replaceAll('&nbsp;', ' '), /How every outcome has to end/);
});

flowTests.test('a line that makes no sense is a problem at its words', async () => {
  const { uri } = await flows();
  const mine = (): readonly vscode.Diagnostic[] => vscode.languages.getDiagnostics(uri);
  while (mine().length === 0) {
    await nextEvent(vscode.languages.onDidChangeDiagnostics, ({ uris }) =>
      uris.some((each) => each.path === uri.path),
    );
  }
  const [problem] = mine();
  assert.match(problem?.message ?? '', /shop\/nobody/);
  const at = lines[3]?.indexOf('"shop/nobody') ?? 0;
  assert.deepEqual([problem?.range.start.line, problem?.range.start.character], [3, at]);
});

flowTests.test('a trace is saved as a test that expects what came', async () => {
  const rules = await writeFile('saved/iptables-save.txt', ruleset('DROP'));
  const form = { ...emptyForm, from: 'external:203.0.113.9', to: '192.0.2.7:80', protocol: 'tcp' };
  const params = { uri: rules.toString(), form, decisions: [], id: 'not reached' };
  const written = await extension().exports.server.request(writeFlowRequest, params);
  assert.equal(written.kind, 'line');
  if (written.kind !== 'line') return;
  assert.equal(written.ends, 'drop');
  const { tests } = extension().exports;
  const file = await tests.items.ofFile(await writeFile('saved/flows.jsonl', written.text));
  await tests.run(new vscode.TestRunRequest([file]), new vscode.CancellationTokenSource().token);
  const [test] = tests.items.testsOf(file);
  assert.equal(test?.item.label, 'not reached');
  assert.equal(tests.items.judged(test.item)?.kind, 'asExpected');
  const saved = await tests.saved(rules);
  assert.deepEqual(
    saved.map(({ name, form: { from, to } }) => [name, from, to]),
    [['not reached', 'external:203.0.113.9', '192.0.2.7:80']],
  );
});

flowTests.test(
  'what a trace offers of tests is what the form can show whole, of these rules alone',
  async () => {
    const document = await flows();
    const { tests } = extension().exports;
    const rules = vscode.Uri.joinPath(document.uri, '..', 'iptables-save.txt');
    const names = (await tests.saved(rules)).map(({ name }) => name);
    assert.deepEqual(names, ['refused', 'wrong', 'told']);
    const elsewhere = await writeFile('without-tests/iptables-save.txt', ruleset('DROP'));
    assert.deepEqual(await tests.saved(elsewhere), []);
  },
);

flowTests.test('rules that change are judged again where that was asked for', async () => {
  const rules = await writeFile('followed/iptables-save.txt', ruleset('ACCEPT'));
  const flow =
    '{"from": "external:203.0.113.9", "to": "192.0.2.7:80", "protocol": "tcp", "expect": "forward"}';
  const uri = await writeFile('followed/flows.jsonl', flow);
  const { tests } = extension().exports;
  const file = await tests.items.ofFile(uri);
  const [test] = tests.items.testsOf(file);
  assert.ok(test);
  const enough = new vscode.CancellationTokenSource();
  const again = nextEvent(tests.items.onDidJudge, () => tests.items.judged(test.item)?.kind === 'otherwise');
  const document = await vscode.workspace.openTextDocument(rules);
  await tests.follow(new vscode.TestRunRequest([file], undefined, undefined, true), enough.token);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(rules, new vscode.Range(0, 0, document.lineCount, 0), ruleset('DROP'));
  await vscode.workspace.applyEdit(edit);
  await again;
  enough.cancel();
  await document.save();
});

function ruleset(policy: string): string {
  return `*filter\n:INPUT ${policy} [0:0]\n:FORWARD ${policy} [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n`;
}
