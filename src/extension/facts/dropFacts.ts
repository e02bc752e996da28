/** Files that are dropped on the Rules view, from the Explorer or from outside of VS Code. */
import * as vscode from 'vscode';
import type { HeldTexts } from '../documents/heldTexts.ts';
import { reportFailure } from '../reportFailure.ts';
import type { RulesElement } from '../views/rulesTree.ts';

const URI_LIST = 'text/uri-list';

/** Nothing is dragged out of the view. */
export class DropFacts implements vscode.TreeDragAndDropController<RulesElement> {
  readonly dropMimeTypes = [URI_LIST, 'files'];
  readonly dragMimeTypes = [];
  readonly #held: HeldTexts;
  readonly #take: (uris: readonly vscode.Uri[]) => Promise<void>;

  constructor(held: HeldTexts, take: (uris: readonly vscode.Uri[]) => Promise<void>) {
    this.#held = held;
    this.#take = take;
  }

  async handleDrop(_target: RulesElement | undefined, data: vscode.DataTransfer): Promise<void> {
    try {
      const uris = await this.#dropped(data);
      if (uris.length > 0) await this.#take(uris);
    } catch (error) {
      reportFailure(error);
    }
  }

  /** A file from outside may have an address; where it has none (in a browser) its bytes are held. */
  async #dropped(data: vscode.DataTransfer): Promise<readonly vscode.Uri[]> {
    const listed = (await data.get(URI_LIST)?.asString()) ?? '';
    const uris = listed.split(/\r?\n/).flatMap((line) => {
      const text = line.trim();
      return text === '' || text.startsWith('#') ? [] : [vscode.Uri.parse(text, true)];
    });
    if (uris.length > 0) return uris;
    const files = [...data].flatMap(([, item]) => item.asFile() ?? []);
    return Promise.all(files.map(async (file) => file.uri ?? this.#held.hold(file.name, await file.data())));
  }
}
