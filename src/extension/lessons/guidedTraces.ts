/** Shows steps of questions and lessons: the rules by Service in the side bar, the packet traced, and what it shows. */
import * as vscode from 'vscode';
import { emptyForm } from '../../protocol/requests.ts';
import type { Guide } from '../../protocol/tracePanel.ts';
import { sampleScheme } from '../documents/sampleFiles.ts';
import { documentName } from '../documents/rulesDocument.ts';
import type { TracePanels } from '../panels/trace/tracePanels.ts';
import { guidedBy, guidedLessons, type Guided } from './guides.ts';
import type { Step } from './stories.ts';

const doneKey = 'kubeProxy.lessons.done';

/** Where the samples lie that come with the extension. */
const samples = vscode.Uri.from({ scheme: sampleScheme, path: '/' });

/** What a step is shown with. */
export interface GuidedTargets {
  readonly panels: TracePanels;
  /** Keeps which lessons were followed to their end. */
  readonly memento: vscode.Memento;
}

/** Opens steps, and knows which lessons were followed to their end. */
export class GuidedTraces implements vscode.Disposable {
  readonly #panels: TracePanels;
  readonly #memento: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  /** A lesson was followed to its end. */
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable;

  constructor({ panels, memento }: GuidedTargets) {
    this.#panels = panels;
    this.#memento = memento;
    this.#subscriptions = panels.onDidAskNext(({ uri, guide }) => void this.#next(uri, guide));
    for (const id of this.#done) noteDone(id);
  }

  /** Whether a lesson was followed to its end, in any window. */
  isDone({ id }: Guided): boolean {
    return this.#done.includes(id);
  }

  /** The step of that number, on the samples below `root`; nothing for one that there is not. */
  async open(guided: Guided, at = 0, root = samples): Promise<void> {
    const { id, title, steps, texts } = guided;
    const step = steps[at];
    if (step === undefined) return;
    const rules = vscode.Uri.joinPath(root, step.folder, step.file);
    // The rules lie behind the answer, for the view, and for who wants to see the text.
    await vscode.window.showTextDocument(rules, { preview: false, viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand('kubeProxy.rules.focus');
    const { from, to, protocol = '' } = step;
    const guide = { id, title, step: at, steps: steps.length, text: texts[at] ?? '', from, to };
    const form = { ...emptyForm, from, to, protocol };
    const state = { uri: rules.toString(), name: documentName(rules), form, decisions: [], run: true, guide };
    this.#panels.open(state, vscode.ViewColumn.One);
    if (at === steps.length - 1) await this.#note(guided);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  get #done(): readonly string[] {
    return this.#memento.get<readonly string[]>(doneKey) ?? [];
  }

  async #next(uri: string, { id, step: at }: Guide): Promise<void> {
    const guided = guidedBy(id);
    const step = guided?.steps[at];
    if (guided === undefined || step === undefined) return;
    await this.open(guided, at + 1, rootOf(vscode.Uri.parse(uri, true), step));
  }

  async #note({ id }: Guided): Promise<void> {
    if (this.#done.includes(id) || !guidedLessons().some((each) => each.id === id)) return;
    await this.#memento.update(doneKey, [...this.#done, id]);
    noteDone(id);
    this.#changed.fire();
  }
}

/** The folder of the samples that a step's rules lie in: those of the extension, or a copy of them. */
function rootOf(rules: vscode.Uri, { folder, file }: Step): vscode.Uri {
  const end = `/${folder}/${file}`;
  return rules.path.endsWith(end) ? rules.with({ path: rules.path.slice(0, -end.length) || '/' }) : samples;
}

/** For the steps of the walkthrough, which are done when the lesson is. */
function noteDone(id: string): void {
  void vscode.commands.executeCommand('setContext', `kubeProxy.${id.replace(':', '.')}`, true);
}
