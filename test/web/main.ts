/** Drives VS Code in a browser without a machine behind it (scripts/webWindow.mjs), as a user of vscode.dev would. */
import * as assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { copied } from '../e2e/copiedCommand.ts';
import { chain, chainColumn, ruleLine } from '../e2e/sample.ts';
import { picturesOfFailure, Window } from '../e2e/window.ts';
import { runTests, Suite } from '../extension/runner.ts';

export interface Stage {
  readonly browser: Browser;
  /** Of a window whose virtual workspace has the samples, and a broken dump. */
  readonly address: string;
  /** The suites to run alone, after what every one begins with; null for all. */
  readonly suites: readonly string[] | null;
  /** The folder for the pictures. */
  readonly screenshots: string;
  /** Whether a line of the page's console is about us. */
  readonly isOurs: (text: string) => boolean;
}

const themes = [
  ['light', 'Light Modern', 'vs'],
  ['high-contrast-dark', 'Dark High Contrast', 'hc-black'],
  ['high-contrast-light', 'Light High Contrast', 'hc-light'],
  ['dark', 'Dark Modern', 'vs-dark'],
] as const;

/** Resolves to the number of failed tests. */
export async function inBrowserAlone({
  browser,
  address,
  suites,
  screenshots,
  isOurs,
}: Stage): Promise<number> {
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  browser.on('context', (context) => {
    context.on('console', (message) => {
      if (message.type() === 'error' && isOurs(message.text())) complaints.push(message.text());
    });
    context.on('request', (request) => {
      const url = request.url();
      if (/^(https?|wss?):/.test(url) && !url.startsWith(address)) elsewhere.push(url);
    });
  });
  const window = await Window.open(browser, address, screenshots);
  return runTests(
    [
      virtualFolder(window),
      views(window),
      panels(window),
      otherPanels(window),
      absent(window),
      endOf(complaints, elsewhere),
    ].filter(({ name }, index) => index === 0 || (suites?.includes(name) ?? true)),
    (line) => console.log(line),
    (test) => picturesOfFailure(browser, screenshots, test),
  );
}

/** Opens a file of the workspace by its path: a virtual one need not have a search by name. */
async function openFile(window: Window, folder: string, file: string): Promise<void> {
  await window.page.keyboard.press('Control+p');
  await window.pick(`/${folder}/${file}`, file);
  await window.page.locator('.breadcrumbs-control', { hasText: folder }).first().waitFor();
}

function virtualFolder(window: Window): Suite {
  const suite = new Suite('a virtual workspace');
  const { page } = window;
  suite.test('its rules have colours, of the grammar and of the server', async () => {
    await openFile(window, 'kube-proxy-1.36', 'iptables-save.txt');
    await window.untilRead();
    await window.goTo(ruleLine, chainColumn);
    const line = page.locator('.monaco-editor .view-line', { hasText: chain }).first();
    await line.waitFor();
    await window.settle();
    const classes = await line
      .locator('span span')
      .evaluateAll((spans) => spans.map(({ className }) => className));
    const colors = new Set(classes).size;
    assert.ok(colors >= 4, `${colors} kinds of tokens`);
  });
  suite.test('a hover names the Service, its endpoints and their shares', async () => {
    await window.goTo(ruleLine, chainColumn);
    await window.command('Show or Focus Hover');
    const hover = page.locator('.monaco-hover:visible').first();
    await hover.getByText('edge/np-cluster:http').first().waitFor();
    await hover.getByText('33.3 %').first().waitFor();
    await window.screenshot('web-hover', 'stays');
    await page.keyboard.press('Escape');
  });
  suite.test('its outline has the tables', async () => {
    await page.keyboard.press('Control+Shift+o');
    await page.locator('.quick-input-widget:visible input').first().fill('@KUBE-SERVICES');
    await window.quickPickRow('KUBE-SERVICES').waitFor();
    await page.keyboard.press('Escape');
  });
  suite.test('what is wrong in a broken dump is listed with its reason', async () => {
    await openFile(window, 'broken', 'iptables-save.txt');
    await page.locator('.monaco-editor .squiggly-error').first().waitFor();
    await window.command('View: Focus Problems');
    await page.locator('.markers-panel .monaco-list-row', { hasText: 'KUBE-SEP-GONE' }).first().waitFor();
    await window.screenshot('web-problems');
    await window.command('View: Hide Panel');
  });
  return suite;
}

function views(window: Window): Suite {
  const suite = new Suite('the views');
  suite.test('show what a virtual folder holds, by Service of their own accord', async () => {
    await openFile(window, 'kube-proxy-1.36', 'iptables-save.txt');
    await window.page.locator('.activitybar [aria-label^="kube-proxy"]').first().click();
    await window.scrollTo(/^edge/);
  });
  suite.test('rules by Service, with what the folder tells beside the rules', async () => {
    await window.expand(/^edge/);
    await window.expand(/^np-cluster/);
    await window.expand(/^http/);
    await window.expand(/^Endpoints/);
    // The Pod's name stands in objects.json alone.
    await window.scrollTo(/10\.244\.\d+\.\d+:\d+.*np-cluster/);
    await window.screenshot('web-tree-by-service');
  });
  suite.test('rules by hook', async () => {
    await window.command('kube-proxy: Show Rules by Hook');
    await window.expand(/^PREROUTING/);
    await window.expand(/^nat/);
    await window.scrollTo(/^KUBE-SERVICES/);
    await window.screenshot('web-tree-by-hook');
    await window.command('kube-proxy: Show Rules by Service');
  });
  return suite;
}

function panels(window: Window): Suite {
  const suite = new Suite('the trace panel');
  const { page } = window;
  suite.test('two picks lead to the answer and its picture', async () => {
    await window.command('kube-proxy: Trace Packet…');
    await window.pick('client-1', 'default/client-1');
    await window.pick('np-cluster', 'edge/np-cluster:http');
    await window.webview().getByText('Forwarded to one of 3 endpoints').first().waitFor();
    await window.webview().locator('way-picture svg').first().waitFor();
    await window.screenshot('web-trace-dark');
  });
  for (const [name, label, kind] of themes) {
    suite.test(`the panel and the views in ${label}`, async () => {
      await window.theme(label);
      await page.locator(`.monaco-workbench.${kind}`).waitFor();
      await window.screenshot(`web-trace-${name}`);
    });
  }
  suite.test('the panel in a narrow window', async () => {
    await page.locator('.tab', { hasText: 'Trace Packet' }).click();
    await window.command('View: Toggle Maximize Editor Group');
    await page.setViewportSize({ width: 468, height: 800 });
    await window.screenshot('web-trace-narrow');
    await page.setViewportSize({ width: 1280, height: 800 });
    await window.command('View: Toggle Maximize Editor Group');
  });
  suite.test('an answer is copied', async () => {
    assert.match(await copied(window, /markdown/i), /Forwarded to one of 3 endpoints/);
  });
  suite.test('a step leads to its line', async () => {
    await window
      .webview()
      .getByRole('treeitem', { name: /DNAT.*10\.244\./ })
      .first()
      .click();
    await page.keyboard.press('Enter');
    await page
      .locator('.statusbar-item', { hasText: /Ln \d+/ })
      .first()
      .waitFor();
    await window.command('View: Close All Editors');
  });
  return suite;
}

function otherPanels(window: Window): Suite {
  const suite = new Suite('other panels');
  suite.test('a question of Open Sample is shown with its answer', async () => {
    await window.command('kube-proxy: Open Sample');
    await window.pick('refused', 'Why is my connection refused?');
    await window.webview().locator('answer-summary h1', { hasText: 'connection refused' }).waitFor();
    await window.screenshot('web-sample');
    await window.command('Notifications: Clear All Notifications');
    await window.command('View: Close All Editors');
  });
  suite.test('two moments of a node are compared', async () => {
    await window.command('kube-proxy: Open Sample');
    await window.pick('changed', 'What changed?');
    await window.webview().locator('compare-panel h1').waitFor();
    await window.screenshot('web-compare');
    await window.command('Notifications: Clear All Notifications');
    await window.command('View: Close All Editors');
  });
  suite.test('a Service of a snapshot is diagnosed', async () => {
    await openFile(window, 'refused', 'iptables-save.txt');
    await window.untilRead();
    await window.command('kube-proxy: Diagnose Service');
    await window.pick('no-endpoints', 'shop/no-endpoints');
    await window
      .webview()
      .locator('diagnose-panel h1', { hasText: /endpoint/ })
      .waitFor();
    await window.screenshot('web-diagnose');
    await window.command('View: Close All Editors');
  });
  return suite;
}

function absent(window: Window): Suite {
  const suite = new Suite('what needs a machine');
  const { page } = window;
  suite.test('the Clusters view says what it needs, and offers what works', async () => {
    await page.locator('.activitybar [aria-label^="kube-proxy"]').first().click();
    await window.command('kube-proxy: Focus on Clusters View');
    await page.getByText('Live clusters need VS Code on the desktop').first().waitFor();
    await page.locator('.part.sidebar').getByRole('button', { name: 'Open Snapshot' }).waitFor();
    await window.screenshot('web-clusters');
  });
  suite.test('its commands are not offered', async () => {
    await page.keyboard.press('F1');
    const input = page.locator('.quick-input-widget:visible input').first();
    for (const [typed, offered] of [
      ['kube-proxy: Open Context', false],
      ['kube-proxy: Open Rules of Node', false],
      ['kube-proxy: Open Rules File', false],
      ['kube-proxy: Open Snapshot', true],
    ] as const) {
      await input.fill(`>${typed}`);
      await window.settle();
      assert.equal((await window.quickPickRow(typed).count()) > 0, offered, typed);
    }
    await page.keyboard.press('Escape');
  });
  suite.test('one that is run all the same says what it needs', async () => {
    await window.command('Test: Run Hidden Commands');
    for (const message of [
      'Missing commands: none.',
      'Live clusters need VS Code on the desktop or in a remote window',
      'Rules of any size are read by VS Code on the desktop',
    ]) {
      await page.locator('.notification-toast', { hasText: message }).waitFor();
    }
    await window.screenshot('web-absent');
  });
  return suite;
}

function endOf(complaints: readonly string[], elsewhere: readonly string[]): Suite {
  const suite = new Suite('the page');
  suite.test('has no error of ours in its console', () => assert.deepEqual(complaints, []));
  suite.test('asked nobody but its own server', () => assert.deepEqual(elsewhere, []));
  return suite;
}
