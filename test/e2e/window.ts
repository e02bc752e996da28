/** A window of VS Code in the browser, and what a user does in it. */
import { join } from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';

/** What every open window shows, for the person who asks why a test failed: `failed-an-empty-window-a-sample-opens-1.png`. */
export async function picturesOfFailure(browser: Browser, folder: string, test: string): Promise<void> {
  const name = `failed-${test.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
  const pages = browser.contexts().flatMap((context) => context.pages());
  for (const [index, page] of pages.entries()) {
    await page.screenshot({ path: join(folder, `${name}-${index + 1}.png`) });
  }
}

/** In milliseconds. */
export const USUAL_PATIENCE = 30_000;
/** In milliseconds: two slow cores that do something else besides read a dump of 19 MB for a minute. */
export const LARGE_PATIENCE = 90_000;

export class Window {
  readonly page: Page;
  readonly #screenshots: string;
  #patience = USUAL_PATIENCE;

  private constructor(page: Page, screenshots: string) {
    this.page = page;
    this.#screenshots = screenshots;
  }

  /** Opens the address and waits until the window can be used. */
  static async open(browser: Browser, address: string, screenshots: string): Promise<Window> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const window = new Window(page, screenshots);
    window.waitAtMost(USUAL_PATIENCE);
    await page.goto(address);
    await window.untilReady();
    return window;
  }

  /** What a test waits for may take so many milliseconds. */
  waitAtMost(milliseconds: number): void {
    this.#patience = milliseconds;
    this.page.setDefaultTimeout(milliseconds);
  }

  async untilReady(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor();
    await this.page.locator('.activitybar [aria-label^="kube-proxy"]').first().waitFor();
  }

  /** `pointer: 'stays'` for what goes away with it. */
  async screenshot(name: string, pointer: 'away' | 'stays' = 'away'): Promise<void> {
    if (pointer === 'away') await this.page.mouse.move(this.#parking(), 12);
    await this.settle();
    await this.page.screenshot({ path: join(this.#screenshots, `${name}.png`) });
  }

  /** Of the title bar, where nothing has a tooltip. */
  #parking(): number {
    return (this.page.viewportSize()?.width ?? 1280) / 8;
  }

  /** Until nothing moves any more: two pictures in a row are the same. */
  async settle(): Promise<void> {
    let before: Buffer = Buffer.alloc(0);
    for (let tries = 0; tries < 12; tries++) {
      const now = await this.page.screenshot({ caret: 'hide' });
      if (now.equals(before)) return;
      before = now;
      await this.page.waitForTimeout(250);
    }
  }

  /** Runs a command of the palette by its title. */
  async command(title: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input').first();
    for (let tries = 1; ; tries++) {
      await this.page.keyboard.press('F1');
      try {
        // A pick that is closing may still be there, and take the words for its own.
        for (let polls = 0; !(await input.inputValue({ timeout: 3000 })).startsWith('>'); polls++) {
          if (polls === 60) throw new Error('The palette did not open');
          await this.page.waitForTimeout(50);
        }
        // What just opened may take the focus, and with it the palette, away.
        await input.fill(`>${title}`, { timeout: 3000 });
        await this.quickPickRow(title).click({ timeout: 3000 });
        return;
      } catch (error) {
        if (tries === 4) throw error;
        // It would lead back in what took the focus, as in a walkthrough.
        if (await input.isVisible()) await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Chooses a colour theme as a user does: a settings file is not watched everywhere. */
  async theme(label: string): Promise<void> {
    await this.command('Preferences: Color Theme');
    await this.pick(label);
  }

  /** Types into the open quick pick and takes the first row that has `row` in it. */
  async pick(text: string, row = text): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input').first();
    await input.waitFor();
    await input.fill(text);
    await this.quickPickRow(row).waitFor();
    // The rows may still be replaced by those of the typed text.
    await this.settle();
    await this.quickPickRow(row).click();
  }

  /**
   * Waits until the quick pick with this in its title (`2/2`) stands in place of the one before it. It need not have the focus: a
   * palette that closes gives it back to the webview behind it, which may take it after the pick has opened (VS Code's issue 75209).
   */
  async nextPick(title: string): Promise<void> {
    await this.page.locator('.quick-input-title:visible', { hasText: title }).waitFor();
  }

  /** As `nextPick`, and until it takes what the keyboard types. */
  async nextPickToType(title: string): Promise<void> {
    await this.nextPick(title);
    await this.page.locator('.quick-input-widget:visible input:focus').waitFor();
  }

  /** In the open dialog for files, whatever folder it begins in; `button` is what takes the file. */
  async chooseFile(path: string, button: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget:visible');
    const input = widget.locator('input').first();
    // The dialog writes the folder into it when it has read that.
    await widget.locator('.monaco-list-row').first().waitFor();
    await this.settle();
    await input.fill(path);
    await this.quickPickRow(path.slice(path.lastIndexOf('/') + 1)).waitFor();
    const take = widget.getByRole('button', { name: button, exact: true });
    await take.click();
    // What it was opened for may go on with a pick in its place.
    await take.waitFor({ state: 'hidden' });
  }

  /** The open quick pick's first row that has `text` in it. */
  quickPickRow(text: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  }

  /** A row of a tree view. */
  row(text: string | RegExp): Locator {
    return this.page.locator('.part.sidebar .monaco-list-row', { hasText: text }).first();
  }

  /** The row, scrolled to until all of it is in sight: a tree draws only the rows that can be seen, some of them cut off. */
  async scrollTo(text: string | RegExp): Promise<Locator> {
    const row = this.row(text);
    const tree = this.page.locator('.part.sidebar .monaco-list').first();
    await tree.waitFor();
    const { x, y, width, height } = (await tree.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await this.page.mouse.move(x + width / 2, y + height / 2);
    const inSight = async (): Promise<boolean> => {
      const boxes = await row.evaluateAll((rows) => rows.map((drawn) => drawn.getBoundingClientRect()));
      return boxes.some(({ top, bottom }) => top >= y && bottom <= y + height);
    };
    // Rows that stand still may be those of another order, while others are on their way.
    if (!(await inSight())) await this.settle();
    const until = performance.now() + this.#patience;
    while (!(await inSight()) && performance.now() < until) {
      // Less than half of it: what has just come into sight is not yet below the rows that stick to the top.
      if (await this.#wheel(tree, height * 0.4)) continue;
      // Rows may have come above what is shown since it was passed.
      await this.#wheel(tree, Number.MIN_SAFE_INTEGER);
      await this.#rowsSettle();
    }
    await row.waitFor();
    return row;
  }

  /** Whether that moved the rows: they stand still at the end. */
  async #wheel(tree: Locator, by: number): Promise<boolean> {
    const place = (): Promise<string | null> => tree.locator('.monaco-list-rows').getAttribute('style');
    const before = await place();
    await this.page.mouse.wheel(0, by);
    await this.page.evaluate(
      'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))',
    );
    return (await place()) !== before;
  }

  /** Until no row of the side bar comes, goes or moves any more: cheaper than two pictures of the window. */
  async #rowsSettle(): Promise<void> {
    const rows = this.page.locator('.part.sidebar .monaco-list-row');
    let before = '';
    for (let tries = 0; tries < 12; tries++) {
      const now = await rows.evaluateAll((drawn) =>
        drawn.map((row) => `${row.getBoundingClientRect().top} ${row.textContent}`).join('\n'),
      );
      if (now !== '' && now === before) return;
      before = now;
      await this.page.waitForTimeout(100);
    }
  }

  /** Opens a row of a tree when it is closed. */
  async expand(text: string | RegExp): Promise<void> {
    const row = await this.scrollTo(text);
    // Rows that still arrive would move it from under the pointer.
    await this.#rowsSettle();
    const open = this.page
      .locator('.part.sidebar .monaco-list-row[aria-expanded="true"]', { hasText: text })
      .first();
    if ((await row.getAttribute('aria-expanded')) !== 'false') return;
    await this.#clickUntil(
      () => row.locator('.monaco-tl-twistie').click(),
      (timeout) => open.waitFor({ timeout }),
    );
  }

  /** Presses the button that a row of a tree has under the pointer, until the row is gone. */
  async removeRow(text: string | RegExp, button: string): Promise<void> {
    const row = await this.scrollTo(text);
    await this.#clickUntil(
      async () => {
        await this.#rowsSettle();
        // It may have gone late.
        if ((await row.count()) === 0) return;
        await row.hover();
        await row.getByRole('button', { name: button }).click();
      },
      (timeout) => row.waitFor({ state: 'detached', timeout }),
    );
  }

  /** Rows that are read anew at that moment take no click, as when more is found of them: who sees nothing happen clicks again. */
  async #clickUntil(click: () => Promise<void>, done: (timeout: number) => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      await click();
      try {
        await done(5000);
        return;
      } catch (error) {
        if (tries === 4) throw error;
        await this.settle();
      }
    }
  }

  /** Drops files of these names and texts on a row of a tree, as from a file manager. */
  async drop(
    text: string | RegExp,
    files: readonly (readonly [name: string, text: string])[],
  ): Promise<void> {
    const row = await this.scrollTo(text);
    const dataTransfer = await this.page.evaluateHandle(
      `(() => {
        const data = new DataTransfer();
        for (const [name, text] of ${JSON.stringify(files)}) data.items.add(new File([text], name));
        return data;
      })()`,
    );
    for (const type of ['dragenter', 'dragover', 'drop']) await row.dispatchEvent(type, { dataTransfer });
  }

  /** By hook, opens the way of a packet for edge/np-cluster from PREROUTING to the DNAT of its first endpoint. */
  async openWayToEndpoint(): Promise<void> {
    await this.expand(/^PREROUTING/);
    await this.expand(/^nat/);
    await this.expand(/^KUBE-SERVICES/);
    await this.expand(/edge\/np-cluster:http/);
    await this.expand(/33\.3 % → 10\.244\.1\.45/);
    await this.scrollTo(/translate to 10\.244\.1\.45:8080/);
    // What lies above stays in sight as sticky rows; below it is room for the rest of the way.
    await this.page.mouse.wheel(0, 160);
  }

  /** Drags the side bar's edge. */
  async widenSideBar(width: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (box === null) throw new Error('the side bar is not open');
    await this.page.mouse.move(box.x + box.width, 400);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, 400, { steps: 8 });
    await this.page.mouse.up();
  }

  /** From now on, notes how long each frame of the window lasts. */
  async watchFrames(): Promise<void> {
    await this.page.evaluate(`{
      let before = performance.now();
      globalThis.longestFrame = 0;
      const next = (now) => {
        globalThis.longestFrame = Math.max(globalThis.longestFrame, now - before);
        before = now;
        requestAnimationFrame(next);
      };
      requestAnimationFrame(next);
    }`);
  }

  /** In milliseconds, since `watchFrames`. */
  async longestFrame(): Promise<number> {
    return Number(await this.page.evaluate('globalThis.longestFrame'));
  }

  /** Until the server has read the rules in front: their lenses move the lines, and VS Code takes a hover away then. */
  async untilRead(): Promise<void> {
    await this.page.locator('.codelens-decoration').first().waitFor({ state: 'attached' });
  }

  /** The page inside of the front-most webview. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame');
  }

  /** Puts the cursor of the active editor on a line and column, from 1. */
  async goTo(line: number, column: number): Promise<void> {
    await this.page.keyboard.press('Control+g');
    const input = this.page.locator('.quick-input-widget:visible input').first();
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
  }

  /** `Ln 12, Col 3` → 12. */
  async currentLine(): Promise<number> {
    const text = await this.page
      .locator('.statusbar-item', { hasText: /Ln \d+/ })
      .first()
      .innerText();
    return Number(/Ln ([\d,]+)/.exec(text)?.[1]?.replaceAll(',', ''));
  }
}
