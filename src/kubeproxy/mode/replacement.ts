/**
 * What does kube-proxy's work on a node in eBPF, told from the rules, interfaces, Pods and Cilium's ConfigMap. Sources: Cilium (names of its
 * chains and devices), Calico v3.30 (felix/dataplane/linux: `bpfin.cali`, static.go in BPF mode), GKE (anetd is Cilium).
 */
import { readCiliumSetting, type CiliumSetting } from '../../kubernetes/ciliumConfig.ts';
import { parseRecord } from '../../text/json.ts';
import type { Analysis } from '../analysis.ts';
import { ownNodeName } from '../ownNode.ts';
import { tablesOf } from '../rulesets.ts';
import { followedSources } from '../sources.ts';
import { allCommentsOf } from '../words/ruleView.ts';

type ReplacementName = 'Cilium' | 'Dataplane V2' | 'Calico eBPF';

export interface Replacement {
  readonly name: ReplacementName;
  /** Clauses: `the interface bpfin.cali`, `the Pod kube-system/cilium-x`. */
  readonly signs: readonly string[];
  /**
   * Whether it does kube-proxy's work for sure: Calico's eBPF mode always does. Cilium may run beside kube-proxy; where the
   * rules have nothing of one, it does.
   */
  readonly isSure: boolean;
  /** Its own configuration leaves that work to a kube-proxy. */
  readonly leaves?: true;
}

type Seen = Pick<Analysis, 'sources' | 'files' | 'node' | 'objects' | 'nodeName' | 'mode'>;

/** Null where nothing shows one. */
export function replacementOn(seen: Seen): Replacement | null {
  const interfaces = [...(seen.node.interfaces?.keys() ?? [])];
  const pods = podsHere(seen);
  const calico = [
    ...interfaces.filter((name) => name === 'bpfin.cali' || name === 'bpfout.cali').map(interfaceWords),
    ...(hasComment(seen, 'without BPF seen mark') || hasComment(seen, 'Pre-approved by BPF programs')
      ? ['rules of Calico for packets that its eBPF programs have seen']
      : []),
  ];
  if (calico.length > 0) return { name: 'Calico eBPF', signs: calico, isSure: true };
  const cilium = [
    ...chainsLike(seen, /^(OLD_)?CILIUM_/u),
    ...interfaces.filter((name) => /^cilium_(host|net|vxlan|geneve|wg0)$/u.test(name)).map(interfaceWords),
    ...pods.filter(({ labels }) => labels.get('k8s-app') === 'cilium').map(podWords),
  ];
  if (cilium.length === 0) return null;
  const isGoogle = pods.some(
    ({ labels, name }) => labels.get('k8s-app') === 'cilium' && name.startsWith('anetd'),
  );
  const name = isGoogle ? 'Dataplane V2' : 'Cilium';
  switch (settingOf(seen)) {
    case 'replaces':
      return { name, signs: [...cilium, 'kube-proxy-replacement of its ConfigMap'], isSure: true };
    case 'leaves':
      return { name, signs: cilium, isSure: false, leaves: true };
    default:
      return { name, signs: cilium, isSure: !hasProxyRules(seen) };
  }
}

/** Of the objects that were given, or of a live cluster, as `snapshot.json` has it. */
function settingOf({ objects, files }: Seen): CiliumSetting | null {
  const info = files.get('snapshot.json');
  return objects?.cilium ?? (info === undefined ? null : readCiliumSetting(parseRecord(info)?.['cilium']));
}

function hasProxyRules({ mode }: Pick<Seen, 'mode'>): boolean {
  return ([4, 6] as const).some((family) => mode[family].inRules);
}

/** What it means for who reads these rules: a sentence or two. `left`: rules of kube-proxy stand here, too. */
export function replacementWords({ name, signs, isSure, leaves }: Replacement, left: boolean): string {
  const seen = signs.slice(0, 3).join(', ');
  if (leaves === true)
    return `${name} runs on this node (${seen}) and leaves Services to kube-proxy, as kube-proxy-replacement of its ConfigMap says, ${left ? 'whose rules these are' : 'of which no rules are here'}. What Pods send to ClusterIPs its eBPF programs may take all the same, before it meets any rule.`;
  if (isSure && left)
    return `${name} does kube-proxy’s work on this node (${seen}), and rules of kube-proxy stand here beside it: they are left over, or both work. What its eBPF programs take never meets them; traced is what still passes iptables. Stop kube-proxy there, and clean up with "kube-proxy --cleanup".`;
  if (isSure)
    return `${name} does kube-proxy’s work on this node (${seen}): packets for Services are translated by its eBPF programs, which no dump shows. Traced is what still passes iptables.`;
  return `${name} runs on this node (${seen}) beside rules of kube-proxy. Whether it takes packets for Services before they meet these rules is its setting kube-proxy-replacement, which no dump shows: "kubectl get configmap -n kube-system cilium-config -o yaml" tells, and its output is read beside the rules.`;
}

function interfaceWords(name: string): string {
  return `the interface ${name}`;
}

function podWords({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `the Pod ${namespace}/${name}`;
}

function podsHere(seen: Seen) {
  const node = ownNodeName(seen);
  return node === null ? [] : (seen.objects?.pods ?? []).filter(({ nodeName }) => nodeName === node);
}

function chainsLike({ sources }: Seen, pattern: RegExp): readonly string[] {
  for (const { ruleset } of followedSources(sources)) {
    for (const { chains } of tablesOf(ruleset)) {
      const found = [...chains.keys()].find((name) => pattern.test(name));
      if (found !== undefined) return [`the chain ${found}`];
    }
  }
  return [];
}

/** Only in chains of Calico: thousands of others need not be read. */
function hasComment({ sources }: Seen, words: string): boolean {
  for (const { ruleset } of followedSources(sources)) {
    if (!ruleset.text.includes(words)) continue;
    for (const { chains } of tablesOf(ruleset)) {
      for (const [name, { rules }] of chains) {
        if (!name.startsWith('cali-')) continue;
        if (rules.some((rule) => allCommentsOf(rule).some((text) => text.includes(words)))) return true;
      }
    }
  }
  return false;
}
