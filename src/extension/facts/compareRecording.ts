/** *Compare with Kernel Trace or Capture…*: recorded packets, out of a file, the clipboard or an open document, beside our trace of them. */
import * as vscode from 'vscode';
import { textUseRequest } from '../../protocol/facts.ts';
import type { Recording } from '../../protocol/recording.ts';
import type { FlowForm } from '../../protocol/requests.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import { fileName, type HeldTexts } from '../documents/heldTexts.ts';
import { documentName, isRules } from '../documents/rulesDocument.ts';
import type { TracePanels } from '../panels/trace/tracePanels.ts';
import { inMessage, inPick } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import { readRecording } from './readRecording.ts';

export interface RecordingTargets {
  readonly server: RulesServer;
  readonly panels: TracePanels;
}

/** Opens the trace panel with the first of the packets; says why where there are none. */
export async function compareRecording(
  { server, panels }: RecordingTargets,
  rules: vscode.Uri,
  file: vscode.Uri,
): Promise<void> {
  const recording = await readRecording(server, rules.toString(), file);
  const form = firstForm(recording);
  const name = fileName(file);
  if (form === null) {
    const why = recording.kind === 'nothing' ? recording.message : NO_CONNECTION;
    void vscode.window.showInformationMessage(inMessage(`${name}: ${why}`));
    return;
  }
  panels.open({
    uri: rules.toString(),
    name: documentName(rules),
    form,
    decisions: [],
    run: true,
    // One packet alone has nothing to be laid beside.
    ...(recording.kind === 'packet' ? {} : { recording: { uri: file.toString(), name, packet: 0 } }),
  });
}

const NO_CONNECTION = 'No connection begins in it, so that there is no packet to trace.';

function firstForm(recording: Recording): FlowForm | null {
  switch (recording.kind) {
    case 'kernel-trace':
      return recording.packets[0]?.form ?? null;
    case 'capture':
      return recording.connections[0]?.form ?? null;
    case 'packet':
      return recording.form;
    default:
      return null;
  }
}

interface Choice extends vscode.QuickPickItem {
  readonly open: () => Promise<vscode.Uri | null>;
}

/** Asks where the packets are. `given`: a file that a menu names. */
export async function chooseRecording(
  targets: RecordingTargets & { readonly current: CurrentRules; readonly held: HeldTexts },
  given?: vscode.Uri,
): Promise<void> {
  const rules = targets.current.uri;
  if (rules === null) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Open the rules first that these packets passed.'),
    );
    return;
  }
  const file = given ?? (await pick(targets));
  if (file !== null) await compareRecording(targets, rules, file);
}

async function pick(targets: RecordingTargets & { readonly held: HeldTexts }): Promise<vscode.Uri | null> {
  const choices = [...(await openRecordings(targets.server)), ...(await fromClipboard(targets)), fromFile];
  const [only] = choices;
  if (only !== undefined && choices.length === 1) return only.open();
  const title = vscode.l10n.t('Compare with Kernel Trace or Capture');
  const placeHolder = vscode.l10n.t('Where are the packets that were recorded?');
  return (await vscode.window.showQuickPick(choices, { title, placeHolder }))?.open() ?? null;
}

const fromFile: Choice = {
  label: vscode.l10n.t('Choose a File…'),
  detail: vscode.l10n.t('dmesg, xtables-monitor --trace, nft monitor trace, tcpdump -nn, pcap, pcapng'),
  iconPath: new vscode.ThemeIcon('folder-opened'),
  open: async () => {
    const chosen = await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Compare with Kernel Trace or Capture'),
      openLabel: vscode.l10n.t('Compare'),
      canSelectMany: false,
      filters: { [vscode.l10n.t('All files')]: ['*'] },
    });
    return chosen?.[0] ?? null;
  },
};

const words = {
  'kernel-trace': vscode.l10n.t('a trace of the kernel'),
  packets: vscode.l10n.t('recorded packets'),
} as const;

/** So many characters of a text tell what it is. */
const LOOKED_AT = 1024 * 1024;

async function useOf(server: RulesServer, text: string): Promise<keyof typeof words | null> {
  const use = await server.ask(textUseRequest, { text: text.slice(0, LOOKED_AT) });
  return use === 'kernel-trace' || use === 'packets' ? use : null;
}

/** Those in front first. */
async function openRecordings(server: RulesServer): Promise<readonly Choice[]> {
  const active = vscode.window.activeTextEditor?.document;
  const documents = vscode.workspace.textDocuments
    .filter((document) => !isRules(document) && document.uri.scheme !== 'output')
    .sort((a, b) => Number(b === active) - Number(a === active));
  const found = await Promise.all(
    documents.map(async (document) => ({ document, use: await useOf(server, document.getText()) })),
  );
  return found.flatMap(({ document: { uri }, use }) =>
    use === null
      ? []
      : [
          {
            label: inPick(fileName(uri)),
            description: words[use],
            iconPath: new vscode.ThemeIcon('file'),
            open: () => Promise.resolve(uri),
          },
        ],
  );
}

async function fromClipboard({
  server,
  held,
}: RecordingTargets & { readonly held: HeldTexts }): Promise<readonly Choice[]> {
  const text = await vscode.env.clipboard.readText();
  const use = text.trim() === '' ? null : await useOf(server, text);
  if (use === null) return [];
  const open = (): Promise<vscode.Uri> =>
    Promise.resolve(held.hold(vscode.l10n.t('Clipboard'), new TextEncoder().encode(text)));
  return [
    {
      label: vscode.l10n.t('The Clipboard'),
      description: words[use],
      iconPath: new vscode.ThemeIcon('clippy'),
      open,
    },
  ];
}
