/** Quick picks of a context and of a node; names are text, whatever is in them. */
import * as vscode from 'vscode';
import { ClusterFailure } from '../../cluster/failure.ts';
import { PickRows } from '../pickRows.ts';
import { inPick } from '../plainText.ts';
import type { ClusterHost } from './clusterHost.ts';
import type { NodeName } from './nodeDocuments.ts';
import type { OpenContext } from './openContext.ts';

/** Null when the user takes it back, and where there is none. `names`: only these. */
export async function pickContext(host: ClusterHost, names?: readonly string[]): Promise<string | null> {
  const { contexts } = await host.contexts();
  const items = contexts
    .filter(({ name }) => names === undefined || names.includes(name))
    .map(({ name, server, current }) => ({
      label: inPick(name),
      description: [inPick(server), ...(current ? [vscode.l10n.t('current')] : [])].join(' · '),
      name,
    }));
  if (items.length === 0) {
    throw new ClusterFailure('badConfiguration', vscode.l10n.t('No kubeconfig with a context was found.'));
  }
  const placeHolder = vscode.l10n.t('Which context?');
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  return chosen?.name ?? null;
}

/** The context that is meant where nobody says: the only open one, else one that is picked. Null when taken back. */
export async function meantContext(host: ClusterHost): Promise<string | null> {
  const [only, ...more] = host.opened;
  if (only !== undefined && more.length === 0) return only.name;
  return pickContext(host, only === undefined ? undefined : host.opened.map(({ name }) => name));
}

/** Opens the context where it is not, and asks for one of its nodes. Null when the user takes it back. */
export async function pickNode(host: ClusterHost, context: string | null): Promise<NodeName | null> {
  const name = context ?? (await meantContext(host));
  if (name === null) return null;
  const opened = await host.open(name);
  const node = await pickOf(opened);
  return node === null ? null : { context: name, node };
}

/** The rows appear as the nodes do. */
function pickOf(opened: OpenContext): Promise<string | null> {
  const input = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly node: string }>();
  input.placeholder = vscode.l10n.t('Which node of {0}?', inPick(opened.name));
  input.matchOnDescription = true;
  const rows = new PickRows(input);
  const update = (): void => {
    const { state, nodes } = opened.session;
    input.busy = state.kind === 'connecting' || (state.kind === 'ready' && state.loading.includes('nodes'));
    const items = nodes.map(({ name, addresses, mode }) => ({
      label: inPick(name),
      description: [mode ?? '', ...addresses]
        .filter((part) => part !== '')
        .map(inPick)
        .join(' · '),
      node: name,
    }));
    rows.set(items);
    if (state.kind === 'failed') input.placeholder = inPick(state.failure.message);
  };
  return new Promise((resolve) => {
    const changes = opened.onDidChange(update);
    input.onDidAccept(() => {
      const item = rows.chosen;
      if (item === null) return;
      resolve(item.node);
      input.hide();
    });
    input.onDidHide(() => {
      resolve(null);
      changes.dispose();
      input.dispose();
    });
    update();
    input.show();
  });
}
