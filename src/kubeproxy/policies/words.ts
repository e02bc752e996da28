/** What NetworkPolicies do to a Service, in words. Plain text; names may hold anything. */
import { groupBy } from '../../text/groupBy.ts';
import type { NetworkPolicy, PolicyPeer } from '../../kubernetes/networkPolicy.ts';
import { countWords, either, firstFew, plural } from '../narrative/words.ts';
import { type Forbidden, policiesFor, type PolicyTarget, rulesAt } from './decide.ts';
import type { KubernetesObjects } from '../../kubernetes/objects.ts';
import type { PolicyLook } from './ofPort.ts';
import { selectorWords } from './selectors.ts';

/** `NetworkPolicy shop/deny`, `NetworkPolicies shop/a and shop/b`; of many the first three. */
function policyNames(policies: readonly NetworkPolicy[]): string {
  const names = policies.map(({ namespace, name }) => `${namespace}/${name}`);
  return `${policies.length === 1 ? 'NetworkPolicy' : 'NetworkPolicies'} ${firstFew(names)}`;
}

/** `8080/TCP` */
function portWords({ port, protocol }: PolicyTarget): string {
  return `${port}/${protocol.toUpperCase()}`;
}

/** Of an endpoint that nobody may reach: who says so, and what would allow it. */
export function shutWords(target: PolicyTarget, service: string, objects: KubernetesObjects): string {
  const into = policiesFor(target.pod, 'ingress', objects);
  const others = into.flatMap((policy) => policy.ingress ?? []);
  const at = portWords(target);
  const verb = into.length === 1 ? 'lets' : 'let';
  const but = others.length === 0 ? '' : ', but at other ports';
  return `${policyNames(into)} ${verb} nobody in to the Pods of ${service} at ${at}${but}: connections hang until they time out. What would allow them: a NetworkPolicy in namespace ${target.pod.namespace} for these Pods with an ingress rule that names the clients and port ${at}.`;
}

/** Who alone is let in, and how many of the cluster's Pods are not. */
export function keptWords(look: PolicyLook, service: string, objects: KubernetesObjects): string {
  const ingress = look.kept.filter(({ why }) => why.direction === 'ingress');
  const egress = look.kept.filter(({ why }) => why.direction === 'egress');
  const parts: string[] = [];
  const [target] = look.targets.filter(({ pod }) => policiesFor(pod, 'ingress', objects).length > 0);
  if (target !== undefined && (ingress.length > 0 || !look.hasOutside)) {
    const { policies } = look;
    const peers = [
      ...new Set(
        rulesAt(policies, 'ingress', target).flatMap(({ policy, rule }) =>
          rule.peers.map((peer) => peerWords(peer, policy)),
        ),
      ),
    ];
    const outside = look.hasOutside ? '' : ', and nobody outside';
    parts.push(
      `${policyNames(policies)} ${policies.length === 1 ? 'lets' : 'let'} in to the Pods of ${service} at ${portWords(target)} only ${firstFew(peers, 4)}${outside}: ${keptOutWords(ingress, look)}. What would allow more: an ingress rule that names them.`,
    );
  }
  const [first] = egress;
  if (first !== undefined)
    parts.push(
      `${policyNames(first.why.by)} ${first.why.by.length === 1 ? 'does' : 'do'} not let Pods such as ${first.pod.namespace}/${first.pod.name} send to ${service}: ${countOf(egress, look)} so. What would allow it: an egress rule that names its Pods and port.`,
    );
  return parts.join(' ');
}

/** Of one client: `NetworkPolicy shop/deny lets 10.0.0.9 not in …`. */
export function clientWords({ direction, by }: Forbidden, who: string, service: string): string {
  const verb = by.length === 1 ? 'does' : 'do';
  return direction === 'ingress'
    ? `${policyNames(by)} ${verb} not let ${who} in to the Pods of ${service}: its connections hang until they time out. What would allow them: an ingress rule that names it.`
    : `${policyNames(by)} ${verb} not let ${who} send to the Pods of ${service}: its connections hang until they time out. What would allow them: an egress rule that names them.`;
}

function peerWords(peer: PolicyPeer, { namespace }: NetworkPolicy): string {
  if (peer.kind === 'block') {
    const but = peer.except.length === 0 ? '' : ` but ${either(peer.except, 'and')}`;
    return `${peer.cidr}${but}`;
  }
  const pods = peer.pods === null ? 'all' : selectorWords(peer.pods);
  const which = pods === 'all' ? 'all Pods' : `Pods with ${pods}`;
  if (peer.namespaces === null) return `${which} of ${namespace}`;
  const spaces = selectorWords(peer.namespaces);
  return spaces === 'all' ? `${which} of every namespace` : `${which} of namespaces with ${spaces}`;
}

/** `3 of 12 kinds of Pods (of shop) are kept out`; of none that is known, how many it is not known of. */
function keptOutWords(kept: PolicyLook['kept'], look: PolicyLook): string {
  const { asked, open } = look;
  if (open === 0) return `${countOf(kept, look)} kept out`;
  const unknown = `is not known, since the labels of their namespaces are not among the objects`;
  return kept.length === 0
    ? `which of ${plural(asked, 'kind')} of Pods that leaves out ${unknown}`
    : `${countOf(kept, look)} kept out, and of ${countWords(open)} more it ${unknown}`;
}

/** `3 of 12 kinds of Pods (of default, jobs) are` */
function countOf(kept: PolicyLook['kept'], { asked }: PolicyLook): string {
  const namespaces = [...groupBy(kept, ({ pod }) => pod.namespace).keys()];
  const where = kept.length === 0 ? '' : ` (of ${firstFew(namespaces, 4)})`;
  return `${kept.length} of ${plural(asked, 'kind')} of Pods${where} ${kept.length === 1 ? 'is' : 'are'}`;
}
