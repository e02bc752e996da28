import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { statusRequest } from '../../src/protocol/requests.ts';
import { extension, nextEvent, openDump, positionOf, workspaceFile, writeFile } from './support.ts';
import { Suite } from './runner.ts';

export const languageFeatures = new Suite('language features');

/** edge/np-cluster:http of the sample: three endpoints, a cluster IP and a node port. */
const comment = 'edge/np-cluster:http cluster IP';

async function svcChain(): Promise<{
  document: vscode.TextDocument;
  position: vscode.Position;
  name: string;
}> {
  const document = await openDump();
  const position = positionOf(document, 'KUBE-SVC-', comment);
  const name = document.getText(document.getWordRangeAtPosition(position, /KUBE-SVC-\w+/));
  return { document, position, name };
}

function textOf(hovers: readonly vscode.Hover[]): string {
  return (
    hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (typeof content === 'string' ? content : content.value))
      .join('\n')
      // Markdown escapes what could be syntax: `edge\\/np\\-cluster`.
      .replaceAll(/\\(.)/g, '$1')
  );
}

languageFeatures.test('a line that cannot be read is said to be so, where it stands', async () => {
  const uri = await writeFile(
    'broken/rules.v4',
    '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j KUBE-SEP-ABC\nCOMMIT\n',
  );
  const published = nextEvent(vscode.languages.onDidChangeDiagnostics, ({ uris }) =>
    uris.some(
      (each) => each.toString() === uri.toString() && vscode.languages.getDiagnostics(each).length > 0,
    ),
  );
  await vscode.window.showTextDocument(uri);
  await published;
  const [problem] = vscode.languages.getDiagnostics(uri);
  assert.equal(problem?.severity, vscode.DiagnosticSeverity.Error);
  assert.equal(problem.range.start.line, 2);
  assert.match(problem.message, /KUBE-SEP-ABC/);
});

/** The text of a file of the sample. */
async function sample(name: string): Promise<string> {
  return new TextDecoder().decode(
    await vscode.workspace.fs.readFile(workspaceFile(`kube-proxy-1.36/${name}`)),
  );
}

/** The codes of what is found between rules and objects, each with its line and the page that tells of it. */
function disagreementsAt(uri: vscode.Uri): readonly string[] {
  return vscode.languages.getDiagnostics(uri).flatMap(({ code, range }) => {
    if (typeof code !== 'object' || !/^(?:endpoint|frontend|service|rules)-/.test(String(code.value)))
      return [];
    return [`${code.value} ${range.start.line} ${code.target.fragment}`];
  });
}

/** Resolves once `isSo` of them. */
async function disagreements(
  uri: vscode.Uri,
  isSo: (found: readonly string[]) => boolean,
): Promise<readonly string[]> {
  if (!isSo(disagreementsAt(uri))) {
    await nextEvent(vscode.languages.onDidChangeDiagnostics, () => isSo(disagreementsAt(uri)));
  }
  return disagreementsAt(uri);
}

languageFeatures.test(
  'where rules and objects disagree is a problem at its rule, until they agree',
  async () => {
    const [rules, objects] = [await sample('iptables-save.txt'), await sample('objects.json')];
    await writeFile('disagreeing/objects.json', objects.replaceAll('10.244.1.14', '10.244.1.77'));
    const uri = await writeFile('disagreeing/iptables-save.txt', rules);
    await vscode.window.showTextDocument(uri);
    const found = await disagreements(uri, ({ length }) => length > 0);
    const lines = rules.split('\n');
    const stale = lines.findIndex((line) => line.endsWith(' --to-destination 10.244.1.14:8080'));
    const chain = lines.findIndex((line) => line.startsWith(':KUBE-SVC-SV6Z2RSVTP52NI55 '));
    assert.deepEqual(found, [
      `endpoint-missing ${chain} endpoint-missing`,
      `endpoint-stale ${stale} endpoint-stale`,
    ]);
    await writeFile('disagreeing/objects.json', objects);
    await disagreements(uri, ({ length }) => length === 0);
  },
);

languageFeatures.test('the samples have no error', async () => {
  const { uri } = await openDump();
  const errors = vscode.languages
    .getDiagnostics(uri)
    .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
  assert.deepEqual(
    errors.map(({ message }) => message),
    [],
  );
});

languageFeatures.test(
  'the hover on a KUBE-SVC chain names the Service, its endpoints and their shares',
  async () => {
    const { document, position } = await svcChain();
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      position,
    );
    const text = textOf(hovers);
    assert.match(text, /edge\/np-cluster:http/);
    assert.match(text, /33\.3 %/);
    assert.match(text, /10\.244\.\d+\.\d+:\d+/);
  },
);

languageFeatures.test('F12 on a KUBE-SVC chain leads to its declaration', async () => {
  const { document, position, name } = await svcChain();
  const found = await vscode.commands.executeCommand<readonly (vscode.Location | vscode.LocationLink)[]>(
    'vscode.executeDefinitionProvider',
    document.uri,
    position,
  );
  const [first] = found;
  assert.ok(first);
  const range = 'targetRange' in first ? (first.targetSelectionRange ?? first.targetRange) : first.range;
  assert.match(document.lineAt(range.start.line).text, new RegExp(`^:${name} `));
});

languageFeatures.test('the references of a chain are its jumps and its rules', async () => {
  const { document, position } = await svcChain();
  const found = await vscode.commands.executeCommand<readonly vscode.Location[]>(
    'vscode.executeReferenceProvider',
    document.uri,
    position,
  );
  assert.ok(found.length >= 3, `${found.length} references`);
});

languageFeatures.test('the outline has the tables', async () => {
  const { uri } = await openDump();
  const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
    'vscode.executeDocumentSymbolProvider',
    uri,
  );
  assert.deepEqual(
    symbols
      .map(({ name }) => name.replace('*', ''))
      .filter((name) => ['mangle', 'filter', 'nat'].includes(name)),
    ['mangle', 'filter', 'nat'],
  );
});

languageFeatures.test('the files of the node beside a dump are found', async () => {
  const { uri } = await openDump();
  const status = await extension().exports.server.request(statusRequest, { uri: uri.toString() });
  const files = status?.files ?? [];
  for (const name of ['objects.json', 'ip-addr.json', 'ip-route.json', 'sysctl.txt']) {
    assert.ok(
      files.some((file) => file.endsWith(name)),
      `${name} is not among ${files.join(', ')}`,
    );
  }
});

languageFeatures.test('a changed file of the node is noticed', async () => {
  const { server } = extension().exports;
  const uri = await writeFile('alone/iptables-save.txt', '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n');
  const isOwn = (each: string): boolean => each === uri.toString();
  // The opening is told, too, by the clock that tells edits: a moment later.
  const opened = nextEvent(server.onDidChangeRules, isOwn);
  await vscode.window.showTextDocument(uri);
  await server.request(statusRequest, { uri: uri.toString() });
  await opened;
  const isSeen = async (): Promise<boolean> => {
    const status = await server.request(statusRequest, { uri: uri.toString() });
    return status?.files.some((file) => file.endsWith('objects.json')) === true;
  };
  let changed = nextEvent(server.onDidChangeRules, isOwn);
  await writeFile('alone/objects.json', '{"apiVersion":"v1","kind":"List","items":[]}');
  // Who watches the folder may tell of the first file, too, when it gets round to it.
  do {
    await changed;
    changed = nextEvent(server.onDidChangeRules, isOwn);
  } while (!(await isSeen()));
});
