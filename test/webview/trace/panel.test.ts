import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { NarrativeOutcome } from '../../../src/kubeproxy/narrative/narrative.ts';
import type { TracePanelState } from '../../../src/protocol/tracePanel.ts';
import type { TraceAnswer, TraceParams } from '../../../src/protocol/requests.ts';
import { stateOf, TraceHost } from './traceHost.ts';
import { answerOf, forwarded, rejected, step, undecided } from './narratives.ts';
import { launch, rowText } from '../shared/panelPage.ts';
import { realHost } from './realHost.ts';
import { openTrace, type TracePage } from './tracePage.ts';
import type { PanelOptions } from '../shared/panelPage.ts';
import { choices, consideredPage, sources } from './panelStates.ts';
import { darkModern } from '../shared/themes/darkModern.ts';

let browser: Browser;
let panel: TracePage;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(async () => {
  expect(panel.problems).toEqual([]);
  await panel.close();
});

type Tracer = (params: TraceParams) => Promise<TraceAnswer>;
const always =
  (answer: TraceAnswer): Tracer =>
  async () =>
    Promise.resolve(answer);
const client = { from: 'pod:10.244.1.7', to: '10.96.12.3:80', protocol: 'tcp' };

async function open(
  trace: Tracer,
  state: TracePanelState = stateOf(client, true),
  options: Partial<PanelOptions> = {},
): Promise<Page> {
  const host = new TraceHost(state, {
    trace,
    choices: async ({ side }) => Promise.resolve(side === 'source' ? sources : choices),
    considered: async ({ from, to, limit }) => Promise.resolve(consideredPage(from, to, limit)),
    copy: async () => Promise.resolve(null),
  });
  panel = await openTrace(browser, host, { theme: darkModern, ...options });
  return panel.page;
}

const tree = (page: Page) => page.getByRole('tree');
const selectedRow = (page: Page) => page.getByRole('treeitem', { selected: true });

/** The row that has the keyboard, by its `aria-activedescendant`. */
async function currentRow(page: Page): Promise<string> {
  const id = (await tree(page).getAttribute('aria-activedescendant')) ?? '';
  return rowText(page.locator(`[id="${id}"]`));
}

describe('the answer', () => {
  test('the sentence has a word for its icon, and a screen reader hears it', async () => {
    const page = await open(always(answerOf(rejected)));
    const heading = page.getByRole('heading', { level: 1 });
    await expect.poll(() => heading.innerText()).toContain('Rejected: default/api has no endpoints.');
    await expect
      .poll(() => page.locator('.unseen[aria-live]').innerText())
      .toBe('Rejected: default/api has no endpoints.');
  });

  test('choosing an outcome by the keyboard shows its path, Enter reveals the rule that decided it', async () => {
    const page = await open(always(answerOf(forwarded)));
    const list = page.getByRole('listbox', { name: 'Outcomes' });
    await list.focus();
    await list.press('ArrowDown');
    expect(await rowText(list.getByRole('option', { selected: true }))).toContain('10.244.2.9:8080');
    await expect.poll(() => tree(page).getAttribute('aria-label')).toBe('Path to 10.244.2.9:8080');
    await list.press('Enter');
    await expect
      .poll(() => panel.host.told.find(({ type }) => type === 'reveal'))
      .toEqual({
        type: 'reveal',
        location: { uri: 'file:///node-1.iptables-save', line: 102, startCharacter: 0, endCharacter: 40 },
      });
  });

  test('a decision about what is not known traces again with it', async () => {
    const page = await open(always(answerOf(undecided)));
    await page.getByRole('radio', { name: 'Yes' }).check();
    await expect
      .poll(() => panel.host.paramsOf('trace').at(-1)?.decisions)
      .toEqual([{ key: 'set:blocked', value: true }]);
    await page.getByRole('radio', { name: 'Both' }).check();
    await expect.poll(() => panel.host.paramsOf('trace').at(-1)?.decisions).toEqual([]);
  });

  test('what was taken for granted can be decided otherwise, and then stays in sight', async () => {
    const page = await open(async ({ decisions }) => {
      const taken = decisions.find(({ key }) => key.startsWith('recent'));
      const assumptions = undecided.assumptions.map((each) =>
        each.key === 'recent'
          ? { ...each, decided: taken ? (taken.key === 'recent' ? 'web-0' : 'web-1') : null }
          : each,
      );
      return Promise.resolve(answerOf({ ...undecided, assumptions }));
    });
    await page.getByRole('button', { name: /^Assumed \(2\)/ }).click();
    const question = page.getByRole('radiogroup', { name: /served the client before$/ });
    expect(await question.getByRole('radio', { name: 'nobody' }).isChecked()).toBe(true);
    await question.getByRole('radio', { name: 'web-0' }).check();
    await expect
      .poll(() => panel.host.paramsOf('trace').at(-1)?.decisions)
      .toEqual([{ key: 'recent', value: true }]);
    await page.getByText('Assume an endpoint of default/web:http served the client before').waitFor();
    expect(await question.getByRole('radio', { name: 'web-0' }).isChecked()).toBe(true);
    await question.getByRole('radio', { name: 'web-1' }).check();
    await expect
      .poll(() => panel.host.paramsOf('trace').at(-1)?.decisions)
      .toEqual([{ key: 'recent-1', value: true }]);
  });

  test('copies as Markdown from a menu that the keyboard can work', async () => {
    const page = await open(always(answerOf(forwarded)));
    const button = page.getByRole('button', { name: 'Copy as' });
    await button.focus();
    await button.press('ArrowDown');
    await page.getByRole('menuitem', { name: 'Command line' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect.poll(() => panel.host.paramsOf('copy')).toEqual([{ text: '**Forwarded**' }]);
    await page.getByRole('button', { name: 'Copied' }).waitFor();
  });

  test('says when the rules have changed, and traces again on demand', async () => {
    const page = await open(always(answerOf(forwarded)));
    await page.getByText('DNAT to the endpoint').waitFor();
    await panel.host.send({ type: 'rulesChanged', uri: 'file:///other' });
    await panel.host.send({ type: 'rulesChanged', uri: 'file:///node-1.iptables-save' });
    await page.getByRole('button', { name: 'Trace again' }).click();
    await page.getByText('The rules have changed').waitFor({ state: 'detached' });
    expect(panel.host.paramsOf('trace')).toHaveLength(2);
  });
});

describe('the path', () => {
  test('arrow keys walk it, open and close it, and the editor follows', async () => {
    const page = await open(always(answerOf(forwarded)));
    await tree(page).focus();
    await page.keyboard.press('End');
    expect(await currentRow(page)).toContain('leaves by cni0');
    await page.keyboard.press('Home');
    expect(await currentRow(page)).toContain('PREROUTING · raw');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await currentRow(page)).toContain('PREROUTING · nat');
    await page.keyboard.press('ArrowRight');
    expect(await currentRow(page)).toContain('1 every packet → KUBE-SERVICES');
    await expect
      .poll(() => panel.host.told.at(-1))
      .toMatchObject({ type: 'highlight', location: { line: 101 } });
    const before = await page.getByRole('treeitem').count();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.getByRole('treeitem').count()).toBeLessThan(before);
    await page.keyboard.press('ArrowLeft');
    expect(await currentRow(page)).toContain('PREROUTING · nat');
    await page.keyboard.type('post');
    expect(await currentRow(page)).toContain('POSTROUTING · nat');
    await page.getByText('every packet → KUBE-SERVICES').click();
    await page.keyboard.press('Enter');
    await expect
      .poll(() => panel.host.told.at(-1))
      .toMatchObject({ type: 'reveal', location: { line: 101 } });
  });

  test('every row says its level and its place', async () => {
    const page = await open(always(answerOf(forwarded)));
    const row = page.getByRole('treeitem').filter({ hasText: '-d 10.96.12.3/32' });
    await row.waitFor();
    expect(await row.getAttribute('aria-level')).toBe('3');
    expect(await row.getAttribute('aria-posinset')).toBe('2');
    expect(await row.getAttribute('aria-setsize')).toBe('2');
    expect(await row.getAttribute('aria-expanded')).toBe('true');
  });

  test('the rules that did not match come in pages, with the failing part marked', async () => {
    const [outcome] = forwarded.groups[0]?.outcomes ?? [];
    if (outcome === undefined) throw new Error('no outcome');
    const skipped = { table: 'nat', chain: 'KUBE-SERVICES', from: 0, to: 9_999 };
    const path = [step('many', 'skipped', '10,000 rules did not match', { skipped })];
    const many: NarrativeOutcome = { ...outcome, path };
    const page = await open(
      always(answerOf({ ...forwarded, groups: [{ condition: '', outcomes: [many] }] })),
    );
    await tree(page).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('Show 100 more of 9,900 rules').waitFor();
    expect(await page.getByRole('treeitem').count()).toBe(102);
    expect(await rowText(page.locator('mark').first())).toBe('-d 10.96.0.1/32');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByText('Show 100 more of 9,800 rules').waitFor();
    expect(panel.host.paramsOf('considered').map(({ from, to, limit }) => [from, to, limit])).toEqual([
      [0, 9_999, 100],
      [100, 9_999, 100],
    ]);
    const last = page.getByRole('treeitem').filter({ hasText: 'svc-200:' });
    expect(await last.getAttribute('aria-posinset')).toBe('200');
    expect(await last.getAttribute('aria-setsize')).toBe('10000');
  });
});

test('many rules that did not match stand by what each asked first; a kind opens to its rules', async () => {
  panel = await openTrace(
    browser,
    realHost('media/samples/kube-proxy-1.36', { from: 'external:203.0.113.9', to: '192.168.0.2:30080' }),
    {
      theme: darkModern,
    },
  );
  const { page } = panel;
  await page.getByText('101 rules did not match').click();
  const kind = page.getByRole('treeitem', { name: /^\d+ rules for other destinations$/ });
  await kind.waitFor();
  expect(await page.locator('mark').count()).toBe(0);
  await kind.click();
  await page.locator('mark').first().waitFor();
  const count = Number(/\d+/u.exec(await rowText(kind))?.[0]);
  expect(await page.locator('.row.considered').first().getAttribute('aria-setsize')).toBe(String(count));
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => page.locator('mark').count()).toBe(0);
});

describe('the form', () => {
  test('a source and a destination chosen by the keyboard are traced at once', async () => {
    const page = await open(always(answerOf(forwarded)), stateOf({}, false));
    const from = page.getByRole('combobox', { name: 'From' });
    await from.press('ArrowDown');
    await page.getByRole('option', { name: 'default/client' }).waitFor();
    await from.press('ArrowDown');
    await from.press('Enter');
    expect(await from.inputValue()).toBe('pod:10.244.1.7');
    const to = page.getByRole('combobox', { name: 'To', exact: true });
    await to.pressSequentially('web');
    await page.getByRole('option', { name: 'node port' }).waitFor();
    await to.press('ArrowDown');
    await to.press('ArrowDown');
    expect(await to.getAttribute('aria-activedescendant')).toBe('option-1');
    await to.press('Enter');
    await page.getByText('Forwarded to one of 3').first().waitFor();
    const { form } = panel.host.paramsOf('trace').at(-1) ?? {};
    expect(form).toMatchObject({ from: 'pod:10.244.1.7', to: '192.168.0.2:30080', protocol: 'tcp' });
  });

  test('Escape closes the choices first', async () => {
    const page = await open(always(answerOf(forwarded)));
    const to = page.getByRole('combobox', { name: 'To', exact: true });
    await to.press('ArrowDown');
    await page.getByRole('option', { name: 'node port' }).waitFor();
    await to.press('Escape');
    expect(await to.getAttribute('aria-expanded')).toBe('false');
    expect(await to.inputValue()).toBe('10.96.12.3:80');
  });

  test('wrong input is said at its field while typing; the last answer stays and says what it answers', async () => {
    const error = { field: 'to', message: 'Port 99999 is over 65535.' } as const;
    const page = await open(async ({ form }) =>
      Promise.resolve(form.to.endsWith('99999') ? { kind: 'invalid', errors: [error] } : answerOf(forwarded)),
    );
    await page.getByText('DNAT to the endpoint').waitFor();
    const to = page.getByRole('combobox', { name: 'To', exact: true });
    await to.fill('10.96.12.3:99999');
    await page.getByText(error.message).waitFor();
    expect(await to.getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByText('DNAT to the endpoint').isVisible()).toBe(true);
    await page.getByText('This is the answer for pod:10.244.1.7 → 10.96.12.3:80').waitFor();
    await to.fill('10.96.12.3:8');
    await page.getByText(error.message).waitFor({ state: 'detached' });
    await page.getByText('Trace again to answer the packet above').waitFor();
    await page.getByText('ClusterIP of default/web:http').waitFor();
    const asked = panel.host.paramsOf('trace').length;
    await to.press('Enter');
    await page.getByText('This is the answer for').waitFor({ state: 'detached' });
    expect(panel.host.paramsOf('trace').length, 'the check brought the answer already').toBe(asked);
  });

  test('swaps the two ends', async () => {
    const page = await open(always(answerOf(forwarded)));
    await page.getByRole('button', { name: 'Swap From and To' }).click();
    expect(await page.getByRole('combobox', { name: 'From' }).inputValue()).toBe('10.96.12.3:80');
    expect(await page.getByRole('combobox', { name: 'To', exact: true }).inputValue()).toBe('10.244.1.7');
  });

  test('an error under More opens it', async () => {
    const error = { field: 'mark', message: 'A mark is a number such as 0x4000.' } as const;
    const page = await open(always({ kind: 'invalid', errors: [error] }));
    await page.getByText(error.message).waitFor();
    expect(await page.getByLabel('Mark').isVisible()).toBe(true);
  });

  test('what is set under More shows while it is closed', async () => {
    const page = await open(
      always(answerOf(forwarded)),
      stateOf({ ...client, mark: '0x4000', state: 'invalid' }, true),
    );
    await page.getByText('Connection state invalid, Mark 0x4000').waitFor();
  });
});

describe('work', () => {
  test('shows progress when it takes long; Escape cancels', async () => {
    const page = await open(() => new Promise(() => undefined));
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Cancelled.').first().waitFor();
    expect(panel.host.asked.at(-1)?.type).toBe('cancel');
    await page.getByRole('button', { name: 'Trace', exact: true }).waitFor();
  });

  test('a failure is said with a way out', async () => {
    const trace = vi
      .fn<Tracer>()
      .mockRejectedValueOnce(new Error('The server stopped.'))
      .mockResolvedValue(answerOf(forwarded));
    const page = await open(trace);
    await page.getByText('The server stopped.').first().waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('DNAT to the endpoint').waitFor();
  });

  test('an older answer that comes late is not shown', async () => {
    const late: ((answer: TraceAnswer) => void)[] = [];
    const page = await open(({ form }) =>
      form.to === client.to
        ? new Promise((resolve) => late.push(resolve))
        : Promise.resolve(answerOf(rejected)),
    );
    const to = page.getByRole('combobox', { name: 'To', exact: true });
    await to.fill('10.96.7.7:443');
    await to.press('Enter');
    await page.getByText('default/api has no endpoints.').first().waitFor();
    for (const resolve of late) resolve(answerOf(forwarded));
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('Rejected');
  });
});

async function twoTraces(): Promise<Page> {
  const page = await open(async ({ form }) =>
    Promise.resolve(answerOf(form.to === client.to ? forwarded : rejected)),
  );
  await page.getByText('DNAT to the endpoint').waitFor();
  const to = page.getByRole('combobox', { name: 'To', exact: true });
  await to.fill('10.96.7.7:443');
  await to.press('Enter');
  await page.getByText('default/api has no endpoints.').first().waitFor();
  return page;
}

describe('earlier traces', () => {
  test('Alt+Left goes back, Alt+Right goes forward', async () => {
    const page = await twoTraces();
    await page.keyboard.press('Alt+ArrowLeft');
    await page.getByText('DNAT to the endpoint').waitFor();
    expect(await page.getByRole('combobox', { name: 'To', exact: true }).inputValue()).toBe(client.to);
    expect(await page.getByRole('button', { name: /^Back/ }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: /^Forward/ }).click();
    await page.getByText('default/api has no endpoints.').first().waitFor();
  });

  test('survive a reload of the window, with what was selected', async () => {
    const page = await twoTraces();
    await page.keyboard.press('Alt+ArrowLeft');
    await page.getByText('DNAT to the endpoint').waitFor();
    await page.getByRole('option', { name: '10.244.3.4:8080' }).click();
    await page.getByText('conntrack: NEW').click();
    const kept = await panel.kept();
    await panel.close();
    const again = await open(always(answerOf(forwarded)), stateOf(client, true), { kept });
    await again.getByText('DNAT to the endpoint').waitFor();
    const outcomes = again.getByRole('listbox', { name: 'Outcomes' });
    expect(await rowText(outcomes.getByRole('option', { selected: true }))).toContain('10.244.3.4:8080');
    expect(await rowText(selectedRow(again))).toContain('conntrack: NEW');
    expect(await again.getByRole('button', { name: /^Forward/ }).isEnabled()).toBe(true);
  });

  test('a kept state that nobody can read is forgotten', async () => {
    const page = await open(always(answerOf(forwarded)), stateOf(client, true), { kept: { uri: 7 } });
    await page.getByText('DNAT to the endpoint').waitFor();
    for (const name of [/^Back/, /^Forward/]) {
      expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
    }
    await expect.poll(() => panel.kept()).toMatchObject({ uri: stateOf(client, true).uri });
  });

  test('the extension learns of a changed packet, for its own serializer', async () => {
    await twoTraces();
    expect(panel.host.states.at(-1)).toMatchObject({ form: { to: '10.96.7.7:443' }, run: true });
  });
});
