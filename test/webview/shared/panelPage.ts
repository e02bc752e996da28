/** Opens a panel in Chromium as VS Code's webview would: its policy, its theme variables, its `acquireVsCodeApi`. */
import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { pageDefines } from '../../../scripts/iconFont.mjs';
import { findChromium } from '../../../scripts/suites.mjs';
import type { FromPanel, PanelContract, ToPanel } from '../../../src/protocol/panel.ts';
import type { FakeHost } from './fakeHost.ts';
import type { Theme } from './themes/theme.ts';

const origin = 'https://panel.test';
const nonce = 'testing';
/** What the extension's page sets; a violation fails the test (`PanelPage.problems`). */
const policy = ["default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src 'nonce-${nonce}'`].join('; ');

export const chromiumPath = resolvedChromium();

function resolvedChromium(): string | null {
  const found = findChromium();
  if (found === null || found.startsWith('/')) return found;
  return execFileSync('which', [found], { encoding: 'utf8' }).trim();
}

export function launch(): Promise<Browser> {
  if (chromiumPath === null) throw new Error('There is no Chromium or Chrome on the PATH.');
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  return chromium.launch({ executablePath: chromiumPath, args });
}

/** What a row says, with single spaces. */
export async function rowText(row: Locator): Promise<string> {
  return ((await row.textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();
}

/** What is opened. */
export interface PanelUnderTest {
  /** `<NAME-panel>` is its element. */
  readonly name: string;
  /** Its page's script: `src/webview/trace/main.ts`. */
  readonly entry: string;
  /** Elements in it that must not overflow, beside what every panel has (`PanelPage.sideways`). */
  readonly parts: readonly string[];
}

const bundles = new Map<string, Promise<string>>();

/** A panel's script as scripts/build.mjs makes it. */
function panelScript(entry: string): Promise<string> {
  const bundle = bundles.get(entry) ?? bundled(entry);
  bundles.set(entry, bundle);
  return bundle;
}

async function bundled(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'chrome132',
    tsconfig: 'tsconfig.webview.json',
    legalComments: 'none',
    define: await pageDefines(),
  });
  return result.outputFiles[0]?.text ?? '';
}

function pageHtml(name: string, theme: Theme, script: string): string {
  const variables = Object.entries(theme.variables).map(
    ([variable, value]) => `--vscode-${variable}: ${value};`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="${nonce}">html { ${variables.join(' ')} } body { margin: 0; padding: 0 20px; background: transparent; }</style>
<title>${name}</title>
</head>
<body class="${theme.bodyClass}">
<${name}-panel></${name}-panel>
<script type="module" nonce="${nonce}">${script}</script>
</body>
</html>`;
}

export interface PanelOptions {
  readonly theme: Theme;
  readonly width?: number;
  readonly height?: number;
  /** As `setState` left it before a reload. */
  readonly kept?: unknown;
}

/** What runs in the page before the panel: VS Code's API. Plain JavaScript, so that no tool rewrites it. */
const apiScript = `
  let kept = KEPT;
  globalThis.acquireVsCodeApi = () => ({
    postMessage: (message) => globalThis.postToHost(JSON.stringify(message)),
    getState: () => kept,
    setState: (state) => { kept = JSON.parse(JSON.stringify(state)); globalThis.keptState = kept; },
  });
`;

export class PanelPage<Contract extends PanelContract> {
  readonly page: Page;
  readonly host: FakeHost<Contract>;
  /** Errors of the page and breaches of its policy; a test that has some has failed. */
  readonly problems: string[] = [];

  readonly #kind: PanelUnderTest;
  #closed = false;

  private constructor(page: Page, kind: PanelUnderTest, host: FakeHost<Contract>) {
    this.page = page;
    this.#kind = kind;
    this.host = host;
  }

  static async open<Contract extends PanelContract>(
    browser: Browser,
    kind: PanelUnderTest,
    host: FakeHost<Contract>,
    options: PanelOptions,
  ): Promise<PanelPage<Contract>> {
    const { theme, width = 1280, height = 800, kept } = options;
    const contrast = theme.name.startsWith('highContrast');
    const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
    // Less than a test's own limit, so that what waits in vain says what it waited for.
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const panel = new PanelPage(page, kind, host);
    await panel.#prepare(theme, kept ?? null);
    if (contrast) await page.emulateMedia({ contrast: 'more' });
    await page.goto(`${origin}/`);
    return panel;
  }

  async #prepare(theme: Theme, kept: unknown): Promise<void> {
    const { page, host, problems } = this;
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    const { name, entry } = this.#kind;
    const script = await panelScript(entry);
    const html = pageHtml(name, theme, script);
    // The page itself, and nothing that it may ask for.
    await page.route('**/*', async (route) => {
      if (new URL(route.request().url()).pathname === '/')
        await route.fulfill({ contentType: 'text/html', body: html });
      else await route.abort();
    });
    await page.exposeFunction('postToHost', async (text: string) => {
      const message: FromPanel<Contract> = JSON.parse(text);
      await host.hear(message);
    });
    await page.addInitScript(apiScript.replace('KEPT', JSON.stringify(kept)));
    host.connect((message) => this.#post(message));
  }

  async #post(message: ToPanel<Contract>): Promise<void> {
    if (this.#closed) return;
    try {
      await this.page.evaluate((data) => window.postMessage(data, '*'), message);
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }

  /** What the panel kept for a reload. */
  kept(): Promise<unknown> {
    return this.page.evaluate('globalThis.keptState');
  }

  /** How far anything can be scrolled sideways, in pixels, but for the picture, which may: 0 when nothing overflows. */
  async sideways(): Promise<number> {
    const { name, parts } = this.#kind;
    const names = { panel: `${name}-panel`, parts: ['.pane', '.page', '.form', ...parts].join() };
    return this.page.evaluate((asked) => {
      const panel = document.querySelector(asked.panel);
      const panes = panel?.shadowRoot?.querySelectorAll(asked.parts) ?? [];
      const all = [document.documentElement, ...(panel === null ? [] : [panel]), ...panes];
      return Math.max(...all.map((each) => each.scrollWidth - each.clientWidth));
    }, names);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.page.context().close();
  }
}
