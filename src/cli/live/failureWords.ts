/** A failure of the cluster in words for a terminal: what happened and why, then what to do now. */
import type { ClusterFailure } from '../../cluster/failure.ts';
import type { CollectedNode } from '../../cluster/liveNode.ts';
import { plain } from '../terminal.ts';

/** What was asked for, for words that name it. */
export interface Asked {
  readonly context: string;
  /** Null where no node was chosen yet. */
  readonly node: string | null;
  /** Whether `--debug-pod` was given. */
  readonly debugPod: boolean;
  /** Whether it was a command of the user's own that was run. */
  readonly ownCommand: boolean;
}

/** Two sentences or more, safe to print. */
export function failureWords(failure: ClusterFailure, asked: Asked): string {
  const said = plain(failure.message).trim();
  return `${/[.!?]$/.test(said) ? said : `${said}.`} ${cure(failure, asked)}`.trim();
}

function cure({ kind, right }: ClusterFailure, asked: Asked): string {
  const context = plain(asked.context);
  const node = asked.node === null ? 'the node' : plain(asked.node);
  switch (kind) {
    case 'unreachable':
      return `Check that the server runs and that this machine gets to it (VPN, proxy); "kubectl --context ${context} version" asks the same.`;
    case 'badCertificate':
      return `Check certificate-authority of this cluster in the kubeconfig, and the clock of this machine.`;
    case 'unauthorized':
      return `Log in anew as the user of context "${context}", then run this again.`;
    case 'forbidden':
      return right?.resource === 'pods/exec'
        ? `Whoever administers the cluster can give the right: docs/rbac.yaml holds all that are needed. Without it, a command of your own gets at the node: add "-- ssh {node} sudo {program}".`
        : 'Whoever administers the cluster can give the right: docs/rbac.yaml holds all that are needed.';
    case 'execRefused':
      return `Check that the kubelet of ${node} runs and that the API server gets to its port 10250.`;
    case 'noSuchBinary':
    case 'commandFailed':
    case 'noSource':
      return elsewhere(asked);
    case 'cutOff':
      return 'Run it again. Where it is always cut at the same place, a proxy between here and the cluster ends long answers.';
    case 'timedOut':
      return `Run it again; if ${node} stays silent, look at its kubelet and its load.`;
    case 'tooLarge':
      return `Save it on the node ("sudo iptables-save > iptables-save.txt") and name that file.`;
    default:
      return '';
  }
}

/** What is left to try where no Pod answered. */
function elsewhere({ debugPod, ownCommand }: Asked): string {
  if (ownCommand)
    return 'Run your command by itself: it must print what "iptables-save -c" prints, and nothing else.';
  const own = 'a command of your own: add "-- ssh {node} sudo {program}"';
  return debugPod
    ? `What is left is ${own}.`
    : `What is left is a debug Pod, put there for the time of the reading (add --debug-pod), or ${own}.`;
}

/** Where the rules were read, when that is not kube-proxy's own Pod or the user's own command; null otherwise. */
export function sourceNote({ source, node, warnings }: CollectedNode): string | null {
  if (source.kind === 'proxyPod' || source.kind === 'command') return null;
  const pod = plain(`${source.namespace}/${source.pod}`);
  if (source.kind === 'hostPod') {
    return `No kube-proxy Pod answers on ${plain(node)}; its rules were read in ${pod}, which shares its network.`;
  }
  // A warning names a Pod that could not be deleted.
  const removed = !warnings.some((warning) => warning.includes(source.pod));
  return `The rules of ${plain(node)} were read in a debug Pod, ${pod}${removed ? ', which is removed' : ''}.`;
}
