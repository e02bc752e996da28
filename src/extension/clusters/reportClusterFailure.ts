/** Says what went wrong with a cluster, and offers what helps: for what was not started from a row that could say it. */
import * as vscode from 'vscode';
import { isClusterFailure, type ClusterFailure } from '../../cluster/failure.ts';
import { inMessage } from '../plainText.ts';
import { reportFailure } from '../reportFailure.ts';
import { nextStepsFor, type NextStep } from './failureWords.ts';

const commands: Readonly<Record<NextStep, string | null>> = {
  // Who asked asks again.
  retry: null,
  kubeconfig: 'kubeProxy.clusters.openKubeconfig',
  choose: 'kubeProxy.clusters.chooseKubeconfig',
  rights: 'kubeProxy.clusters.copyMissingRight',
  command: 'kubeProxy.clusters.setCommand',
  log: 'kubeProxy.clusters.showLog',
};

function title(step: NextStep): string {
  const { l10n } = vscode;
  switch (step) {
    case 'retry':
      return l10n.t('Retry');
    case 'kubeconfig':
      return l10n.t('Open Kubeconfig');
    case 'choose':
      return l10n.t('Choose Kubeconfig Files…');
    case 'rights':
      return l10n.t('Copy the Missing Right');
    case 'command':
      return l10n.t('Set a Command');
    default:
      return l10n.t('Show Log');
  }
}

/** Something taken back is not a failure. What is no failure of a cluster is said as any other. */
export function reportClusterFailure(error: unknown, context: string | null): void {
  if (!isClusterFailure(error)) reportFailure(error);
  else if (error.kind !== 'cancelled') void offerHelp(error, context);
}

async function offerHelp(failure: ClusterFailure, context: string | null): Promise<void> {
  const steps = nextStepsFor(failure).filter((step) => commands[step] !== null);
  const items = steps.map((step) => ({ title: title(step), command: commands[step] ?? '' }));
  const chosen = await vscode.window.showErrorMessage(inMessage(failure.message), ...items);
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command, { context, failure });
}
