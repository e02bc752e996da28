/** When something was read, and from whom, in words. */
import * as vscode from 'vscode';
import type { RulesSource } from '../../cluster/liveNode.ts';

/** `10 s ago`, `3 min ago`, `2 h ago`; both in milliseconds since the epoch. */
export function ageWords(takenAt: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - takenAt) / 1000));
  if (seconds < 5) return vscode.l10n.t('just now');
  if (seconds < 90) return vscode.l10n.t('{0} s ago', seconds < 10 ? seconds : Math.floor(seconds / 10) * 10);
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return vscode.l10n.t('{0} min ago', minutes);
  const hours = Math.round(minutes / 60);
  return hours < 48
    ? vscode.l10n.t('{0} h ago', hours)
    : vscode.l10n.t('{0} days ago', Math.round(hours / 24));
}

/** `10:31:02`, as the user's clock shows it. */
export function clockTime(time: number): string {
  return new Date(time).toLocaleTimeString(vscode.env.language, { hour12: false });
}

/** `kube-proxy-abc`, `the Pod kube-flannel-x`, `your command docker` */
export function sourceWords(source: RulesSource): string {
  switch (source.kind) {
    case 'proxyPod':
    case 'hostPod':
      return source.pod;
    case 'debugPod':
      return vscode.l10n.t('a debug Pod');
    default:
      return vscode.l10n.t('your command {0}', source.program);
  }
}
