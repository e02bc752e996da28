/** What an editor may ask of the rules, asked as VS Code itself asks: each feature once, with the text that it is about. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { servicesRequest } from '../../src/protocol/requests.ts';
import { extension, openDump, positionOf, writeFile } from './support.ts';
import { Suite } from './runner.ts';

export const editorFeatures = new Suite('editor features');

const rules = `*filter
:INPUT   DROP [12:3456]
:FORWARD ACCEPT [0:0]
:web - [0:0]
[900:1] -A INPUT   -p tcp -m tcp --dport 80 -j web
[0:0] -A web -m set --match-set allowed src -j ACCEPT
-A web -j RETURN
-A INPUT${' '}
COMMIT
`;

let count = 0;

/** A text of its own, shown; each a new file, since saved ones would be read by others. */
async function shown(text = rules): Promise<vscode.TextEditor> {
  const uri = await writeFile(`features-${++count}/rules.v4`, text);
  return vscode.window.showTextDocument(uri);
}

function ask<Result>(command: string, ...args: unknown[]): Thenable<Result> {
  return vscode.commands.executeCommand<Result>(`vscode.${command}`, ...args);
}

editorFeatures.test('completion offers options, chains and values', async () => {
  const { document } = await shown();
  const labels = async (position: vscode.Position): Promise<readonly string[]> => {
    const list = await ask<vscode.CompletionList>('executeCompletionItemProvider', document.uri, position);
    return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
  };
  const atEnd = await labels(positionOf(document, '-A INPUT \nCOMMIT').translate(0, '-A INPUT '.length));
  for (const each of ['-j', '-m', '!', 'accept established']) assert.ok(atEnd.includes(each), each);
  assert.ok(!atEnd.includes('-A'));
  const afterJump = await labels(positionOf(document, 'RETURN'));
  assert.ok(afterJump.includes('ACCEPT') && !afterJump.includes('web'), 'a chain that would call itself');
});

editorFeatures.test('a rename changes every place of a chain', async () => {
  const { document } = await shown();
  const edit = await ask<vscode.WorkspaceEdit>(
    'executeDocumentRenameProvider',
    document.uri,
    positionOf(document, 'web - '),
    'site',
  );
  assert.equal(edit.get(document.uri).length, 4);
  assert.ok(await vscode.workspace.applyEdit(edit));
  assert.doesNotMatch(document.getText(), /\bweb\b/);
  await assert.rejects(
    Promise.resolve(ask('executeDocumentRenameProvider', document.uri, positionOf(document, 'INPUT'), 'x')),
    /kernel/,
  );
});

editorFeatures.test('formatting aligns rules', async () => {
  const { document } = await shown();
  const edits = await ask<vscode.TextEdit[]>('executeFormatDocumentProvider', document.uri, {
    tabSize: 2,
    insertSpaces: true,
  });
  const edit = new vscode.WorkspaceEdit();
  edit.set(document.uri, edits);
  assert.ok(await vscode.workspace.applyEdit(edit));
  assert.match(document.getText(), /^:INPUT DROP \[12:3456\]$/m);
  assert.match(document.getText(), /^\[0:0\] -A web {5}-m set/m);
});

editorFeatures.test('hints, lenses, signatures and selections come', async () => {
  const document = await openDump();
  const { uri } = document;
  const line = document.positionAt(document.getText().lastIndexOf('--probability')).line;
  const hints = await ask<vscode.InlayHint[]>(
    'executeInlayHintProvider',
    uri,
    new vscode.Range(line, 0, line + 1, 0),
  );
  assert.ok(
    hints.some(({ label }) => typeof label === 'string' && label.includes('%')),
    'no share',
  );
  const lenses = await ask<vscode.CodeLens[]>('executeCodeLensProvider', uri);
  assert.ok(lenses.length > 0);
  const plain = (await shown()).document;
  const ofHooks = await ask<vscode.CodeLens[]>('executeCodeLensProvider', plain.uri);
  assert.match(ofHooks[0]?.command?.title ?? '', /^INPUT · policy DROP, 2 rules · Trace Packet$/);
  const inSet = positionOf(plain, 'allowed src').translate(0, 'allowed '.length);
  const help = await ask<vscode.SignatureHelp>('executeSignatureHelpProvider', plain.uri, inSet, ' ');
  assert.equal(help.activeParameter, 1);
  const [selection] = await ask<vscode.SelectionRange[]>('executeSelectionRangeProvider', plain.uri, [inSet]);
  assert.equal(plain.getText(selection?.range), 'src');
  assert.match(plain.getText(selection?.parent?.range), /^--match-set allowed src$/);
});

editorFeatures.test('Services are found by name', async () => {
  const { uri } = await openDump();
  const symbols = await ask<vscode.SymbolInformation[]>('executeWorkspaceSymbolProvider', 'np-cluster');
  assert.ok(symbols.some(({ name }) => name === 'edge/np-cluster:http'));
  const { server } = extension().exports;
  const [found] = await server.request(servicesRequest, {
    uri: uri.toString(),
    query: 'np cluster',
    limit: 5,
  });
  assert.equal(found?.name, 'edge/np-cluster:http');
  const outline = await ask<vscode.DocumentSymbol[]>('executeDocumentSymbolProvider', uri);
  const nat = outline.find(({ name }) => name === 'nat')?.children ?? [];
  assert.ok(nat.some(({ name }) => name.startsWith('edge/np-cluster:http KUBE-SVC-')));
});

editorFeatures.test('every word has a colour, and a problem the level that is set', async () => {
  const { document } = await shown('*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j NOPE\nCOMMIT\n');
  const tokens = await ask<vscode.SemanticTokens>('provideDocumentSemanticTokens', document.uri);
  assert.ok(tokens.data.length >= 5 * 9, `${tokens.data.length / 5} tokens`);
  const settings = vscode.workspace.getConfiguration('kubeProxy');
  const isHint = (): boolean =>
    vscode.languages
      .getDiagnostics(document.uri)
      .some(({ severity }) => severity === vscode.DiagnosticSeverity.Hint);
  const hinted = new Promise<void>((resolve) => {
    const subscription = vscode.languages.onDidChangeDiagnostics(() => {
      if (!isHint()) return;
      subscription.dispose();
      resolve();
    });
  });
  await settings.update(
    'problems.levels',
    { 'undefined-jump-target': 'hint' },
    vscode.ConfigurationTarget.Global,
  );
  await hinted;
  await settings.update('problems.levels', undefined, vscode.ConfigurationTarget.Global);
});
