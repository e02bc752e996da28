/** The Clusters view of a user without a kubeconfig, and once there is one. */
import * as assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { Suite } from '../extension/runner.ts';
import type { Window } from './window.ts';

const config = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'made-later',
  clusters: [{ name: 'c', cluster: { server: 'https://192.0.2.1' } }],
  users: [{ name: 'u', user: { token: 't' } }],
  contexts: [{ name: 'made-later', context: { cluster: 'c', user: 'u' } }],
};

/** `kubeconfig`: the path where the window's extension looks for one; there is none yet. */
export function clustersView(window: Window, kubeconfig: string): Suite {
  const suite = new Suite('Clusters view');
  const { page } = window;
  const header = '.part.sidebar .pane-header[aria-label^="Clusters Section"]';
  const headers = page.locator(header);
  const folded = page.locator(`${header}[aria-expanded="false"]`);
  suite.test('is folded where no kubeconfig is, and there once', async () => {
    await page.locator('.part.sidebar .pane-header[aria-label^="Rules Section"]').waitFor();
    await folded.waitFor();
    assert.equal(await headers.count(), 1);
    await window.screenshot('clusters-folded');
  });
  suite.test('says what it needs when it is opened, and its commands offer it', async () => {
    await headers.click();
    await page.locator('.part.sidebar').getByRole('button', { name: 'Choose Kubeconfig Files' }).waitFor();
    await window.screenshot('clusters-none');
    await headers.click();
    await folded.waitFor();
    await window.command('kube-proxy: Open Context…');
    // A window under a test's hand shows no toasts.
    await window.command('Notifications: Show Notifications');
    const said = page.locator('.notifications-center .notification-list-item', {
      hasText: 'No kubeconfig with a context was found',
    });
    await said.getByRole('button', { name: 'Choose Kubeconfig Files…' }).waitFor();
    await window.screenshot('clusters-none-offer');
    await window.command('Notifications: Clear All Notifications');
  });
  suite.test('opens once there is a kubeconfig, and is there once', async () => {
    writeFileSync(kubeconfig, JSON.stringify(config));
    await window.row(/^made-later/).waitFor();
    assert.equal(await folded.count(), 0);
    assert.equal(await headers.count(), 1);
    await window.screenshot('clusters-some');
    rmSync(kubeconfig);
    await folded.waitFor();
    assert.equal(await headers.count(), 1);
  });
  return suite;
}
