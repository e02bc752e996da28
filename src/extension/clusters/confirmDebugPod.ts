/** The question before the one thing that this product ever writes to a cluster: a Pod that shows a node's rules. */
import * as vscode from 'vscode';
import { isRecord, type JsonRecord } from '../../text/json.ts';
import { visible } from '../plainText.ts';

/** Resolves to true only when the user says so in a modal dialog. */
export async function confirmDebugPod(context: string, node: string, manifest: JsonRecord): Promise<boolean> {
  const { l10n, window } = vscode;
  const create = l10n.t('Create Pod');
  const look = l10n.t('Show Manifest');
  const message = l10n.t('Create a debug Pod on {0}, in {1}?', visible(node), visible(context));
  for (;;) {
    const options = { modal: true, detail: details(manifest) };
    const chosen = await window.showWarningMessage(message, options, create, look);
    if (chosen !== look) return chosen === create;
    await showManifest(manifest);
    // A modal dialog would lie over what it is about.
    const goOn = l10n.t('Continue…');
    const question = l10n.t('This is the debug Pod for {0}. Nothing is created yet.', visible(node));
    if ((await window.showInformationMessage(question, goOn)) !== goOn) return false;
  }
}

function details(manifest: JsonRecord): string {
  const { l10n } = vscode;
  const metadata = record(manifest['metadata']);
  const spec = record(manifest['spec']);
  const containers = Array.isArray(spec['containers']) ? spec['containers'].filter(isRecord) : [];
  const [container = {}] = containers;
  const added = record(record(container['securityContext'])['capabilities'])['add'];
  const rights = Array.isArray(added) ? added.filter((each) => typeof each === 'string').join(', ') : '';
  const seconds = spec['activeDeadlineSeconds'];
  return [
    l10n.t('No Pod on this node can show its rules. This one could:'),
    '',
    l10n.t('Namespace: {0}', text(metadata['namespace'])),
    l10n.t('Image: {0}', text(container['image'])),
    l10n.t("Rights: the node's network{0}", rights === '' ? '' : `, ${rights}`),
    typeof seconds === 'number'
      ? l10n.t(
          'Removed as soon as the rules are read; the cluster ends it after {0} s at the latest.',
          seconds,
        )
      : l10n.t('Removed as soon as the rules are read.'),
  ].join('\n');
}

function record(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? visible(value) : '–';
}

/** As JSON, which is YAML too. */
async function showManifest(manifest: JsonRecord): Promise<void> {
  const content = JSON.stringify(manifest, null, 2);
  const document = await vscode.workspace.openTextDocument({ language: 'json', content });
  await vscode.window.showTextDocument(document, { preview: true });
}
