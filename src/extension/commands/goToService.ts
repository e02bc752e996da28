/** Goes to the rules of a Service by its name: in a dump nothing but hashes could be searched for. */
import * as vscode from 'vscode';
import { type ServiceFound, servicesRequest } from '../../protocol/requests.ts';
import type { CurrentRules } from '../documents/currentRules.ts';
import { inMessage, inPick } from '../plainText.ts';
import type { RulesServer } from '../rulesServer.ts';
import { pickByName } from './pickByName.ts';
import { revealLocation } from './revealLocation.ts';

/** More than a pick shows; another letter narrows them down. */
const MOST_SHOWN = 200;

interface ServiceItem extends vscode.QuickPickItem {
  readonly found: ServiceFound;
}

/** Asks for a Service of the rules that are shown, and goes to the first rule that takes its traffic. */
export async function goToService(server: RulesServer, current: CurrentRules): Promise<void> {
  const uri = current.uri?.toString();
  if (uri === undefined) {
    void vscode.window.showInformationMessage(
      inMessage(vscode.l10n.t('Open rules first: a dump, or those of a node.')),
    );
    return;
  }
  const found = await pickService(server, uri);
  if (found !== null) await revealLocation(found.location);
}

function pickService(server: RulesServer, uri: string): Promise<ServiceFound | null> {
  return pickByName({
    title: vscode.l10n.t('Go to Service'),
    placeholder: vscode.l10n.t('Parts of namespace, name and port, such as "web http"'),
    find: async (query) => {
      const services = await server.request(servicesRequest, { uri, query, limit: MOST_SHOWN });
      return services.map(itemOf);
    },
  }).then((item) => item?.found ?? null);
}

/** The server has chosen by words already: VS Code shows all of them. */
function itemOf(found: ServiceFound): ServiceItem {
  return {
    label: inPick(found.name),
    description: inPick(found.description),
    iconPath: new vscode.ThemeIcon('symbol-interface'),
    alwaysShow: true,
    found,
  };
}
