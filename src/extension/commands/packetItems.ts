import * as vscode from 'vscode';
import type { FlowForm } from '../../protocol/requests.ts';
import { inPick } from '../plainText.ts';
import type { FlowItem, SavedFlow } from './flowPicks.ts';

/** Packets that were traced before and those that are tests, each a whole packet, and the heading of what follows them. */
export function packetItems(recent: readonly FlowForm[], saved: readonly SavedFlow[]): readonly FlowItem[] {
  if (recent.length === 0 && saved.length === 0) return [];
  return [
    ...headed(
      vscode.l10n.t('recent traces'),
      recent.map((form) => packetItem(endsOf(form), form.protocol.toUpperCase(), 'history', form)),
    ),
    ...headed(
      vscode.l10n.t('tests beside the rules'),
      saved.map(({ name, form }) =>
        packetItem(name, name === endsOf(form) ? '' : endsOf(form), 'beaker', form),
      ),
    ),
    separator(vscode.l10n.t('who sends')),
  ];
}

function endsOf({ from, to }: FlowForm): string {
  return `${from} → ${to}`;
}

function packetItem(label: string, description: string, icon: string, flow: FlowForm): FlowItem {
  const iconPath = new vscode.ThemeIcon(icon);
  return { label: inPick(label), description: inPick(description), iconPath, flow, typed: false };
}

function headed(heading: string, items: readonly FlowItem[]): readonly FlowItem[] {
  return items.length === 0 ? [] : [separator(heading), ...items];
}

function separator(label: string): FlowItem {
  return { label, kind: vscode.QuickPickItemKind.Separator, flow: {}, typed: false };
}
