/** How a row of the Clusters view looks. Whatever a cluster says is plain text in it. */
import * as vscode from 'vscode';
import type { CollectedNode, LiveNode } from '../../cluster/liveNode.ts';
import { failureAdvice, failureLabel, nextStepsFor } from '../clusters/failureWords.ts';
import { visible, visibleAtLength } from '../plainText.ts';
import { ageWords, clockTime, sourceWords } from './ageWords.ts';
import type { ClusterElement, ElementOf, RowFacts } from './clusterElements.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** `facts` are those of the moment, `now` milliseconds since the epoch. */
export function clusterItem(element: ClusterElement, facts: RowFacts, now: number): vscode.TreeItem {
  const item = draw(element, facts, now);
  item.id = element.id;
  const description = typeof item.description === 'string' ? item.description : '';
  const label = typeof item.label === 'string' ? item.label : '';
  item.accessibilityInformation ??= { label: [label, description].filter((text) => text).join(', ') };
  return item;
}

function draw(element: ClusterElement, facts: RowFacts, now: number): vscode.TreeItem {
  switch (element.kind) {
    case 'context':
      return contextItem(element, facts);
    case 'nodes':
      return groupItem(vscode.l10n.t('Nodes'), facts, 'nodes');
    case 'services':
      return groupItem(vscode.l10n.t('Services'), facts, 'services');
    case 'node':
      return nodeItem(element, facts, now);
    case 'namespace':
      return namespaceItem(element, facts);
    case 'service':
      return serviceItem(element, facts);
    case 'loading':
      return loadingItem(element);
    case 'failure':
      return failureItem(element);
    case 'problem':
      return problemItem(element);
    default:
      return moreItem(element);
  }
}

function contextItem({ context }: ElementOf<'context'>, { state, version }: RowFacts): vscode.TreeItem {
  const item = new vscode.TreeItem(visible(context.name), state === 'closed' ? Collapsed : Expanded);
  const { l10n } = vscode;
  const parts = [
    ...(context.current ? [l10n.t('current')] : []),
    ...(version === '' ? [] : [visible(version)]),
    ...(state === 'connecting' ? [l10n.t('connecting…')] : []),
  ];
  item.description = parts.join(' · ');
  item.iconPath = contextIcon(state);
  item.contextValue = state === 'closed' ? 'context' : 'context open';
  item.tooltip = tooltip(visible(context.name), [
    l10n.t('Cluster: {0}', visible(context.cluster)),
    l10n.t('Server: {0}', context.server === '' ? '–' : visible(context.server)),
    l10n.t('User: {0}', visible(context.user)),
    ...(state === 'closed' ? [l10n.t('Not open: nothing is asked of it until you open it.')] : []),
  ]);
  return item;
}

function contextIcon(state: RowFacts['state']): vscode.ThemeIcon {
  if (state === 'failed') return warningIcon();
  if (state === 'connecting') return new vscode.ThemeIcon('loading~spin');
  if (state === 'closed') return new vscode.ThemeIcon('debug-disconnect');
  return new vscode.ThemeIcon('plug', new vscode.ThemeColor('charts.green'));
}

function groupItem(label: string, facts: RowFacts, kind: 'nodes' | 'services'): vscode.TreeItem {
  const item = new vscode.TreeItem(label, kind === 'nodes' ? Expanded : Collapsed);
  const { count, failure, loading } = facts;
  const counted = count === null ? '' : count.toLocaleString();
  if (failure !== null) {
    item.description =
      counted === '' ? visible(failureLabel(failure)) : vscode.l10n.t('{0} · may be old', counted);
    item.iconPath = warningIcon();
  } else {
    item.description = loading
      ? [counted, vscode.l10n.t('loading…')].filter((text) => text).join(' · ')
      : counted;
    item.iconPath = new vscode.ThemeIcon(kind === 'nodes' ? 'server-environment' : 'symbol-interface');
  }
  item.contextValue = kind;
  return item;
}

function nodeItem(
  element: ElementOf<'node'>,
  { node: facts, collected }: RowFacts,
  now: number,
): vscode.TreeItem {
  const { node } = element;
  const item = new vscode.TreeItem(visible(node), None);
  const title = vscode.l10n.t('Open Rules');
  item.command = { command: 'kubeProxy.clusters.openRules', title, arguments: [element] };
  if (facts === null) return item;
  item.description = nodeDescription(facts, now);
  item.iconPath = nodeIcon(facts);
  item.contextValue = nodeContext(facts);
  item.tooltip = nodeTooltip(facts, collected);
  item.accessibilityInformation = { label: `${visible(node)}, ${nodeState(facts)}, ${item.description}` };
  return item;
}

function nodeDescription(node: LiveNode, now: number): string {
  const { l10n } = vscode;
  if (node.progress !== null) return visible(node.progress);
  if (node.failure !== null && node.held === null) return visible(failureLabel(node.failure));
  if (node.proxy.kind === 'none' && node.held === null) {
    const { replacement } = node.proxy;
    return replacement === null
      ? l10n.t('kube-proxy is not running here')
      : l10n.t('no kube-proxy: {0} does its work', visible(replacement));
  }
  const { mode, version, held } = node;
  const parts = [
    mode ?? '',
    version,
    ...(held === null ? [] : [rulesWords(held.rules), ageWords(held.takenAt, now)]),
  ];
  if (node.failure !== null) parts.push(visible(failureLabel(node.failure)));
  if (node.ready === false) parts.push(l10n.t('not ready'));
  return parts
    .filter((part) => part !== '')
    .map(visible)
    .join(' · ');
}

function rulesWords(rules: number): string {
  return rules === 1 ? vscode.l10n.t('1 rule') : vscode.l10n.t('{0} rules', rules.toLocaleString());
}

function nodeIcon({ progress, failure, held, proxy }: LiveNode): vscode.ThemeIcon {
  if (progress !== null) return new vscode.ThemeIcon('loading~spin');
  if (failure !== null || (proxy.kind === 'none' && held === null)) return warningIcon();
  if (held === null) return new vscode.ThemeIcon('circle-outline');
  return new vscode.ThemeIcon('circle-filled', new vscode.ThemeColor('charts.green'));
}

/** What the icon says, for who does not see it. */
function nodeState({ progress, failure, held }: LiveNode): string {
  if (progress !== null) return vscode.l10n.t('reading');
  if (failure !== null) return vscode.l10n.t('failed');
  return held === null ? vscode.l10n.t('rules not read') : vscode.l10n.t('rules read');
}

function nodeContext({ progress, failure, held }: LiveNode): string {
  const words = ['node', ...(held === null ? [] : ['held']), ...(progress === null ? ['idle'] : ['reading'])];
  if (failure !== null) words.push('failed', ...nextStepsFor(failure));
  return words.join(' ');
}

function nodeTooltip(node: LiveNode, collected: CollectedNode | null): string {
  const { l10n } = vscode;
  const { held, failure, proxy } = node;
  const lines = [];
  if (node.addresses.length > 0) lines.push(l10n.t('Addresses: {0}', node.addresses.map(visible).join(', ')));
  if (proxy.kind === 'none') {
    lines.push(
      proxy.replacement === null
        ? l10n.t('No kube-proxy Pod runs on this node.')
        : l10n.t('No kube-proxy Pod runs on this node: {0} does its work.', visible(proxy.replacement)),
    );
  }
  if (held !== null)
    lines.push(l10n.t('Taken {0} from {1}', clockTime(held.takenAt), visible(sourceWords(held.source))));
  for (const warning of collected?.warnings ?? []) lines.push(visibleAtLength(warning));
  for (const { file, reason } of collected?.missing ?? []) {
    lines.push(l10n.t('Without {0}: {1}', visible(file), visible(reason)));
  }
  if (failure !== null) lines.push(visibleAtLength(failure.message), failureAdvice(failure));
  return tooltip(visible(node.name), lines);
}

function namespaceItem({ namespace }: ElementOf<'namespace'>, { count }: RowFacts): vscode.TreeItem {
  const item = new vscode.TreeItem(visible(namespace), Collapsed);
  item.description = count === null ? '' : count.toLocaleString();
  item.iconPath = new vscode.ThemeIcon(
    'symbol-namespace',
    new vscode.ThemeColor('symbolIcon.namespaceForeground'),
  );
  item.contextValue = 'namespace';
  return item;
}

function serviceItem(element: ElementOf<'service'>, { service }: RowFacts): vscode.TreeItem {
  const item = new vscode.TreeItem(visible(element.name), None);
  if (service !== null)
    item.description = [service.type, service.ports]
      .filter((text) => text)
      .map(visible)
      .join(' · ');
  item.iconPath = new vscode.ThemeIcon(
    'symbol-interface',
    new vscode.ThemeColor('symbolIcon.interfaceForeground'),
  );
  item.contextValue = 'service';
  item.command = {
    command: 'kubeProxy.clusters.showServiceRules',
    title: vscode.l10n.t('Show Its Rules'),
    arguments: [element],
  };
  return item;
}

function loadingItem({ words }: ElementOf<'loading'>): vscode.TreeItem {
  const item = new vscode.TreeItem(visible(words), None);
  item.iconPath = new vscode.ThemeIcon('loading~spin');
  item.contextValue = 'loading';
  return item;
}

function failureItem({ failure, stale }: ElementOf<'failure'>): vscode.TreeItem {
  const label = visible(failureLabel(failure));
  const item = new vscode.TreeItem(
    stale === null ? label : vscode.l10n.t('{0} may be old: {1}', stale, label),
    None,
  );
  item.description = visible(failure.message);
  item.iconPath = warningIcon();
  item.contextValue = ['failure', ...nextStepsFor(failure)].join(' ');
  item.tooltip = tooltip(label, [visibleAtLength(failure.message), failureAdvice(failure)]);
  return item;
}

function problemItem({ words }: ElementOf<'problem'>): vscode.TreeItem {
  const item = new vscode.TreeItem(visible(words), None);
  item.iconPath = warningIcon();
  item.contextValue = 'problem kubeconfig choose';
  item.tooltip = tooltip(visible(words), []);
  return item;
}

function moreItem(element: ElementOf<'more'>): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('… {0} more', element.left.toLocaleString()), None);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = {
    command: 'kubeProxy.clusters.showMore',
    title: vscode.l10n.t('Show More Rows'),
    arguments: [element],
  };
  return item;
}

function warningIcon(): vscode.ThemeIcon {
  return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
}

/** A string is shown as it is: in Markdown an address in a name would become a link. */
function tooltip(title: string, lines: readonly string[]): string {
  return [title, ...lines].join('\n');
}
