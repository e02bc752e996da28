/** The panel without a mouse: Tab comes to every control, each has a name for a reader and shows that it has the focus. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowForm } from '../../../src/protocol/requests.ts';
import { launch } from '../shared/panelPage.ts';
import { darkModern } from '../shared/themes/darkModern.ts';
import { highContrastLight } from '../shared/themes/highContrastLight.ts';
import { realHost } from './realHost.ts';
import { openTrace } from './tracePage.ts';

const sample = 'media/samples/kube-proxy-1.36';
const form: Partial<FlowForm> = { from: 'external:203.0.113.9', to: '192.168.0.2:30080' };
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** More than the panel has controls. */
const MOST = 60;

/** The innermost element with the focus. */
const FOCUSED = `(() => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found;
})()`;

interface Control {
  readonly role: string;
  readonly name: string;
  readonly showsFocus: boolean;
}

/** As Chromium tells a reader of what has the focus; null where that is the page. */
async function focused(page: Page): Promise<Omit<Control, 'showsFocus'> | null> {
  if ((await page.evaluate(`${FOCUSED} === document.body`)) === true) return null;
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send('Runtime.evaluate', { expression: FOCUSED });
  const objectId = result.objectId ?? '';
  const { nodes } = await session.send('Accessibility.getPartialAXTree', { objectId, fetchRelatives: false });
  await session.detach();
  const [node] = nodes;
  return { role: String(node?.role?.value ?? ''), name: String(node?.name?.value ?? '') };
}

/** Whether what has the focus looks otherwise without it. */
async function showsFocus(page: Page): Promise<boolean> {
  const shot = (): Promise<Buffer> => page.screenshot({ animations: 'disabled' });
  await page.evaluate(`globalThis.walked = ${FOCUSED}, null`);
  const having = await shot();
  await page.evaluate('walked.blur()');
  const without = await shot();
  await page.evaluate('walked.focus({ preventScroll: true, focusVisible: true })');
  return !having.equals(without);
}

test.each([
  [darkModern, 1280],
  [highContrastLight, 420],
] as const)('every control has a name and shows its focus: %o', async (theme, width) => {
  const panel = await openTrace(browser, realHost(sample, form), { theme, width });
  const { page } = panel;
  await page.locator('way-picture svg').waitFor();
  await page.getByRole('treeitem').first().waitFor();
  await page.evaluate(`${FOCUSED}.blur()`);
  const controls: Control[] = [];
  while (controls.length < MOST) {
    await page.keyboard.press('Tab');
    const control = await focused(page);
    if (control === null) break;
    controls.push({ ...control, showsFocus: await showsFocus(page) });
  }
  expect(controls.filter(({ name }) => name === '')).toEqual([]);
  expect(controls.filter((control) => !control.showsFocus)).toEqual([]);
  expect(controls.map(({ role, name }) => `${role} ${name}`)).toMatchInlineSnapshot(`
    [
      "combobox From",
      "button Swap From and To",
      "combobox To",
      "combobox Protocol",
      "button Trace",
      "button More",
      "button Copy as",
      "button edge/np-cluster:http",
      "button 10.244.1.1",
      "button 192.168.0.2",
      "button Assumed: a new connection",
      "DisclosureTriangle Picture of the way",
      "button PREROUTING nat: DNAT, routing: forward, FORWARD filter: accept, POSTROUTING nat: masquerade; 33.3 % · cni0; 203.0.113.9:40000 becomes 10.244.1.1:*, 192.168.0.2:30080 becomes 10.244.1.45:8080; masquerade mark; 10.244.1.45:8080; np-cluster-0 on node-1",
      "listbox Outcomes",
      "searchbox Find among 144 rules that did not match",
      "tree Path to 10.244.1.45:8080",
    ]
  `);
  expect(panel.problems).toEqual([]);
  await panel.close();
});
