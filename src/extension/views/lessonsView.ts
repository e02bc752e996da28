/** The Lessons view: each a row that opens its first step, ticked once it was followed to its end. */
import * as vscode from 'vscode';
import { guidedLessons, type Guided } from '../lessons/guides.ts';
import type { GuidedTraces } from '../lessons/guidedTraces.ts';

/** The view with its rows. */
export class LessonsView implements vscode.TreeDataProvider<Guided>, vscode.Disposable {
  readonly #lessons: GuidedTraces;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: vscode.Disposable;

  constructor(lessons: GuidedTraces) {
    this.#lessons = lessons;
    this.#subscriptions = vscode.Disposable.from(
      vscode.window.createTreeView('kubeProxy.lessons', { treeDataProvider: this }),
      lessons.onDidChange(() => this.#changed.fire(undefined)),
    );
  }

  getChildren(): Guided[] {
    return [...guidedLessons()];
  }

  getTreeItem(guided: Guided): vscode.TreeItem {
    const { id, title, steps, texts } = guided;
    const isDone = this.#lessons.isDone(guided);
    const item = new vscode.TreeItem(title);
    item.id = id;
    item.description =
      steps.length === 1 ? vscode.l10n.t('1 step') : vscode.l10n.t('{0} steps', steps.length);
    item.tooltip = texts[0] ?? title;
    item.iconPath = isDone
      ? new vscode.ThemeIcon('pass-filled', new vscode.ThemeColor('testing.iconPassed'))
      : new vscode.ThemeIcon('mortar-board');
    item.accessibilityInformation = {
      label: isDone ? vscode.l10n.t('{0}, done', title) : title,
    };
    item.command = {
      command: 'kubeProxy.lessons.openLesson',
      title: vscode.l10n.t('Open Lesson'),
      arguments: [id],
    };
    return item;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}
