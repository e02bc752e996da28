import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { RulesElement } from '../../src/extension/views/rulesTree.ts';
import { showInTreeCommand } from '../../src/protocol/commands.ts';
import { chainSelectedBy, extension, openDump, writeFile } from './support.ts';
import { Suite } from './runner.ts';

export const rulesView = new Suite('Rules view');

async function children(parent?: RulesElement): Promise<readonly RulesElement[]> {
  return (await extension().exports.view.rows.getChildren(parent)) ?? [];
}

function label(element: RulesElement): string {
  return element.kind === 'row' ? element.row.label : '';
}

/** Opens rows from the top, each the first whose label or chain has the given word. */
async function expand(...words: readonly string[]): Promise<RulesElement> {
  let found: RulesElement | undefined;
  for (const word of words) {
    const rows = await children(found);
    const next = rows.find(
      (each) =>
        each.kind === 'row' &&
        `${each.row.label} ${each.row.chain ?? ''} ${each.row.description}`.includes(word),
    );
    assert.ok(next, `${word} is not among: ${rows.map(label).join(' | ')}`);
    found = next;
  }
  assert.ok(found);
  return found;
}

rulesView.test('by hook, PREROUTING opens down to an endpoint', async () => {
  await openDump();
  await vscode.commands.executeCommand('kubeProxy.rules.focus');
  await vscode.commands.executeCommand('kubeProxy.rules.showByHook');
  const services = await expand('IPv4', 'PREROUTING', 'nat', 'KUBE-SERVICES');
  const service = (await children(services)).find(
    (each) => each.kind === 'row' && each.row.label.includes('edge/np-cluster'),
  );
  assert.ok(service);
  const inside = await children(service);
  assert.ok(
    inside.some((each) => /10\.244\.\d+\.\d+:\d+/.test(label(each))),
    inside.map(label).join(' | '),
  );
});

rulesView.test('the node at a glance comes first, as lines', async () => {
  await openDump();
  const [first] = await children();
  assert.equal(first?.kind, 'glance');
  const lines = await children(first);
  const words = lines.map((each) =>
    each.kind === 'glanceLine' ? `${each.line.title}: ${each.line.words}` : '',
  );
  assert.match(words[0] ?? '', /^Node: .*kube-proxy 1\.31 or later/);
  assert.ok(
    words.some((each) => each.startsWith('Services: 71 · ')),
    words.join(' | '),
  );
});

rulesView.test('by Service, a namespace opens down to an endpoint', async () => {
  await openDump();
  await vscode.commands.executeCommand('kubeProxy.rules.showByService');
  const endpoints = await expand('edge', 'np-cluster', 'http', 'ndpoints');
  const [endpoint] = await children(endpoints);
  assert.match(endpoint === undefined ? '' : label(endpoint), /10\.244\.\d+\.\d+:\d+/);
  await vscode.commands.executeCommand('kubeProxy.rules.showByHook');
});

rulesView.test('pasted rules open out of the clipboard, by Service', async () => {
  const grep = [
    '$ sudo iptables-save | grep shop',
    '-A KUBE-SEP-ONEONEONEONEONEO -p tcp -m comment --comment "shop/cart:http" -j DNAT --to-destination 10.244.1.5:8080',
    '-A KUBE-SERVICES -d 10.96.7.7/32 -p tcp -m comment --comment "shop/cart:http cluster IP" --dport 80 -j KUBE-SVC-CARTCARTCARTCART',
    '-A KUBE-SVC-CARTCARTCARTCART -m comment --comment "shop/cart:http -> 10.244.1.5:8080" -j KUBE-SEP-ONEONEONEONEONEO',
  ];
  await vscode.env.clipboard.writeText(`${grep.join('\n')}\n`);
  await vscode.commands.executeCommand('kubeProxy.rules.explorePasted');
  const document = vscode.window.activeTextEditor?.document;
  assert.equal(document?.languageId, 'iptables');
  assert.equal(document?.isUntitled, true);
  const endpoints = await expand('shop', 'cart', 'http', 'ndpoints');
  const [endpoint] = await children(endpoints);
  assert.match(endpoint === undefined ? '' : label(endpoint), /10\.244\.1\.5:8080/);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('kubeProxy.rules.showByHook');
});

rulesView.test('a click on a row goes to its rule', async () => {
  const document = await openDump();
  const services = await expand('IPv4', 'PREROUTING', 'nat', 'KUBE-SERVICES');
  const item = await extension().exports.view.rows.getTreeItem(services);
  assert.ok(item.command);
  await vscode.commands.executeCommand(
    item.command.command,
    ...((item.command.arguments ?? []) as unknown[]),
  );
  const line = vscode.window.activeTextEditor?.selection.active.line ?? 0;
  assert.match(document.lineAt(line).text, /KUBE-SERVICES/);
});

rulesView.test('Show in the Tree selects the first row of a chain', async () => {
  const document = await openDump();
  const chain = /KUBE-SVC-\w+/.exec(document.getText())?.[0] ?? '';
  const argument = { uri: document.uri.toString(), table: 'nat', chain };
  const selected = await chainSelectedBy(() => vscode.commands.executeCommand(showInTreeCommand, argument));
  assert.equal(selected, chain);
});

rulesView.test('Show in the Tree selects a row while rows are read again and again', async () => {
  const document = await openDump();
  const { view } = extension().exports;
  const chain = /KUBE-SVC-\w+/.exec(document.getText())?.[0] ?? '';
  const argument = { uri: document.uri.toString(), table: 'nat', chain };
  const selected = await chainSelectedBy(async () => {
    const shown = vscode.commands.executeCommand(showInTreeCommand, argument);
    for (let times = 0; times < 5; times++) {
      view.refresh();
      await children();
    }
    await shown;
  });
  assert.equal(selected, chain);
});

rulesView.test('a filter leaves rows that were never opened, and what leads to them', async () => {
  await openDump();
  const { view } = extension().exports;
  await vscode.commands.executeCommand('kubeProxy.rules.showByService');
  view.filter({ text: 'EDGE np-cluster', onlyProblems: false });
  const [first, ...rows] = await children();
  assert.equal(first?.kind, 'filter');
  assert.deepEqual(rows.filter(({ kind }) => kind === 'row').map(label), ['edge']);
  const [edge] = rows;
  assert.deepEqual((await children(edge)).map(label), ['np-cluster']);
  await expand('edge', 'np-cluster', 'http', 'ndpoints');
  await vscode.commands.executeCommand('kubeProxy.rules.clearFilter');
  assert.equal((await children())[0]?.kind, 'glance');
  await vscode.commands.executeCommand('kubeProxy.rules.showByHook');
});

rulesView.test('only rows with problems are those with a mark', async () => {
  await openDump();
  await vscode.commands.executeCommand('kubeProxy.rules.showByService');
  const all = await children();
  await vscode.commands.executeCommand('kubeProxy.rules.onlyProblems');
  const namespaces = (await children()).filter(({ kind }) => kind === 'row');
  assert.ok(namespaces.length > 0 && namespaces.length < all.length);
  for (const namespace of namespaces)
    for (const service of await children(namespace))
      assert.ok(service.kind === 'row' && service.row.badge !== null, label(service));
  await vscode.commands.executeCommand('kubeProxy.rules.clearFilter');
  await vscode.commands.executeCommand('kubeProxy.rules.showByHook');
});

rulesView.test('Show in the Tree ends a filter that hides the row', async () => {
  const document = await openDump();
  extension().exports.view.filter({ text: 'nothing of this', onlyProblems: false });
  const chain = /KUBE-SVC-\w+/.exec(document.getText())?.[0] ?? '';
  const argument = { uri: document.uri.toString(), table: 'nat', chain };
  const selected = await chainSelectedBy(() => vscode.commands.executeCommand(showInTreeCommand, argument));
  assert.equal(selected, chain);
});

rulesView.test('the tooltip of a Service names all its ports', async () => {
  await openDump();
  await vscode.commands.executeCommand('kubeProxy.rules.showByService');
  const service = await expand('kube-system', 'kube-dns');
  const { rows } = extension().exports.view;
  const item = await rows.getTreeItem(service);
  const { token } = new vscode.CancellationTokenSource();
  const { tooltip } = (await rows.resolveTreeItem?.(item, service, token)) ?? item;
  const text = tooltip instanceof vscode.MarkdownString ? tooltip.value : '';
  for (const port of ['53/UDP', '53/TCP', '9153/TCP']) assert.ok(text.includes(port), text);
  await vscode.commands.executeCommand('kubeProxy.rules.showByHook');
});

rulesView.test('rows of another file stand under their own name', async () => {
  await openDump();
  const { view } = extension().exports;
  await children();
  const other = await writeFile('other/rules.v4', '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n');
  await vscode.window.showTextDocument(other);
  for (let name = view.uri; name?.toString() !== other.toString(); name = view.uri) await children();
  assert.ok((await children()).map(label).includes('PREROUTING'));
});

rulesView.test('a pinned view stays with its dump', async () => {
  await openDump();
  const first = (await children()).map(label);
  await vscode.commands.executeCommand('kubeProxy.rules.pin');
  await vscode.window.showTextDocument(
    await writeFile('pinned/rules.v4', '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n'),
  );
  assert.deepEqual((await children()).map(label), first);
  await vscode.commands.executeCommand('kubeProxy.rules.unpin');
});
