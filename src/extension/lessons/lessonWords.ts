/** What lessons are called, and what each of their steps shows. */
import * as vscode from 'vscode';
import type { LessonId } from './lessons.ts';

export interface LessonWords {
  readonly title: string;
  /** One for each step. */
  readonly texts: readonly string[];
}

/** Their words, in the order of their steps. */
export function lessonWords(): Readonly<Record<LessonId, LessonWords>> {
  return { ...servicePaths(), ...filters(), ...others() };
}

function servicePaths(): Pick<
  Record<LessonId, LessonWords>,
  'probabilities' | 'ping' | 'node-port' | 'local-policy'
> {
  return {
    probabilities: {
      title: vscode.l10n.t('Why 33, 50, 100?'),
      texts: [
        vscode.l10n.t(
          'Each of three endpoints gets 33.3 %, yet the rules of KUBE-SVC-… in the path say 0.333, 0.5 and nothing. A rule only sees what the rules before it left over: 1/2 of 2/3 is 1/3.',
        ),
        vscode.l10n.t(
          'Five endpoints get 20.0 % each, by 0.2, 0.25, 0.333, 0.5 and all: of n endpoints rule i takes 1/(n − i + 1). Look at the path of the last one, which passes all five rules.',
        ),
      ],
    },
    ping: {
      title: vscode.l10n.t('Why a cluster IP cannot be pinged'),
      texts: [
        vscode.l10n.t(
          'A cluster IP is an address with a port and a protocol. A ping has no port: no rule of kube-proxy takes it, and nobody has the address.',
        ),
        vscode.l10n.t(
          'TCP to port 80 of the same address is balanced over three endpoints. The Service is fine, although nobody answers its ping.',
        ),
        vscode.l10n.t(
          'In nftables mode a rule of its own refuses what no Service port takes: the ping fails at once.',
        ),
        vscode.l10n.t(
          "In IPVS mode the address is the node's own, and a filter of kube-proxy refuses what no virtual server takes.",
        ),
      ],
    },
    'node-port': {
      title: vscode.l10n.t('A node port, and the client’s address that is lost'),
      texts: [
        vscode.l10n.t(
          'The endpoint may stand on another node, and its answer has to come back through this one. So the source becomes an address of this node: that is the masquerade in POSTROUTING.',
        ),
        vscode.l10n.t(
          'A Pod asks the same Service by its cluster IP and keeps its own address: answers come back through its node anyway.',
        ),
        vscode.l10n.t(
          'The node asks by the cluster IP. The endpoint on this node sees 10.244.1.1, those of other nodes the node’s own address. Choose the first outcome, and look at POSTROUTING.',
        ),
      ],
    },
    'local-policy': {
      title: vscode.l10n.t('Traffic policy Local'),
      texts: [
        vscode.l10n.t(
          'Only the endpoint of this node is asked, one of three. Nothing has to come back through another node, so the Pod sees the client’s own address.',
        ),
        vscode.l10n.t(
          'The policy is about traffic from outside. A Pod of the cluster is balanced over all three endpoints.',
        ),
        vscode.l10n.t(
          'Where a node has no endpoint, it drops, and the client hangs. A load balancer in front asks the health check first and sends to the other nodes.',
        ),
      ],
    },
  };
}

function filters(): Pick<
  Record<LessonId, LessonWords>,
  'drop-that-never-matches' | 'localhost' | 'source-ranges' | 'not-reachable'
> {
  return {
    'drop-that-never-matches': {
      title: vscode.l10n.t('A DROP that never matches'),
      texts: [
        vscode.l10n.t(
          'Rule 3 of INPUT drops port 30080, and the client gets through: PREROUTING has translated its packet to a Pod, so it goes through FORWARD with port 8080 and never sees INPUT. The rule is underlined; rest the pointer on it.',
        ),
        vscode.l10n.t(
          'The same DROP in PREROUTING of mangle, which comes before the translation, matches: the client hangs. Port 30080 is shut.',
        ),
      ],
    },
    localhost: {
      title: vscode.l10n.t('DNAT to 127.0.0.1'),
      texts: [
        vscode.l10n.t(
          'From the node itself it works: OUTPUT translates to 127.0.0.1:8080, and the packet stays on the node.',
        ),
        vscode.l10n.t(
          'From outside PREROUTING translates as well, and the kernel drops the packet: it does not route loopback addresses from eth0 unless route_localnet is on.',
        ),
      ],
    },
    'source-ranges': {
      title: vscode.l10n.t('A load balancer’s source ranges'),
      texts: [
        vscode.l10n.t('198.51.100.7 is within the ranges of edge/lb-ranges: it is answered.'),
        vscode.l10n.t(
          '192.0.2.77 is not, and is dropped: nothing translated its packet, and KUBE-PROXY-FIREWALL drops what still has the load balancer’s address.',
        ),
        vscode.l10n.t(
          'The same client gets in by the node port of the same Service: the ranges are about the load balancer’s address alone.',
        ),
      ],
    },
    'not-reachable': {
      title: vscode.l10n.t('“Service not reachable”, step by step'),
      texts: [
        vscode.l10n.t(
          'Refused at once: the Service has no endpoints. Look at its selector and whether its Pods are ready.',
        ),
        vscode.l10n.t(
          'Hangs, and from outside only: the traffic policy is Local and this node has no endpoint. Or a firewall drops; the answer names the rule.',
        ),
        vscode.l10n.t(
          'Fails now and then: three of five endpoints are Pods that are gone. The rules are old: look at kube-proxy of this node.',
        ),
      ],
    },
  };
}

function others(): Pick<Record<LessonId, LessonWords>, 'before-and-after' | 'other-modes' | 'affinity'> {
  return {
    'before-and-after': {
      title: vscode.l10n.t('Before and after an application is exposed'),
      texts: [
        vscode.l10n.t(
          'Before: no rule knows port 30500, so the packet is for the node itself, where nothing may listen.',
        ),
        vscode.l10n.t(
          'After: the same packet is forwarded to one of two endpoints of shop/two. *Compare Rules…* lists all that changed.',
        ),
      ],
    },
    'other-modes': {
      title: vscode.l10n.t('The same Service in three modes'),
      texts: [
        vscode.l10n.t(
          'iptables mode: a chain for the Service picks by probabilities, a chain for the endpoint translates.',
        ),
        vscode.l10n.t(
          'nftables mode: a verdict map finds the Service at once, another one picks by a random number. The answer is the same.',
        ),
        vscode.l10n.t(
          'IPVS mode: no rule names an endpoint. A virtual server picks one, and the rules only mark what is masqueraded.',
        ),
      ],
    },
    affinity: {
      title: vscode.l10n.t('Session affinity'),
      texts: [
        vscode.l10n.t(
          'A new client gets any of three endpoints and keeps it for 3 h. Open “Assumed” and decide that an endpoint has served the client before: all of its packets go there.',
        ),
      ],
    },
  };
}
