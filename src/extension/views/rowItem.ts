/** How a row of the Rules tree looks: icon, colour, tooltip, and what its menus may do. Every text in a row is plain text. */
import * as vscode from 'vscode';
import { visible } from '../plainText.ts';
import type { TreeRow } from '../../protocol/requests.ts';

/** A codicon, and a theme colour where the kind has one. */
const icons: Readonly<Record<TreeRow['kind'], readonly [icon: string, color?: string]>> = {
  hook: ['symbol-event', 'symbolIcon.eventForeground'],
  table: ['table'],
  chain: ['link', 'symbolIcon.functionForeground'],
  rule: ['dash'],
  policy: ['shield'],
  note: ['info'],
  namespace: ['symbol-namespace', 'symbolIcon.namespaceForeground'],
  service: ['symbol-interface', 'symbolIcon.interfaceForeground'],
  port: ['plug'],
  frontend: ['sign-in'],
  endpoints: ['references'],
  endpoint: ['vm', 'charts.green'],
  group: ['folder'],
  more: ['ellipsis'],
};

const badgeColors = {
  error: 'list.errorForeground',
  warning: 'list.warningForeground',
  info: 'charts.blue',
} as const;

/** Rows with a problem get their own URI, so that `RowDecorations` colours them as the Explorer colours files. */
const rowScheme = 'kube-proxy-row';

/** `live`: the rules are those of a live node, so that its cluster can be asked about the row. */
export function rowItem(row: TreeRow, idPrefix: string, live: boolean): vscode.TreeItem {
  const state = row.hasChildren
    ? vscode.TreeItemCollapsibleState.Collapsed
    : vscode.TreeItemCollapsibleState.None;
  const item = new vscode.TreeItem(visible(row.label), state);
  item.id = `${idPrefix}/${row.id}`;
  item.description = visible(row.description);
  item.iconPath = rowIcon(row);
  item.contextValue = contextValue(row, live);
  item.accessibilityInformation = { label: spoken(row) };
  if (row.badge !== null) {
    item.resourceUri = vscode.Uri.from({ scheme: rowScheme, path: `/${row.id}`, query: row.badge });
  }
  if (row.location !== null) {
    item.command = {
      command: 'kubeProxy.rules.revealLocation',
      title: vscode.l10n.t('Reveal Rule'),
      arguments: [row.location, { preserveFocus: true }],
    };
  }
  return item;
}

function rowIcon(row: TreeRow): vscode.ThemeIcon {
  const [icon, color] = icons[row.kind];
  // A rule that leads somewhere is told from one that ends here.
  const shown = row.kind === 'rule' && row.hasChildren ? 'arrow-small-right' : icon;
  const tint = row.badge === null ? color : badgeColors[row.badge];
  return new vscode.ThemeIcon(shown, tint === undefined ? undefined : new vscode.ThemeColor(tint));
}

/** Rows of a Service, or below one. */
const serviceKinds: ReadonlySet<TreeRow['kind']> = new Set([
  'service',
  'port',
  'frontend',
  'endpoints',
  'endpoint',
]);

/** Words that the manifest's menus look for: `rule located chain`. */
function contextValue(row: TreeRow, live: boolean): string {
  const words: string[] = [row.kind === 'chain' ? 'chainRow' : row.kind];
  if (row.location !== null) words.push('located');
  if (row.chain !== null) words.push('chain');
  if (row.address !== null) words.push('address');
  if (traceTarget(row) !== null) words.push('traceable');
  if (traceSource(row) !== null) words.push('sender');
  if (live) words.push('live');
  if (serviceKinds.has(row.kind)) words.push('diagnosable');
  return words.join(' ');
}

function spoken(row: TreeRow): string {
  return [row.label, row.description, row.badgeReason]
    .filter((text) => text)
    .map((text) => visible(text ?? ''))
    .join(', ');
}

/** `10.96.12.3:80`, `[fd00::1]:80`; null for a row without an address. */
export function rowAddress(row: TreeRow): string | null {
  if (row.address === null) return null;
  if (row.port === null) return row.address;
  return row.address.includes(':') ? `[${row.address}]:${row.port}` : `${row.address}:${row.port}`;
}

/** What a trace to this row is sent to; null where that says nothing (a prefix, a hook). */
export function traceTarget(row: TreeRow): string | null {
  return row.address === null || row.address.includes('/') ? null : rowAddress(row);
}

/** Who sends in a trace from this row: its Pod by name, else its address; null for a row that is no endpoint. */
export function traceSource({ kind, object, address }: TreeRow): string | null {
  if (kind !== 'endpoint') return null;
  return object?.resource === 'pods' ? `${object.namespace}/${object.name}` : address;
}

/** Without the hover of its rule: what the row says, what is wrong, and what the rows `below` say that belong to it. */
export function rowTooltip(row: TreeRow, below: readonly TreeRow[] = []): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString().appendText(saying(row));
  if (row.badgeReason !== null) tooltip.appendMarkdown('\n\n').appendText(row.badgeReason);
  if (below.length > 0) tooltip.appendMarkdown('\n');
  for (const each of below) tooltip.appendMarkdown('\n- ').appendText(saying(each));
  return tooltip;
}

function saying({ label, description }: TreeRow): string {
  return description === '' ? label : `${label} · ${description}`;
}

/** Colours the rows that have a problem, and marks them with a letter. */
export class RowDecorations implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== rowScheme) return undefined;
    const badge = uri.query;
    if (badge !== 'error' && badge !== 'warning') return undefined;
    return new vscode.FileDecoration(
      badge === 'error' ? '×' : '!',
      undefined,
      new vscode.ThemeColor(badgeColors[badge]),
    );
  }
}
