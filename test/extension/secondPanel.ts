/** Panels of another kind than the trace's, in the real VS Code: the test's own, with what every panel shares (test/webview). */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { PanelKind, PanelPage, PanelWork } from '../../src/extension/panels/shared/panel.ts';
import { Panels } from '../../src/extension/panels/shared/panels.ts';
import type { CountContract, CountState } from '../webview/shared/secondPanel/contract.ts';
import { Suite } from './runner.ts';
import { extension } from './support.ts';

export const secondPanel = new Suite('second panel');

type Counted = CountContract['told'];

/** What the panels do, and what comes of it. */
class CountPanels {
  readonly panels: Panels<CountContract>;
  readonly #counted = new vscode.EventEmitter<Counted>();
  readonly pages: PanelPage<CountContract>[] = [];
  /** What was counted up, for the pages. */
  readonly added: number[] = [];
  disposed = 0;

  constructor() {
    // scripts/build.mjs puts the page's script there.
    const folder = vscode.Uri.joinPath(extension().extensionUri, 'out', 'test', 'secondPanel');
    this.panels = new Panels(folder, this.#kind());
  }

  /** What the page says it counted, after `run`. */
  async counts(run: () => unknown): Promise<Counted> {
    const counted = new Promise<Counted>((resolve) => {
      const listening = this.#counted.event((each) => {
        listening.dispose();
        resolve(each);
      });
    });
    await run();
    return counted;
  }

  #kind(): PanelKind<CountContract> {
    return {
      name: 'count',
      pageTitle: 'Count',
      tabTitle: ({ name }) => `Count ${name}`,
      keyOf: ({ name }) => name,
      isState: (kept): kept is CountState => typeof kept === 'object' && kept !== null && 'name' in kept,
      isNews: (news): news is Counted => typeof news === 'object' && news !== null && 'type' in news,
      asksFirst: ({ count, run }) => (run ? { method: 'add', params: { count, step: 1 } } : null),
      start: (page) => this.#start(page),
    };
  }

  #start(page: PanelPage<CountContract>): PanelWork<CountContract> {
    this.pages.push(page);
    return {
      requests: {
        add: async ({ count, step }) => {
          this.added.push(count);
          return Promise.resolve({ count: count + step });
        },
        steps: async () => Promise.resolve([]),
      },
      opened: () => page.tell({ type: 'set', count: page.state.count }),
      hear: (news) => this.#counted.fire(news),
      dispose: () => {
        this.disposed++;
      },
    };
  }
}

/** As VS Code hands one over that it brings back. */
function tab(): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel('kubeProxy.count', 'Count', vscode.ViewColumn.One, {});
}

secondPanel.test('its page asks, tells, and is used again for the same key', async () => {
  const count = new CountPanels();
  const open = (state: CountState) => count.counts(() => count.panels.open(state));
  assert.deepEqual(await open({ name: 'a', count: 4, run: true }), { type: 'counted', name: 'a', count: 5 });
  assert.equal(count.pages[0]?.state.count, 5);
  assert.equal((await open({ name: 'a', count: 8, run: true })).count, 9);
  assert.equal(count.pages.length, 1);
  assert.equal((await open({ name: 'b', count: 1, run: true })).count, 2);
  assert.equal(count.pages.length, 2);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  assert.equal(count.disposed, 2);
  count.panels.dispose();
});

secondPanel.test(
  'what its page asks first is worked out once, and what it asks next is not of that',
  async () => {
    const count = new CountPanels();
    const open = (state: CountState) => count.counts(() => count.panels.open(state));
    const opened = open({ name: 'ahead', count: 4, run: true });
    assert.deepEqual(count.added, [4]);
    assert.equal((await opened).count, 5);
    assert.deepEqual(count.added, [4]);
    assert.equal((await open({ name: 'ahead', count: 4, run: true })).count, 5);
    assert.deepEqual(count.added, [4, 4]);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    count.panels.dispose();
  },
);

secondPanel.test('what was kept brings it back, and a panel that kept nothing is closed', async () => {
  const count = new CountPanels();
  const kept: CountState = { name: 'kept', count: 7, run: true };
  const counted = await count.counts(() => count.panels.deserializeWebviewPanel(tab(), kept));
  assert.deepEqual(counted, { type: 'counted', name: 'kept', count: 8 });
  const empty = tab();
  const closed = new Promise<void>((resolve) => empty.onDidDispose(resolve));
  await count.panels.deserializeWebviewPanel(empty, undefined);
  await closed;
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  assert.equal(count.disposed, 1);
  count.panels.dispose();
});
