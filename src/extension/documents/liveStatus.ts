/** The language status of a live document: of what node and when, and a way to read it again. */
import * as vscode from 'vscode';
import { liveScheme } from '../../protocol/liveUri.ts';
import { inStatus } from '../plainText.ts';
import { clockTime, sourceWords } from '../views/ageWords.ts';
import type { LiveFiles } from './liveFiles.ts';
import { documentName } from './rulesDocument.ts';
import { liveAddress } from './snapshotUris.ts';

/** The status item of the live document in front. */
export class LiveStatus implements vscode.Disposable {
  readonly #files: LiveFiles;
  readonly #item = vscode.languages.createLanguageStatusItem('kubeProxy.live', { scheme: liveScheme });
  readonly #subscriptions: vscode.Disposable;

  constructor(files: LiveFiles) {
    this.#files = files;
    this.#item.name = vscode.l10n.t('Live node');
    this.#subscriptions = vscode.Disposable.from(
      this.#item,
      vscode.window.onDidChangeActiveTextEditor(() => this.#update()),
      files.onDidRead(() => this.#update()),
    );
    this.#update();
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #update(): void {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const address = uri === undefined ? null : liveAddress(uri);
    if (uri === undefined || address === null || address.node === null) return;
    const { context, node } = address;
    const collected = this.#files.collected(uri);
    const title = collected === null ? vscode.l10n.t('Read') : vscode.l10n.t('Refresh');
    this.#item.text = inStatus(documentName(uri));
    this.#item.detail =
      collected === null
        ? vscode.l10n.t('not read yet')
        : vscode.l10n.t(
            'Taken {0} from {1}',
            clockTime(collected.takenAt),
            inStatus(sourceWords(collected.source)),
          );
    this.#item.command = { command: 'kubeProxy.clusters.refreshNode', title, arguments: [{ context, node }] };
  }
}
