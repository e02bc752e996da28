import * as vscode from 'vscode';
import { sampleScheme } from '../documents/sampleFiles.ts';

interface Sample extends vscode.QuickPickItem {
  readonly folder: string;
  /** The file with the rules. */
  readonly file: string;
}

const RULES = 'iptables-save.txt';

function samples(): readonly Sample[] {
  return [
    {
      label: vscode.l10n.t('kube-proxy 1.36'),
      description: vscode.l10n.t('72 Services on a node of three'),
      detail: vscode.l10n.t(
        'Rules, routes, addresses and Kubernetes objects as a real kube-proxy 1.36.3 left them.',
      ),
      folder: 'kube-proxy-1.36',
      file: RULES,
    },
    {
      label: vscode.l10n.t('kube-proxy 1.23'),
      description: vscode.l10n.t('the same Services before 1.24 changed the chains'),
      detail: vscode.l10n.t(
        "With the rules that kubelet added then: KUBE-MARK-DROP and kubelet's KUBE-FIREWALL.",
      ),
      folder: 'kube-proxy-1.23',
      file: RULES,
    },
    {
      label: vscode.l10n.t('NodePort lab'),
      description: vscode.l10n.t('port 30080 to a web server on 127.0.0.1, without kube-proxy'),
      detail: vscode.l10n.t('It answers on the node and not from outside. Trace both to see why.'),
      folder: 'nodeport-lab',
      file: RULES,
    },
    {
      label: vscode.l10n.t('A listing'),
      description: vscode.l10n.t('one Service as iptables -nvL prints it'),
      detail: vscode.l10n.t(
        'The form in which most people post rules. It is read as the rules that it shows.',
      ),
      folder: 'listing',
      file: 'iptables-L.txt',
    },
  ];
}

/** Opens the rules of a sample; asks which one. Null when the user takes it back. */
export async function openSample(folder?: string): Promise<vscode.Uri | null> {
  const chosen =
    folder === undefined ? await pickSample() : samples().find((sample) => sample.folder === folder);
  if (chosen === undefined) return null;
  const uri = vscode.Uri.from({ scheme: sampleScheme, path: `/${chosen.folder}/${chosen.file}` });
  await vscode.window.showTextDocument(uri, { preview: false });
  return uri;
}

async function pickSample(): Promise<Sample | undefined> {
  const placeHolder = vscode.l10n.t('Which sample?');
  const options = { placeHolder, matchOnDescription: true, matchOnDetail: true };
  return vscode.window.showQuickPick([...samples()], options);
}
