/** What the panel does: the answer first, each claim leads on, and it follows the rules as they change. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { DiagnoseAnswer } from '../../../src/protocol/diagnosis.ts';
import { launch } from '../shared/panelPage.ts';
import { darkModern } from '../shared/themes/darkModern.ts';
import { diagnosed, DiagnoseHost, type DiagnosePage, openDiagnose } from './diagnoseHost.ts';

const corpFirewall = (rules: string): string =>
  rules.replace(
    /(\*filter\n(?::.*\n)*)/,
    '$1-A FORWARD -i eth0 -p tcp -m tcp --dport 8080 -m comment --comment corp-fw -j DROP\n',
  );
const works = diagnosed('edge/np-cluster');
const dropped = diagnosed('edge/np-cluster', corpFirewall);

let browser: Browser;
let panel: DiagnosePage;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(async () => {
  expect(panel.problems).toEqual([]);
  await panel.close();
});

async function open(answers: readonly DiagnoseAnswer[], uri?: string): Promise<Page> {
  let asked = 0;
  const host = new DiagnoseHost(async () => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    if (answer === undefined) throw new Error('The test gave no answer.');
    return Promise.resolve(answer);
  }, uri);
  panel = await openDiagnose(browser, host, { theme: darkModern });
  await panel.page.getByRole('heading', { level: 1 }).waitFor();
  return panel.page;
}

const headline = (page: Page) => page.getByRole('heading', { level: 1 }).innerText();

test('the answer has cause and cure, with a word for its icon', async () => {
  const page = await open([dropped]);
  expect(await headline(page)).toMatch(
    /^Does not work:\s+edge\/np-cluster: From another node and from outside .* \("corp-fw"\).* Accept these packets before that rule/s,
  );
});

test('each cell says its way and opens the trace of its packet; arrows move over those where nobody asks', async () => {
  const page = await open([dropped]);
  const failing = page.getByRole('button', {
    name: /^from outside to node port 30080\/TCP: drops\. Dropped by/,
  });
  await failing.click();
  await expect
    .poll(() => panel.host.told)
    .toEqual([{ type: 'trace', form: expect.objectContaining({ to: ':30080' }) as unknown }]);
  await failing.press('ArrowUp');
  expect(await failing.evaluate((button) => button.matches(':focus'))).toBe(true);
  await failing.press('ArrowLeft');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect.poll(() => panel.host.told.length).toBe(2);
  expect(panel.host.told[1]).toMatchObject({ type: 'trace', form: { to: '10.108.134.196:80' } });
});

test('what stops packets leads to its rule, a frontend to its own', async () => {
  const page = await open([dropped]);
  await page.getByRole('button', { name: 'Show the rule' }).first().click();
  await page.getByRole('button', { name: /^node port 30080\/TCP → targetPort/ }).click();
  await expect.poll(() => panel.host.told.map(({ type }) => type)).toEqual(['reveal', 'reveal']);
});

test('copies the Markdown, the JSON and a command that would tell', async () => {
  const page = await open([works]);
  await page.getByRole('button', { name: 'Copy as' }).click();
  await page.getByRole('menuitem', { name: 'Markdown' }).click();
  await page.getByRole('button', { name: 'Copy as' }).click();
  await page.getByRole('menuitem', { name: 'JSON' }).click();
  await page.getByRole('button', { name: /^Copy: kubectl get networkpolicies -n edge/ }).click();
  await expect
    .poll(() => panel.host.paramsOf('copy'))
    .toEqual([{ text: '## Markdown' }, { text: '{}' }, { text: 'kubectl get networkpolicies -n edge' }]);
});

test('a long list of evidence opens on demand', async () => {
  const page = await open([diagnosed('shop/fifty')]);
  await page.getByRole('button', { name: 'Show 45 more' }).click();
  await page.getByText('fifty-49: ready').waitFor();
});

test('rules that change are asked about again, and a screen reader hears the other answer', async () => {
  const page = await open([works, dropped]);
  expect(await headline(page)).toMatch(/^Works:/);
  await panel.host.send({ type: 'rulesChanged' });
  await expect.poll(() => headline(page)).toMatch(/^Does not work:/);
  await expect.poll(() => page.locator('.page > [role=status]').innerText()).toMatch(/corp-fw/);
});

test('an object opens where there is a cluster to ask, and nowhere else', async () => {
  const page = await open([works], 'kube-proxy:/kind-dev/node-1/iptables-save');
  await page.getByRole('button', { name: 'Open the object' }).first().click();
  await expect
    .poll(() => panel.host.told)
    .toEqual([{ type: 'openObject', object: { resource: 'pods', namespace: 'edge', name: 'np-cluster-0' } }]);
  await panel.host.send({ type: 'rulesTaken', taken: Date.now() - 60_000 });
  await page.getByText(/^rules of .*, 60 s ago$/).waitFor();
  await panel.close();
  const file = await open([works]);
  expect(await file.getByRole('button', { name: 'Open the object' }).count()).toBe(0);
});

test('names from rules and objects become no markup', async () => {
  const hostile = '<img src=x onerror="globalThis.owned = 1">';
  const page = await open([{ kind: 'unavailable', message: `Nothing is called ${hostile}.` }]);
  await page.getByText(`Nothing is called ${hostile}.`).first().waitFor();
  expect(await page.evaluate('globalThis.owned')).toBeUndefined();
});
