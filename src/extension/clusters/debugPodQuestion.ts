/** The question before the one thing that this product ever writes to a cluster: a Pod that shows a node's rules. */
import * as vscode from 'vscode';
import { isRecord, type JsonRecord } from '../../text/json.ts';
import { inPick, visible } from '../plainText.ts';

const manifestScheme = 'kube-proxy-debug-pod';

/** What is asked about: the Pod that would be made on `node`, as it would be sent to the API server. */
export interface DebugPodAsked {
  readonly node: string;
  readonly manifest: JsonRecord;
  /** Nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Asks in a modal dialog, one question at a time. A dialog that is closed is a no. */
export class DebugPodQuestion implements vscode.Disposable {
  /** Path → text, while it is asked for. */
  readonly #manifests = new Map<string, string>();
  readonly #provider = vscode.workspace.registerTextDocumentContentProvider(manifestScheme, {
    provideTextDocumentContent: ({ path }) => this.#manifests.get(path) ?? null,
  });
  /** Settles with the answer to the question before: one dialog must not lie over another's manifest. */
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves to true only when the user says so in a modal dialog; false when `signal` fires, but for an open dialog. */
  ask(context: string, asked: DebugPodAsked): Promise<boolean> {
    const answer = this.#last.then(() => this.#ask(context, asked));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  dispose(): void {
    this.#provider.dispose();
  }

  async #ask(context: string, asked: DebugPodAsked): Promise<boolean> {
    const { l10n, window } = vscode;
    const create = l10n.t('Create Pod');
    const look = l10n.t('Show Manifest');
    const message = l10n.t('Create a debug Pod on {0}, in {1}?', visible(asked.node), visible(context));
    const options = { modal: true, detail: details(asked.manifest) };
    while (!asked.signal.aborted) {
      const chosen = await window.showWarningMessage(message, options, create, look);
      if (chosen !== look) return chosen === create;
      if (!(await this.#show(asked))) return false;
    }
    return false;
  }

  /** Shows the manifest, and waits beside it, as a modal dialog would lie over it; true to ask again. */
  async #show(asked: DebugPodAsked): Promise<boolean> {
    const path = `/${text(record(asked.manifest['metadata'])['name'])}.json`;
    const uri = vscode.Uri.from({ scheme: manifestScheme, path });
    this.#manifests.set(path, `${JSON.stringify(asked.manifest, null, 2)}\n`);
    try {
      await vscode.window.showTextDocument(uri, { preview: true });
      return await goesOn(asked);
    } finally {
      await closeTabsOf(uri);
      this.#manifests.delete(path);
    }
  }
}

/** False only when the user says no: another quick pick takes this one away, too. */
async function goesOn({ node, signal }: DebugPodAsked): Promise<boolean> {
  const { l10n, window } = vscode;
  const goOn = { label: l10n.t('Continue…'), description: l10n.t('asks again before the Pod is created') };
  const stop = { label: l10n.t('Do Not Create It') };
  const title = l10n.t('Debug Pod on {0}', inPick(node));
  const placeHolder = l10n.t('This is its manifest. Nothing is created yet.');
  const taken = new vscode.CancellationTokenSource();
  const take = (): void => taken.cancel();
  signal.addEventListener('abort', take, { once: true });
  if (signal.aborted) take();
  try {
    const options = { title, placeHolder, ignoreFocusOut: true };
    return (await window.showQuickPick([goOn, stop], options, taken.token)) !== stop;
  } finally {
    signal.removeEventListener('abort', take);
    taken.dispose();
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
