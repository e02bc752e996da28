/** What a panel that compares rules does: carries its question to the language server, and leads on from the answer. */
import * as vscode from 'vscode';
import { compareRequest, type CompareParams, normalisedRequest } from '../../../protocol/comparison.ts';
import type { ComparePanelContract } from '../../../protocol/comparePanel.ts';
import type { Handlers } from '../../../protocol/rpc.ts';
import { decodeRules } from '../../../text/decode.ts';
import type { HeldTexts } from '../../documents/heldTexts.ts';
import { openAsRules } from '../../documents/openAsRules.ts';
import { reportFailure } from '../../reportFailure.ts';
import type { RulesServer } from '../../rulesServer.ts';
import { textOf } from '../shared/pageValues.ts';
import type { OpenTrace } from '../shared/openTrace.ts';
import type { PanelPage, PanelWork } from '../shared/panel.ts';
import { revealPlace } from '../shared/revealPlace.ts';
import type { RuleHighlight } from '../shared/ruleHighlight.ts';
import { withToken } from '../shared/withToken.ts';

/** What all these panels share. */
export interface CompareTargets {
  readonly server: RulesServer;
  readonly highlight: RuleHighlight;
  readonly held: HeldTexts;
  readonly trace: OpenTrace;
}

/** One panel's work. What the server refuses reaches the page as the failure of its request. */
export class ComparePanel implements PanelWork<ComparePanelContract> {
  readonly requests: Handlers<ComparePanelContract['requests']>;
  readonly #page: PanelPage<ComparePanelContract>;
  readonly #targets: CompareTargets;
  readonly #subscriptions: vscode.Disposable;

  constructor(page: PanelPage<ComparePanelContract>, targets: CompareTargets) {
    const { server, highlight } = targets;
    this.#page = page;
    this.#targets = targets;
    this.requests = {
      compare: (_params, cancellation) =>
        withToken(cancellation, async (token) => server.ask(compareRequest, await this.#params(), token)),
      copy: async (params) => {
        await vscode.env.clipboard.writeText(textOf(params, 'text'));
        return null;
      },
    };
    this.#subscriptions = vscode.Disposable.from(
      server.onDidChangeRules((uri) => {
        const { before, after } = page.state;
        if (uri === before.uri || uri === after.uri) page.tell({ type: 'rulesChanged' });
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        const { after, saved } = page.state;
        if (saved && uri.toString() === after.uri) page.tell({ type: 'rulesChanged' });
      }),
      page.onDidHide(() => highlight.show(null)),
    );
  }

  opened(): void {
    // The page asks by itself.
  }

  hear(news: ComparePanelContract['told']): void {
    const { after } = this.#page.state;
    if (news.type === 'showDiff') this.#showDiff().catch(reportFailure);
    else if (news.type === 'trace') this.#targets.trace(after.uri, news.form, this.#page.viewColumn);
    else void revealPlace(this.#targets, news.location, this.#page.viewColumn);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#targets.highlight.show(null);
  }

  /** Both documents are opened: VS Code closes those that nobody shows. */
  async #params(): Promise<CompareParams> {
    const { before, after, saved } = this.#page.state;
    const { server } = this.#targets;
    await server.start();
    const old = vscode.Uri.parse(before.uri, true);
    await openAsRules(server, old);
    await openAsRules(server, vscode.Uri.parse(after.uri, true));
    const beforeText = saved ? decodeRules(await vscode.workspace.fs.readFile(old)).text : null;
    return { before: before.uri, after: after.uri, beforeText };
  }

  async #showDiff(): Promise<void> {
    const { server, held } = this.#targets;
    const { before, after } = this.#page.state;
    const texts = await server.ask(normalisedRequest, await this.#params());
    if (texts === null) return;
    const encoder = new TextEncoder();
    const [old, now] = [
      held.hold(before.name, encoder.encode(texts.before)),
      held.hold(after.name, encoder.encode(texts.after)),
    ];
    const title = vscode.l10n.t('{0} ↔ {1} (normalised)', before.name, after.name);
    await vscode.commands.executeCommand('vscode.diff', old, now, title);
  }
}
