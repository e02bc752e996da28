/** Opens a lesson at its first step; asks which one. */
import * as vscode from 'vscode';
import { guidedLessons, type Guided } from '../lessons/guides.ts';
import type { GuidedTraces } from '../lessons/guidedTraces.ts';

interface LessonItem extends vscode.QuickPickItem {
  readonly guided: Guided;
}

/** `id`: of `guidedLessons`, from the view or the walkthrough. Another one is not known, and nothing opens. */
export async function openLesson(lessons: GuidedTraces, id?: string): Promise<void> {
  const guided =
    id === undefined ? await pickLesson(lessons) : guidedLessons().find((each) => each.id === id);
  if (guided !== undefined) await lessons.open(guided);
}

async function pickLesson(lessons: GuidedTraces): Promise<Guided | undefined> {
  const items = guidedLessons().map((guided): LessonItem => {
    const { title, steps } = guided;
    const count = steps.length === 1 ? vscode.l10n.t('1 step') : vscode.l10n.t('{0} steps', steps.length);
    const description = lessons.isDone(guided) ? vscode.l10n.t('{0} · done', count) : count;
    return { label: title, description, guided };
  });
  const placeHolder = vscode.l10n.t('Which lesson? Each traces packets through a sample.');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.guided;
}
