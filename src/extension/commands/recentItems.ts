import * as vscode from 'vscode';
import type { FlowForm } from '../../protocol/requests.ts';
import { inPick } from '../plainText.ts';
import type { FlowItem } from './flowPicks.ts';

/** Packets that were traced before, each a whole packet, and the heading of what follows them. */
export function recentItems(recent: readonly FlowForm[]): readonly FlowItem[] {
  if (recent.length === 0) return [];
  return [
    separator(vscode.l10n.t('recent traces')),
    ...recent.map((form) => ({
      label: inPick(`${form.from} → ${form.to}`),
      description: inPick(form.protocol.toUpperCase()),
      iconPath: new vscode.ThemeIcon('history'),
      flow: form,
      typed: false,
    })),
    separator(vscode.l10n.t('who sends')),
  ];
}

function separator(label: string): FlowItem {
  return { label, kind: vscode.QuickPickItemKind.Separator, flow: {}, typed: false };
}
