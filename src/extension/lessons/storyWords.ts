/** What the questions of *Open Sample* are called, and what each of their steps shows. */
import * as vscode from 'vscode';
import type { StoryId } from './stories.ts';

export interface StoryWords {
  readonly label: string;
  readonly detail: string;
  /** One for its packet, and one for what is tried then. */
  readonly texts: readonly [string] | readonly [string, string];
}

/** Their words. */
export function storyWords(): Readonly<Record<StoryId, StoryWords>> {
  return { ...connections(), ...nodes() };
}

function connections(): Pick<
  Record<StoryId, StoryWords>,
  'refused' | 'hangs' | 'clientAddress' | 'localhost'
> {
  return {
    refused: {
      label: vscode.l10n.t('Why is my connection refused?'),
      detail: vscode.l10n.t('A Pod asks a Service that has no endpoints.'),
      texts: [
        vscode.l10n.t(
          'The Service has no endpoints, and a rule of kube-proxy refuses what is sent to it. Next, ask shop/three, which has some: who gets the packet?',
        ),
        vscode.l10n.t(
          'Each of three endpoints gets 33.3 %. Take another Service in To, or walk the path below with the arrow keys: each step leads to its rule.',
        ),
      ],
    },
    hangs: {
      label: vscode.l10n.t('Why does it hang from outside?'),
      detail: vscode.l10n.t(
        'A client asks a node port whose traffic policy is Local, on a node without an endpoint.',
      ),
      texts: [
        vscode.l10n.t(
          'The traffic policy is Local, this node has no endpoint, and what is dropped hangs. Next, let a Pod of the cluster ask the same Service.',
        ),
        vscode.l10n.t(
          'The Pod is answered: the policy is about traffic from outside alone. Take edge/np-local:http in To, which has an endpoint here.',
        ),
      ],
    },
    clientAddress: {
      label: vscode.l10n.t('Where does my client’s address go?'),
      detail: vscode.l10n.t('A client asks a node port, and the endpoint sees the node.'),
      texts: [
        vscode.l10n.t(
          'The source becomes an address of this node, so that answers come back through it. Next, ask edge/np-local, whose traffic policy is Local.',
        ),
        vscode.l10n.t(
          'The Pod sees the client’s own address, and only endpoints of this node are asked. That is what the policy Local is for.',
        ),
      ],
    },
    localhost: {
      label: vscode.l10n.t('Why does localhost fail behind a node port?'),
      detail: vscode.l10n.t(
        'A rule sends port 30080 to a server on 127.0.0.1; packets from outside do not get there.',
      ),
      texts: [
        vscode.l10n.t(
          'The rule sends the packet to 127.0.0.1, and the kernel routes no loopback address from outside. Next, send it from the node itself.',
        ),
        vscode.l10n.t(
          'From the node itself it arrives. What keeps packets from outside away is route_localnet, which is off for eth0.',
        ),
      ],
    },
  };
}

function nodes(): Pick<Record<StoryId, StoryWords>, 'stale' | 'changed' | 'nftables' | 'ipvs'> {
  return {
    stale: {
      label: vscode.l10n.t('Why does one Pod get nothing?'),
      detail: vscode.l10n.t(
        'Rules that stood still while Services were scaled: endpoints are gone, others are missing.',
      ),
      texts: [
        vscode.l10n.t(
          'Outcomes that name no Pod go to endpoints that are gone. Next, see what the Problems view says of them.',
        ),
      ],
    },
    changed: {
      label: vscode.l10n.t('What changed?'),
      detail: vscode.l10n.t('A node before and after a Service was exposed and others were scaled.'),
      texts: [vscode.l10n.t('Next: follow before and after at a change to its rules in both states.')],
    },
    nftables: {
      label: vscode.l10n.t('How does nftables mode balance?'),
      detail: vscode.l10n.t(
        'A client asks a node port; verdict maps stand in place of chains and probabilities.',
      ),
      texts: [
        vscode.l10n.t(
          'A verdict map finds the Service, and another one picks by a random number. Next, ask the same of a node in IPVS mode.',
        ),
        vscode.l10n.t(
          'The answer is the same. No rule names an endpoint here: a virtual server of IPVS picks it.',
        ),
      ],
    },
    ipvs: {
      label: vscode.l10n.t('How does IPVS mode balance?'),
      detail: vscode.l10n.t(
        'A client asks a node port; the rules name no endpoint, and IPVS sends the packet on.',
      ),
      texts: [
        vscode.l10n.t(
          'A virtual server of IPVS picks the endpoint, and the rules mark the packet to be masqueraded. Next, let a Pod ask shop/three.',
        ),
        vscode.l10n.t('The same balancing, and nobody is masqueraded: the Pod keeps its own address.'),
      ],
    },
  };
}
