/** Which pictures a run takes: `KUBE_PROXY_PICTURES=all npm run test:webview` takes every state in every theme at every width. */
import { themes } from './themes/all.ts';
import type { Theme } from './themes/theme.ts';

/** What fits a column fits it in every theme: by turns each state is seen in one. */
export function takesTurn(index: number, theme: Theme): boolean {
  return process.env['KUBE_PROXY_PICTURES'] === 'all' || themes[index % themes.length] === theme;
}
