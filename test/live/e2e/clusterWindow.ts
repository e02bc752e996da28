/** A window of VS Code with the Clusters view, and what a user does in it. */
import type { Browser, Locator, Page } from 'playwright-core';
import { Window } from '../../e2e/window.ts';

export class ClusterWindow {
  readonly window: Window;
  readonly page: Page;

  private constructor(window: Window) {
    this.window = window;
    this.page = window.page;
  }

  /** With the kube-proxy views open. */
  static async open(browser: Browser, address: string, screenshots: string): Promise<ClusterWindow> {
    const window = await Window.open(browser, address, screenshots);
    await window.page.locator('.activitybar [aria-label^="kube-proxy"]').first().click();
    const opened = new ClusterWindow(window);
    await opened.view.waitFor();
    return opened;
  }

  get view(): Locator {
    return this.page.locator('.part.sidebar .pane', {
      has: this.page.locator('[aria-label="Clusters Section"]'),
    });
  }

  /** A row of the Clusters view by what a screen reader says of it: its label, then its description. */
  row(label: string): Locator {
    return this.view.locator(`.monaco-list-row[aria-label^="${label}"]`).first();
  }

  /** The row, scrolled to: a tree draws only the rows that can be seen. */
  async scrollTo(label: string): Promise<Locator> {
    const row = this.row(label);
    const box = await this.view.locator('.monaco-list').boundingBox();
    if (box !== null) await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await this.page.mouse.wheel(0, -10_000);
    for (let tries = 0; tries < 60 && !(await row.isVisible()); tries++) {
      await this.page.mouse.wheel(0, 150);
      await this.window.settle();
    }
    await row.waitFor();
    return row;
  }

  /** Opens a row: a context's opens the context. */
  async expand(label: string): Promise<void> {
    const row = await this.scrollTo(label);
    if ((await row.getAttribute('aria-expanded')) === 'true') return;
    await row.locator('.monaco-tl-twistie').click();
  }

  /** Closes a context, if it is open: one that a document opened need not have its row opened. */
  async closeContext(label: string): Promise<void> {
    const row = await this.scrollTo(label);
    await row.hover();
    const close = row.getByRole('button', { name: 'Close Context' });
    if ((await close.count()) === 0) return;
    await close.click();
    await close.waitFor({ state: 'detached' });
  }

  /** An inline action of a row. */
  async act(label: string, action: string): Promise<void> {
    const row = this.row(label);
    await row.hover();
    await row.getByRole('button', { name: action }).first().click();
  }

  /**
   * Begins to read a node's rules again, and goes back to the editor: VS Code gives the focus back to a tree that has it
   * each time when its rows come anew, and that closes a pick which was opened meanwhile.
   */
  async refreshRules(label: string): Promise<void> {
    await this.act(label, 'Refresh Rules of Node');
    await this.page.keyboard.press('Control+1');
  }

  /** What a row says behind its label. */
  async description(label: string): Promise<string> {
    return (await this.row(label).locator('.label-description').first().textContent()) ?? '';
  }

  /** Names a folder in the open file dialog. */
  async answerDialog(path: string): Promise<void> {
    const { page, window } = this;
    const input = page.locator('.quick-input-widget:visible input').first();
    await page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row').first().waitFor();
    // It puts a path of its own there first.
    await window.settle();
    await input.fill(path);
    await window.settle();
    await page.keyboard.press('Enter');
  }

  /** Waits for a notification, in the centre: a window under a test's hand shows no toasts. */
  async notified(words: string): Promise<void> {
    await this.window.command('Notifications: Show Notifications');
    await this.page
      .locator('.notifications-center .notification-list-item', { hasText: words })
      .first()
      .waitFor();
  }

  /** The lines of the front editor that can be seen and hold `text`. */
  line(text: string | RegExp): Locator {
    return this.page.locator('.editor-instance .view-line', { hasText: text }).first();
  }
}
