import * as vscode from 'vscode';
import { sampleScheme } from '../documents/sampleFiles.ts';
import { stories, type Story } from '../lessons/stories.ts';
import { storyWords } from '../lessons/storyWords.ts';

interface Sample extends vscode.QuickPickItem {
  /** The packet that answers its question; left out for a sample without one. */
  readonly story?: Story;
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

function storySamples(): readonly Sample[] {
  const words = storyWords();
  return stories.map((story) => {
    const { label, detail } = words[story.id];
    return { label, detail, story, folder: story.folder, file: story.file };
  });
}

/** Shows the answer to a question. */
export type ShowStory = (story: Story) => Promise<void>;

/**
 * Opens a sample; asks which one. Gives its rules; null for a question, which is shown with its answer, and when the user
 * takes it back.
 */
export async function openSample(folder: string | undefined, show: ShowStory): Promise<vscode.Uri | null> {
  const chosen =
    folder === undefined ? await pickSample() : samples().find((sample) => sample.folder === folder);
  if (chosen === undefined) return null;
  if (chosen.story !== undefined) {
    await show(chosen.story);
    return null;
  }
  const rules = sampleUri(chosen.folder, chosen.file);
  await vscode.window.showTextDocument(rules, { preview: false });
  return rules;
}

/** The rules of a state before and after, side by side by what changed between them. */
export function statesOf({ folder, file, before = folder }: Story): readonly [vscode.Uri, vscode.Uri] {
  return [sampleUri(before, file), sampleUri(folder, file)];
}

function sampleUri(folder: string, file: string): vscode.Uri {
  return vscode.Uri.from({ scheme: sampleScheme, path: `/${folder}/${file}` });
}

async function pickSample(): Promise<Sample | undefined> {
  const placeHolder = vscode.l10n.t('Which question, or which sample?');
  const options = { placeHolder, matchOnDescription: true, matchOnDetail: true };
  const items = [
    separator(vscode.l10n.t('Questions')),
    ...storySamples(),
    separator(vscode.l10n.t('Rules')),
    ...samples(),
  ];
  return vscode.window.showQuickPick(items, options);
}

function separator(label: string): Sample {
  return { label, kind: vscode.QuickPickItemKind.Separator, folder: '', file: '' };
}
