/** In which mode a node's kube-proxy works: from its configuration, or from what it wrote. */
import type { JsonRecord } from '../../text/json.ts';
import { isRecord } from '../../text/json.ts';
import type { ProxyMode } from '../liveNode.ts';
import { holdsKubeChains } from './ruleText.ts';

const MODES: readonly ProxyMode[] = ['iptables', 'nftables', 'ipvs', 'userspace', 'kernelspace'];

/** `mode: "ipvs"   # as we like it`, at the top level of a YAML document; `"mode": "ipvs"` in JSON. */
const MODE_LINE =
  /^(?:mode|"mode"|'mode')[ \t]*:[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#]*))[ \t]*(?:#.*)?\r?$/m;

/**
 * The mode that a KubeProxyConfiguration (YAML or JSON) asks for. An empty one is iptables, the default of every release
 * on Linux. Null where the text is no such configuration or names an unknown mode.
 */
export function modeOfConfig(text: string): ProxyMode | null {
  const head = text.slice(0, 1_000_000);
  if (!head.includes('KubeProxyConfiguration')) return null;
  const json = parseObject(head);
  if (json !== null) return namedMode(json['mode'] ?? '');
  const document = head.split(/^---.*$/m).find((each) => each.includes('KubeProxyConfiguration')) ?? head;
  const match = MODE_LINE.exec(document);
  return namedMode(match === null ? '' : (match[1] ?? match[2] ?? match[3] ?? ''));
}

function parseObject(text: string): JsonRecord | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** kube-proxy takes `nft` and `NFTables` no more than a typing mistake does: it does not start. */
function namedMode(value: unknown): ProxyMode | null {
  if (value === '' || value === 'null' || value === '~') return 'iptables';
  return MODES.find((mode) => mode === value) ?? null;
}

/** Of a ConfigMap whose keys nobody agrees on: `config.conf` (kubeadm), `config` (EKS) … */
export function modeOfConfigMap(configMap: JsonRecord): ProxyMode | null {
  const data = configMap['data'];
  const texts = isRecord(data) ? Object.values(data) : [];
  for (const text of texts) {
    const mode = typeof text === 'string' ? modeOfConfig(text) : null;
    if (mode !== null) return mode;
  }
  return null;
}

/**
 * What the collected files show, by their names in a snapshot. Null where they show nothing, or, as after a change of
 * mode that left rules behind, more than one.
 */
export function modeOfRules(files: ReadonlyMap<string, string>): ProxyMode | null {
  const rules = ['iptables-save.txt', 'ip6tables-save.txt'].map((name) => files.get(name) ?? '');
  const found = new Set<ProxyMode>();
  if (holdsProxyTable(files.get('nft.txt') ?? '')) found.add('nftables');
  for (const text of rules) {
    if (text.includes('\n:KUBE-LOAD-BALANCER ') || text.includes('\n:KUBE-NODE-PORT ')) found.add('ipvs');
    else if (text.includes('\n:KUBE-PORTALS-')) found.add('userspace');
    else if (holdsKubeChains(text) && text.includes('\n:KUBE-NODEPORTS ')) found.add('iptables');
  }
  const [mode] = found;
  return found.size === 1 && mode !== undefined ? mode : null;
}

/** `table ip kube-proxy {`: what kube-proxy's nftables mode writes. */
export function holdsProxyTable(nft: string): boolean {
  return nft.includes('table ip kube-proxy {') || nft.includes('table ip6 kube-proxy {');
}
