/** The extension in a browser without a machine behind it: vscode.dev, github.dev. */
import type * as vscode from 'vscode';
import { activateOn, type Platform, type SharedApi } from './activate.ts';
import { registerAbsentCommands } from './commands/absentCommands.ts';
import { NoClustersView } from './views/noClustersView.ts';

const browser: Platform<object> = {
  connect: async (context, host) => (await import('./client.web.ts')).connectWorker(context, host),
  start: ({ subscriptions, extension }) => {
    subscriptions.push(new NoClustersView('kubeProxy.noClusters'), ...registerAbsentCommands(extension));
    return {};
  },
};

/** Called by VS Code once. */
export function activate(context: vscode.ExtensionContext): SharedApi {
  return activateOn(browser, context);
}
