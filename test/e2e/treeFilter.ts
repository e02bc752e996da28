/** The filter of the Rules view: rows that were never opened are found, and a narrow side bar says that others are hidden. */
import { Suite } from '../extension/runner.ts';
import type { Window } from './window.ts';

/** Name of pictures, label, and what the workbench is called in it. */
type Themes = readonly (readonly [name: string, label: string, kind: string])[];

export function treeFilter(window: Window, themes: Themes): Suite {
  const suite = new Suite('the filter of the Rules view');
  const { page } = window;
  const input = page.locator('.quick-input-widget:visible input').first();
  const endpoint = window.row(/10\.244\.2\.41:8080/);
  suite.test('rows that were never opened are found while the filter is typed', async () => {
    await window.command('kube-proxy: Show Rules by Service');
    await window.command('kube-proxy: Filter Rows…');
    await input.fill('edge 10.244.2.41');
    await endpoint.waitFor();
    await window.screenshot('tree-filter-typed');
    await page.setViewportSize({ width: 420, height: 800 });
    await window.screenshot('tree-filter-typed-420');
    await page.setViewportSize({ width: 1280, height: 800 });
  });
  suite.test('Escape shows all rows again', async () => {
    await page.keyboard.press('Escape');
    await window.row(/^Filter: /).waitFor({ state: 'detached' });
    await window.row(/^Node at a Glance/i).waitFor();
  });
  for (const [name, label, kind] of themes) {
    suite.test(`filtered rows in ${label}`, async () => {
      await window.theme(label);
      await page.locator(`.monaco-workbench.${kind}`).waitFor();
      await window.command('kube-proxy: Filter Rows…');
      await input.fill('edge 10.244.2.41');
      await page.keyboard.press('Enter');
      await endpoint.waitFor();
      await window.screenshot(`tree-filtered-${name}`);
    });
  }
  suite.test('only rows with problems; its row ends the filter', async () => {
    await window.theme('Dark Modern');
    await window.command('kube-proxy: Show All Rows');
    await window.command('kube-proxy: Show Only Rows with Problems');
    const filter = window.row('Only rows with problems');
    await filter.waitFor();
    await page.locator('.part.sidebar .message', { hasText: 'filtered' }).waitFor();
    await window.row(/no endpoints/).waitFor();
    await window.screenshot('tree-problems');
    await page.setViewportSize({ width: 420, height: 800 });
    await window.screenshot('tree-problems-420');
    await page.setViewportSize({ width: 1280, height: 800 });
    await filter.hover();
    await filter.getByRole('button', { name: 'Show All Rows' }).click();
    await filter.waitFor({ state: 'detached' });
  });
  suite.test('a filter that no row has says so', async () => {
    await window.command('kube-proxy: Filter Rows…');
    await input.fill('nothing of this');
    await page.keyboard.press('Enter');
    await window.row(/nothing of this.*no row has it/).waitFor();
    await window.screenshot('tree-filter-nothing');
    await window.command('kube-proxy: Show All Rows');
    await window.row('no row has it').waitFor({ state: 'detached' });
  });
  return suite;
}
