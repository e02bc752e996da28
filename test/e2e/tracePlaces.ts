/** Which rules Trace Packet… goes through, in a window that is not to be disturbed: what is asked is a pick, and nobody asks for more. */
import { dirname, join } from 'node:path';
import { Suite } from '../extension/runner.ts';
import type { Window } from './window.ts';

const DO_NOT_DISTURB = 'Notifications: Toggle Do Not Disturb Mode';

/** `workspace`: the window's folder, on the machine that serves it. */
export function tracePlaces(window: Window, workspace: string): Suite {
  const suite = new Suite('where Trace Packet goes');
  const { page } = window;
  const pick = page.locator('.quick-input-widget:visible');
  const open = async (file: string): Promise<void> => {
    await page.keyboard.press('Control+p');
    await window.pick(file, file.slice(file.lastIndexOf('/') + 1));
    await page.locator('.tab.active', { hasText: file.slice(file.lastIndexOf('/') + 1) }).waitFor();
  };
  const leavePick = async (): Promise<void> => {
    await pick.locator('input').first().press('Escape');
    await pick.waitFor({ state: 'hidden' });
  };
  suite.test('where no rules are open, it offers ways to get some', async () => {
    await window.command(DO_NOT_DISTURB);
    await window.command('View: Close All Editors');
    await window.command('kube-proxy: Trace Packet…');
    await pick.getByPlaceholder('No rules are open. Where are they?').waitFor();
    await window.quickPickRow('Open a Dump…').waitFor();
    await window.quickPickRow('Start with a Sample…').waitFor();
    await window.screenshot('pick-no-rules');
  });
  suite.test('and goes on with the rules that were opened', async () => {
    await window.quickPickRow('Open a Dump…').click();
    await window.chooseFile(join(workspace, 'refused', 'iptables-save.txt'), 'Open');
    await window.nextPick('1/2');
    await window.quickPickRow('outside the cluster').waitFor();
    await leavePick();
  });
  suite.test('the rules in front are not asked for, whatever else is open', async () => {
    await open('from-outside/iptables-save.txt');
    await window.command('kube-proxy: Trace Packet…');
    await window.nextPick('1/2');
    await window.pick('outside', 'outside the cluster');
    await window.nextPick('2/2');
    await window.pick('np-cluster', ':30080/TCP');
    await window.webview().locator('answer-summary').waitFor();
    await page.locator('.tab.active', { hasText: 'Trace Packet: from-outside/iptables-save.txt' }).waitFor();
  });
  suite.test('with a panel in front it goes through the panel’s rules again', async () => {
    await window.command('kube-proxy: Trace Packet…');
    await window.nextPick('1/2');
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: '30080' }).waitFor();
    await leavePick();
    await window.command('View: Close Editor');
  });
  suite.test('where several are open and none is in front, it asks which', async () => {
    await open('drop-early/iptables-save.txt');
    await open('refused/README.md');
    await page.locator('.tab', { hasText: 'drop-early' }).click({ button: 'middle' });
    await window.command('kube-proxy: Trace Packet…');
    await pick.getByPlaceholder('Through which rules?').waitFor();
    await window.quickPickRow('refused/iptables-save.txt').waitFor();
    await window.screenshot('pick-which-rules');
    await window.quickPickRow('from-outside/iptables-save.txt').click();
    await window.nextPick('1/2');
    await leavePick();
  });
  suite.test('everything is as before', async () => {
    await window.command(DO_NOT_DISTURB);
    await window.command('View: Close All Editors');
  });
  return suite;
}

/** The folder of the window: that of the sample in which a file lies. */
export function workspaceOf(file: string): string {
  return dirname(dirname(file));
}
