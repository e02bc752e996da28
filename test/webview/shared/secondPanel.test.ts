/** A second panel is a folder: this one has nothing but its contract, its element and an entry of four lines. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { FakeHost } from './fakeHost.ts';
import { launch, PanelPage } from './panelPage.ts';
import type { CountContract, CountState } from './secondPanel/contract.ts';
import { highContrastDark } from './themes/highContrastDark.ts';

let browser: Browser;
let panel: PanelPage<CountContract>;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(async () => {
  expect(panel.problems).toEqual([]);
  await panel.close();
});

async function open(state: CountState): Promise<void> {
  const host = new FakeHost<CountContract>(state, {
    add: async ({ count, step }) => Promise.resolve({ count: count + step }),
    steps: async () => Promise.resolve([1, 10]),
  });
  const kind = { name: 'count', entry: 'test/webview/shared/secondPanel/main.ts', parts: [] };
  panel = await PanelPage.open(browser, kind, host, { theme: highContrastDark, width: 420 });
}

/** Waits until the panel says so. */
const says = (text: string) => panel.page.getByRole('heading', { name: text, exact: true }).waitFor();

test('it is opened with its state, asks the extension and tells it', async () => {
  await open({ name: 'rules', count: 4, run: true });
  await says('rules: 5');
  expect(panel.host.paramsOf('add')).toEqual([{ count: 4, step: 1 }]);
  await expect.poll(() => panel.host.told).toEqual([{ type: 'counted', name: 'rules', count: 5 }]);
});

test('it hears news, and keeps its state for a reload on both sides', async () => {
  await open({ name: 'rules', count: 4, run: false });
  await says('rules: 4');
  await panel.host.send({ type: 'set', count: 70 });
  await says('rules: 70');
  const state = { name: 'rules', count: 70, run: false };
  expect(await panel.kept()).toEqual(state);
  await expect.poll(() => panel.host.states.at(-1)).toEqual(state);
});

test('the parts that all panels share know nothing of a packet', async () => {
  await open({ name: '<img src=x onerror="globalThis.owned = 1">', count: 4, run: false });
  const box = panel.page.getByRole('combobox', { name: 'Step' });
  await box.focus();
  await box.press('ArrowDown');
  await panel.page.getByRole('option', { name: 'by 10' }).click();
  expect(await box.inputValue()).toBe('10');
  await panel.page.getByRole('button', { name: 'Add' }).click();
  await says('<img src=x onerror="globalThis.owned = 1">: 14');
  expect(await panel.page.evaluate('globalThis.owned')).toBeUndefined();
  expect(await panel.sideways()).toBe(0);
});
