import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { NodeFact } from '../../src/protocol/facts.ts';
import { extension, nextEvent, workspaceFile, writeFile } from './support.ts';
import { Suite } from './runner.ts';

export const facts = new Suite('Facts of the node');

const RULES = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
const ADDRESSES =
  '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n' +
  '2: eth0: <BROADCAST,UP,LOWER_UP> mtu 1500\n    inet 192.0.2.10/24 scope global eth0\n';

async function open(path: string): Promise<vscode.Uri> {
  const uri = await writeFile(path, RULES);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  return uri;
}

/** The facts in the view, once it shows the rules in `uri` and `ready` says that the facts are as they should be. */
async function rows(
  uri: vscode.Uri,
  ready: (facts: readonly NodeFact[]) => boolean,
): Promise<readonly NodeFact[]> {
  const { view } = extension().exports;
  const { onDidChangeTreeData } = view.rows;
  assert.ok(onDidChangeTreeData);
  for (;;) {
    const changed = nextEvent(onDidChangeTreeData);
    const last = ((await view.rows.getChildren()) ?? []).at(-1);
    const isShown = view.uri?.toString() === uri.toString();
    if (isShown && last?.kind === 'facts' && ready(last.facts)) return last.facts;
    await changed;
  }
}

function isTraceOpen(): boolean {
  const labels = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
  return labels.includes('Trace Packet: traced.iptables-save');
}

function dropped(...uris: readonly vscode.Uri[]): vscode.DataTransfer {
  const data = new vscode.DataTransfer();
  data.set('text/uri-list', new vscode.DataTransferItem(uris.map((uri) => uri.toString()).join('\r\n')));
  return data;
}

facts.test('files that are dropped say what they were taken for; one can be removed again', async () => {
  const uri = await open('facts/dropped.iptables-save');
  const addresses = await writeFile('facts/from ticket 7', ADDRESSES);
  const letter = await writeFile('facts/letter.txt', 'Dear all,\n');
  assert.deepEqual(await rows(uri, (shown) => shown.length === 0), []);
  await extension().exports.drop.handleDrop(undefined, dropped(addresses, letter));
  const shown = await rows(uri, (each) => each.length === 2);
  assert.deepEqual(
    shown.map(({ name, taken }) => [name, taken]),
    [
      ['from ticket 7', 'addresses'],
      ['letter.txt', ''],
    ],
  );
  assert.match(shown[1]?.problem ?? '', /it begins with "Dear all,"/);
  const top = (await extension().exports.view.rows.getChildren()) ?? [];
  const inside = (await extension().exports.view.rows.getChildren(top.at(-1))) ?? [];
  await vscode.commands.executeCommand('kubeProxy.rules.removeFact', inside[1]);
  await rows(uri, (each) => each.length === 1);
});

facts.test('a file that changes counts as it is now', async () => {
  const uri = await open('facts/changing.iptables-save');
  const file = await writeFile('facts/changing.txt', 'nothing yet\n');
  await extension().exports.drop.handleDrop(undefined, dropped(file));
  await rows(uri, ([first]) => first?.taken === '');
  await writeFile('facts/changing.txt', ADDRESSES);
  await rows(uri, ([first]) => first?.taken === 'addresses');
});

facts.test('the clipboard is a fact, too, and nothing is written for it', async () => {
  const uri = await open('facts/clipboard.iptables-save');
  await vscode.env.clipboard.writeText(ADDRESSES);
  await vscode.commands.executeCommand('kubeProxy.rules.addFactsFromClipboard');
  const [first] = await rows(uri, (each) => each.length === 1);
  assert.equal(first?.taken, 'addresses');
  assert.match(first?.uri ?? '', /^kube-proxy-held:/);
  const names = await vscode.workspace.fs.readDirectory(workspaceFile('facts'));
  assert.ok(!names.some(([name]) => /clipboard$/i.test(name)));
});

facts.test('in a snapshot’s folder they are found by what they hold', async () => {
  const uri = await open('facts/node-7/iptables-save.txt');
  await rows(uri, (each) => each.length === 0);
  await writeFile('facts/node-7/who-knows', ADDRESSES);
  const [found] = await rows(uri, (each) => each.length === 1);
  assert.deepEqual([found?.name, found?.how, found?.taken], ['who-knows', 'beside', 'addresses']);
});

facts.test('a trace of the kernel that is dropped opens the trace panel beside it', async () => {
  const rules = await writeFile(
    'facts/traced.iptables-save',
    '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -s 203.0.113.9/32 -j DROP\nCOMMIT\n',
  );
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(rules));
  await rows(rules, () => true);
  const log = await writeFile(
    'facts/dmesg.log',
    '[ 1.5] TRACE: filter:FORWARD:policy:2 IN=eth0 OUT=cni0 MAC= SRC=203.0.113.9 DST=10.244.1.5 LEN=60 TTL=60 ID=1 DF PROTO=TCP SPT=50000 DPT=8080 SEQ=1 ACK=0 SYN URGP=0\n',
  );
  const opened = nextEvent(vscode.window.tabGroups.onDidChangeTabs, isTraceOpen);
  await extension().exports.drop.handleDrop(undefined, dropped(log));
  if (!isTraceOpen()) await opened;
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
});
