/** Diagnose Service: from the palette, a row, a hover or a problem. */
import * as vscode from 'vscode';
import type { DiagnoseServiceArgument } from '../../protocol/commands.ts';
import { type Candidate, servicesToDiagnoseRequest } from '../../protocol/diagnosis.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import { documentName } from '../documents/rulesDocument.ts';
import type { DiagnosePanels } from '../panels/diagnose/diagnosePanels.ts';
import { inPick } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import type { RulesElement } from '../views/rulesTree.ts';
import { pickByName } from './pickByName.ts';
import { rulesMeant } from './rulesMeant.ts';

/** What the command acts on. */
export interface DiagnoseCommandTargets {
  readonly server: RulesServer;
  readonly current: CurrentRules;
  readonly panels: DiagnosePanels;
}

/** More than a pick shows; another letter narrows them down. */
const MOST_SHOWN = 200;

/** `argument` is a document's URI (menus), what a link, a row or a problem knows, or nothing (the palette). */
export async function diagnoseService(
  { server, current, panels }: DiagnoseCommandTargets,
  argument?: vscode.Uri | DiagnoseServiceArgument,
): Promise<void> {
  const uri = await rulesMeant(current, argument);
  if (uri === null) return;
  const known = argument === undefined || argument instanceof vscode.Uri ? undefined : argument.service;
  const service = known ?? (await pickService(server, uri));
  if (service !== null) panels.open({ uri: uri.toString(), name: documentName(uri), service });
}

/** The Service of a row, or of a row above it; null for a row that belongs to none. */
export function serviceOfRow(element: RulesElement): string | null {
  for (let each: RulesElement | null = element; each !== null; each = each.parent) {
    // Such a row's id is the Service's own, with what kind of row it is in front (`Tree.rows`).
    if (each.kind === 'row' && each.row.kind === 'service') return each.row.id.slice('s:'.length);
  }
  return null;
}

async function pickService(server: RulesServer, uri: vscode.Uri): Promise<string | null> {
  const picked = await pickByName({
    title: vscode.l10n.t('Diagnose Service'),
    placeholder: vscode.l10n.t('Which Service does not answer? Parts of its namespace and name'),
    find: async (query) => {
      const params = { uri: uri.toString(), query, limit: MOST_SHOWN };
      return (await server.request(servicesToDiagnoseRequest, params)).map(itemOf);
    },
  });
  return picked?.service ?? null;
}

/** The server has chosen by words already: VS Code shows all of them. */
function itemOf({ name, description, hasProblem }: Candidate): vscode.QuickPickItem & {
  readonly service: string;
} {
  return {
    label: inPick(name),
    description: inPick(description),
    iconPath: new vscode.ThemeIcon(hasProblem ? 'warning' : 'symbol-interface'),
    alwaysShow: true,
    service: name,
  };
}
