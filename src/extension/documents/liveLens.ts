/** Above the first line of a live document: when it was read and from whom, or the way to read it. */
import * as vscode from 'vscode';
import { liveScheme } from '../../protocol/liveUri.ts';
import { clockTime, sourceWords } from '../views/ageWords.ts';
import { inPick } from '../plainText.ts';
import type { LiveFiles } from './liveFiles.ts';
import { liveAddress } from './snapshotUris.ts';

/** Code lenses of live documents; none in any other. */
export class LiveLens implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #files: LiveFiles;
  readonly #registration: vscode.Disposable;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(files: LiveFiles) {
    this.#files = files;
    this.onDidChangeCodeLenses = files.onDidRead;
    this.#registration = vscode.languages.registerCodeLensProvider({ scheme: liveScheme }, this);
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    const address = liveAddress(uri);
    if (address === null || address.node === null) return [];
    const { context, node } = address;
    const collected = this.#files.collected(uri);
    const top = new vscode.Range(0, 0, 0, 0);
    const name = [{ context, node }];
    const refresh = { command: 'kubeProxy.clusters.refreshNode', arguments: name };
    if (collected === null) {
      const title = vscode.l10n.t('Read the Rules of {0}', inPick(node));
      return [new vscode.CodeLens(top, { ...refresh, title })];
    }
    const time = clockTime(collected.takenAt);
    const title = vscode.l10n.t('Taken {0} from {1}', time, inPick(sourceWords(collected.source)));
    const other = { command: 'kubeProxy.clusters.openNodeFile', arguments: name };
    return [
      new vscode.CodeLens(top, { title, command: '' }),
      new vscode.CodeLens(top, { ...refresh, title: vscode.l10n.t('Refresh') }),
      new vscode.CodeLens(top, { ...other, title: vscode.l10n.t('Other Files of the Node') }),
    ];
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
