/** The question before the one thing that this product ever writes to a cluster: a Pod that shows a node's rules. */
import * as vscode from 'vscode';
import { isRecord, type JsonRecord } from '../../text/json.ts';
import { inPick, visible } from '../plainText.ts';

const manifestScheme = 'kube-proxy-debug-pod';

export class DebugPodQuestion implements vscode.Disposable {
  /** Path → text, while it is asked for. */
  readonly #manifests = new Map<string, string>();
  readonly #provider = vscode.workspace.registerTextDocumentContentProvider(manifestScheme, {
    provideTextDocumentContent: ({ path }) => this.#manifests.get(path) ?? null,
  });

  /** Resolves to true only when the user says so in a modal dialog. */
  async ask(context: string, node: string, manifest: JsonRecord): Promise<boolean> {
    const { l10n, window } = vscode;
    const create = l10n.t('Create Pod');
    const look = l10n.t('Show Manifest');
    const message = l10n.t('Create a debug Pod on {0}, in {1}?', visible(node), visible(context));
    for (;;) {
      const options = { modal: true, detail: details(manifest) };
      const chosen = await window.showWarningMessage(message, options, create, look);
      if (chosen !== look) return chosen === create;
      if (!(await this.#show(node, manifest))) return false;
    }
  }

  dispose(): void {
    this.#provider.dispose();
  }

  /** Shows the manifest, and waits beside it, as a modal dialog would lie over it; true to ask again. */
  async #show(node: string, manifest: JsonRecord): Promise<boolean> {
    const { l10n, window } = vscode;
    const path = `/${text(record(manifest['metadata'])['name'])}.json`;
    const uri = vscode.Uri.from({ scheme: manifestScheme, path });
    this.#manifests.set(path, `${JSON.stringify(manifest, null, 2)}\n`);
    try {
      await window.showTextDocument(uri, { preview: true });
      const goOn = {
        label: l10n.t('Continue…'),
        description: l10n.t('asks again before the Pod is created'),
      };
      const stop = { label: l10n.t('Do Not Create It') };
      const title = l10n.t('Debug Pod on {0}', inPick(node));
      const placeHolder = l10n.t('This is its manifest. Nothing is created yet.');
      const chosen = await window.showQuickPick([goOn, stop], { title, placeHolder, ignoreFocusOut: true });
      return chosen === goOn;
    } finally {
      await closeTabsOf(uri);
      this.#manifests.delete(path);
    }
  }
}

async function closeTabsOf(uri: vscode.Uri): Promise<void> {
  const { tabGroups } = vscode.window;
  const tabs = tabGroups.all.flatMap((group) => group.tabs);
  const showsIt = ({ input }: vscode.Tab): boolean =>
    input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
  await tabGroups.close(tabs.filter(showsIt));
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
