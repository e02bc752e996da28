/** The language status of a dump: what it is, which files of the node lie beside it, and what does not work. */
import * as vscode from 'vscode';
import { isRules, rulesLanguage } from './documents/rulesDocument.ts';
import { statusRequest, type DocumentStatus } from '../protocol/requests.ts';
import { inStatus } from './plainText.ts';
import { RequestCancelled, type RulesServer } from './rulesServer.ts';

/** The status item of the dump in front, and a second one for what is limited in it. */
export class RulesStatus implements vscode.Disposable {
  readonly #server: RulesServer;
  readonly #item = vscode.languages.createLanguageStatusItem('kubeProxy.rules', { language: rulesLanguage });
  readonly #limits = vscode.languages.createLanguageStatusItem('kubeProxy.limits', {
    language: rulesLanguage,
    pattern: '/none',
  });
  readonly #subscriptions: vscode.Disposable;

  constructor(server: RulesServer) {
    this.#server = server;
    this.#item.name = vscode.l10n.t('iptables rules');
    this.#limits.name = vscode.l10n.t('iptables rules: limits');
    this.#limits.severity = vscode.LanguageStatusSeverity.Warning;
    this.#subscriptions = vscode.Disposable.from(
      this.#item,
      this.#limits,
      vscode.window.onDidChangeActiveTextEditor(() => void this.update()),
      server.onDidChangeRules(() => void this.update()),
    );
  }

  async update(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (document === undefined || !isRules(document)) return;
    this.#item.busy = true;
    try {
      const status = await this.#server.request(statusRequest, { uri: document.uri.toString() });
      if (document === vscode.window.activeTextEditor?.document) this.#show(status, document);
    } catch (error) {
      if (!(error instanceof RequestCancelled)) this.#fail(error);
    }
    this.#item.busy = false;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #show(status: DocumentStatus | null, document: vscode.TextDocument): void {
    this.#item.severity = vscode.LanguageStatusSeverity.Information;
    this.#item.command = undefined;
    this.#item.text = status === null ? vscode.l10n.t('Not read yet') : inStatus(status.summary);
    this.#item.detail = status === null ? '' : details(status);
    const limits = status?.limits ?? [];
    const { scheme, path } = document.uri;
    this.#limits.selector =
      limits.length === 0 ? { scheme: 'none' } : { language: rulesLanguage, scheme, pattern: path };
    this.#limits.text =
      limits.length === 1 ? vscode.l10n.t('1 limit') : vscode.l10n.t('{0} limits', limits.length);
    this.#limits.detail = limits.map(inStatus).join(' ');
  }

  #fail(error: unknown): void {
    this.#item.severity = vscode.LanguageStatusSeverity.Error;
    this.#item.text = vscode.l10n.t('The language server does not answer');
    this.#item.detail = inStatus(error instanceof Error ? error.message : String(error));
    this.#item.command = { command: 'kubeProxy.server.restart', title: vscode.l10n.t('Restart') };
  }
}

/** `1,461 rules in 310 chains · with ip-addr.json, objects.json` */
function details({ rules, chains, files }: DocumentStatus): string {
  const counted = vscode.l10n.t('{0} rules in {1} chains', rules.toLocaleString(), chains.toLocaleString());
  const beside =
    files.length === 0
      ? vscode.l10n.t('no other file of the node beside it')
      : vscode.l10n.t('with {0}', inStatus(files.join(', ')));
  return `${counted} · ${beside}`;
}
