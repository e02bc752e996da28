/** What a trace panel does: carries questions between its page and the language server. */
import * as vscode from 'vscode';
import {
  choicesRequest,
  consideredRequest,
  traceOnNodesRequest,
  traceRequest,
} from '../../../protocol/requests.ts';
import type { Handlers } from '../../../protocol/rpc.ts';
import type { Guide, TracePanelContract, TracePanelState } from '../../../protocol/tracePanel.ts';
import { documentName } from '../../documents/rulesDocument.ts';
import { readRecording } from '../../facts/readRecording.ts';
import type { RulesServer } from '../../rulesServer.ts';
import type { Recording } from '../../../protocol/recording.ts';
import type { PanelPage, PanelWork } from '../shared/panel.ts';
import type { RuleHighlight } from '../shared/ruleHighlight.ts';
import { openObject } from '../shared/openObject.ts';
import { highlightPlace, revealPlace } from '../shared/revealPlace.ts';
import { textOf, textsOf } from '../shared/pageValues.ts';
import { withToken } from '../shared/withToken.ts';
import { savePicture } from './savePicture.ts';
import type { PanelNodes } from './panelNodes.ts';

/** What all trace panels share. */
export interface TracePanelTargets {
  readonly server: RulesServer;
  readonly highlight: RuleHighlight;
  readonly nodes: PanelNodes;
  /** Opens the panel of another document. */
  readonly open: (state: TracePanelState) => void;
  /** The next step of a guide is wanted, from the panel of the rules in `uri`. */
  readonly askNext: (uri: string, guide: Guide) => void;
}

/** One panel's work. What the server refuses reaches the page as the failure of its request. */
export class TracePanel implements PanelWork<TracePanelContract> {
  readonly requests: Handlers<TracePanelContract['requests']>;
  readonly #page: PanelPage<TracePanelContract>;
  readonly #targets: TracePanelTargets;
  readonly #subscriptions: vscode.Disposable;
  /** Rules that changed behind the trace made ahead, before the page listened; null once it listens. */
  #changed: Set<string> | null = new Set();

  constructor(page: PanelPage<TracePanelContract>, targets: TracePanelTargets) {
    const { server, highlight, nodes } = targets;
    this.#page = page;
    this.#targets = targets;
    this.requests = this.#handlers();
    this.#subscriptions = vscode.Disposable.from(
      server.onDidChangeRules((uri) => this.#noteChanged(uri)),
      nodes.onDidRead(() => this.#tellTaken()),
      page.onDidHide(() => highlight.show(null)),
    );
  }

  opened(): void {
    const changed = this.#changed ?? [];
    this.#changed = null;
    for (const uri of changed) this.#noteChanged(uri);
    this.#tellTaken();
  }

  hear(news: TracePanelContract['told']): void {
    const { highlight } = this.#targets;
    switch (news.type) {
      case 'guideNext':
        this.#askNext();
        break;
      case 'traceOn':
        this.#traceOn(news.uri, news.form);
        break;
      case 'openObject':
        openObject(this.#page.state.uri, news.object);
        break;
      case 'highlight':
        if (news.location === null) highlight.show(null);
        else void highlightPlace(this.#targets, news.location);
        break;
      case 'reveal':
        void revealPlace(this.#targets, news.location, this.#page.viewColumn);
        break;
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#targets.highlight.show(null);
  }

  #handlers(): Handlers<TracePanelContract['requests']> {
    const { server, nodes } = this.#targets;
    return {
      trace: (params, cancellation) =>
        withToken(cancellation, async (token) => {
          const answer = await server.request(traceRequest, params, token);
          this.#changed?.clear();
          return answer;
        }),
      choices: (params, cancellation) =>
        withToken(cancellation, (token) => server.request(choicesRequest, params, token)),
      considered: (params, cancellation) =>
        withToken(cancellation, (token) => server.request(consideredRequest, params, token)),
      traceOnNodes: (params, cancellation) =>
        withToken(cancellation, async (token) => {
          // VS Code closes documents that nobody shows.
          await Promise.all(
            textsOf(params, 'uris').map((uri) => nodes.openHeld(vscode.Uri.parse(uri, true))),
          );
          return server.ask(traceOnNodesRequest, params, token);
        }),
      getRules: async (params) => nodes.getRules(vscode.Uri.parse(textOf(params, 'uri'), true)),
      chooseNodes: async (params) => nodes.choose(vscode.Uri.parse(textOf(params, 'uri'), true)),
      recording: (_params, cancellation) => withToken(cancellation, (token) => this.#recording(token)),
      savePicture: async (params) => {
        const picture = { svg: textOf(params, 'svg'), png: textOf(params, 'png') };
        await savePicture(vscode.Uri.parse(this.#page.state.uri, true), picture);
        return null;
      },
      copy: async (params) => {
        await vscode.env.clipboard.writeText(textOf(params, 'text'));
        return null;
      },
    };
  }

  async #recording(token: vscode.CancellationToken): Promise<Recording> {
    const { uri, recording } = this.#page.state;
    if (recording === undefined) return { kind: 'nothing', message: '' };
    return readRecording(this.#targets.server, uri, vscode.Uri.parse(recording.uri, true), token);
  }

  #noteChanged(uri: string): void {
    if (this.#changed === null) this.#page.tell({ type: 'rulesChanged', uri });
    else this.#changed.add(uri);
  }

  #askNext(): void {
    const { uri, guide } = this.#page.state;
    if (guide !== undefined) this.#targets.askNext(uri, guide);
  }

  #tellTaken(): void {
    const taken = this.#targets.nodes.takenAt(vscode.Uri.parse(this.#page.state.uri));
    if (taken !== null) this.#page.tell({ type: 'rulesTaken', taken });
  }

  #traceOn(uri: string, form: TracePanelState['form']): void {
    const name = documentName(vscode.Uri.parse(uri, true));
    this.#targets.open({ uri, name, form, decisions: [], run: true });
  }
}
