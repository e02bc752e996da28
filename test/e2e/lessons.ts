/** Every lesson in a real window, followed to its end from the Lessons view. */
import { Suite } from '../extension/runner.ts';
import { lessons } from '../../src/extension/lessons/lessons.ts';
import type { Window } from './window.ts';

export function lessonsSuite(window: Window): Suite {
  const suite = new Suite('lessons');
  const { page } = window;
  const view = page.locator('.part.sidebar .pane', { has: page.locator('[aria-label="Lessons Section"]') });
  const rows = view.locator('.monaco-list-row');
  suite.test('they stand in a view of their own', async () => {
    await window.command('View: Close All Editors');
    await window.command('kube-proxy: Focus on Lessons View');
    await rows.first().waitFor();
    await window.screenshot('lessons');
  });
  const walkthrough = async (): Promise<void> => {
    await window.command('Welcome: Open Walkthrough');
    await window.quickPickRow('Lessons: How Services Work').waitFor();
    await page.keyboard.type('Lessons: How');
    await window.settle();
    await page.keyboard.press('Enter');
    await page.locator('.getting-started-step').first().waitFor();
  };
  suite.test('each is a step of a walkthrough, with its picture', async () => {
    // The picture has its place beside the steps only where there is room.
    await window.command('View: Toggle Primary Side Bar Visibility');
    await walkthrough();
    await page.locator('.getting-started-step', { hasText: 'A DROP that never matches' }).click();
    await window.screenshot('walkthrough-lessons');
    await window.command('View: Toggle Primary Side Bar Visibility');
    await window.command('View: Close All Editors');
  });
  for (const [at, { id, steps }] of lessons.entries()) {
    suite.test(`${id}, to its end`, async () => {
      await window.command('kube-proxy: Open Lesson…');
      await page.locator('.quick-input-widget:visible input[placeholder^="Which lesson?"]').waitFor();
      await window.settle();
      await page.locator(`.quick-input-list .monaco-list-row[data-index="${at}"]`).click();
      const panel = window.webview();
      for (const step of steps.keys()) {
        if (step > 0) await panel.getByRole('button', { name: 'Next Step' }).click();
        const count = steps.length === 1 ? /[^\d]$/ : new RegExp(` · ${step + 1} of ${steps.length}$`, 'u');
        await panel.locator('guide-line h2', { hasText: count }).waitFor();
        await panel.locator('answer-summary h1').waitFor();
        await window.screenshot(`lesson-${id}-${step + 1}`);
      }
      await window.command('View: Close All Editors');
    });
  }
  suite.test('what was followed to its end is ticked', async () => {
    await rows.first().waitFor();
    await view.locator('.codicon-pass-filled').first().waitFor();
    await window.screenshot('lessons-done');
    await walkthrough();
    const done = page.locator('.getting-started-step .codicon-getting-started-step-checked');
    await done.nth(lessons.length - 1).waitFor();
    await window.screenshot('walkthrough-lessons-done');
  });
  return suite;
}
