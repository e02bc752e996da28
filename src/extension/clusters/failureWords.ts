/** A failure of a cluster in the words of a row, and what the user can do about it. */
import * as vscode from 'vscode';
import type { ClusterFailure, FailureKind, MissingRight } from '../../cluster/failure.ts';

/** What a row's menus offer: the words of its context value. */
export type NextStep = 'retry' | 'kubeconfig' | 'choose' | 'rights' | 'command' | 'log';

const nextSteps: Readonly<Record<FailureKind, readonly NextStep[]>> = {
  unreachable: ['retry', 'choose', 'log'],
  badCertificate: ['kubeconfig', 'retry', 'choose', 'log'],
  unauthorized: ['kubeconfig', 'retry', 'choose', 'log'],
  forbidden: ['rights', 'retry', 'log'],
  notFound: ['retry', 'log'],
  execRefused: ['command', 'retry', 'log'],
  noSuchBinary: ['command', 'retry', 'log'],
  commandFailed: ['command', 'retry', 'log'],
  cutOff: ['retry', 'log'],
  timedOut: ['retry', 'log'],
  tooLarge: ['command', 'log'],
  cancelled: ['retry'],
  noSource: ['command', 'retry', 'log'],
  badConfiguration: ['choose', 'kubeconfig', 'retry', 'log'],
  other: ['retry', 'log'],
};

/** What helps against a failure, as the menus of its row offer it. */
export function nextStepsFor({ kind }: ClusterFailure): readonly NextStep[] {
  return nextSteps[kind];
}

/** Some words for a row; the failure's own sentence goes beside them. */
export function failureLabel(failure: ClusterFailure): string {
  const { l10n } = vscode;
  switch (failure.kind) {
    case 'unreachable':
      return l10n.t('No answer');
    case 'badCertificate':
      return l10n.t('Certificate not accepted');
    case 'unauthorized':
      return l10n.t('Not logged in');
    case 'forbidden':
      return failure.right === null ? l10n.t('Forbidden') : rightLabel(failure.right);
    case 'notFound':
      return l10n.t('Not there any more');
    case 'execRefused':
      return l10n.t('The command was not taken');
    case 'noSuchBinary':
      return l10n.t('No such program in the Pod');
    case 'commandFailed':
      return l10n.t('The command ended with an error');
    case 'cutOff':
      return l10n.t('The answer was cut off');
    case 'timedOut':
      return l10n.t('No answer in time');
    case 'tooLarge':
      return l10n.t('Too much to read');
    case 'cancelled':
      return l10n.t('Cancelled');
    case 'noSource':
      return l10n.t('Nobody to ask on this node');
    case 'badConfiguration':
      return l10n.t('The configuration cannot be used');
    default:
      return l10n.t('Failed');
  }
}

/** `pods/exec in kube-system is forbidden for dev`; the verb is in the failure's own sentence. */
function rightLabel({ resource, namespace, user }: MissingRight): string {
  const { l10n } = vscode;
  const what = namespace === null ? resource : l10n.t('{0} in {1}', resource, namespace);
  return user === null ? l10n.t('{0} is forbidden', what) : l10n.t('{0} is forbidden for {1}', what, user);
}

/** What helps, as a sentence for a tooltip. */
export function failureAdvice({ kind }: ClusterFailure): string {
  const { l10n } = vscode;
  switch (kind) {
    case 'unreachable':
    case 'timedOut':
      return l10n.t('Check the network, VPN or proxy, then retry.');
    case 'badCertificate':
      return l10n.t("Check the cluster's certificate-authority in the kubeconfig.");
    case 'unauthorized':
      return l10n.t('Log in again, or check the user in the kubeconfig, then retry.');
    case 'forbidden':
      return l10n.t('Ask for the missing right: Copy the Missing Right gives the YAML for it.');
    case 'noSource':
    case 'execRefused':
    case 'noSuchBinary':
    case 'commandFailed':
    case 'tooLarge':
      return l10n.t('Set a command that gets the rules of a node: kubeProxy.clusters.commands.');
    case 'badConfiguration':
      return l10n.t('Check the kubeconfig, or the setting that names it.');
    default:
      return l10n.t('Retry; the log says more.');
  }
}
