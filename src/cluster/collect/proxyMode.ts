/** In which mode a node's kube-proxy works: from its configuration, or from what it wrote. */
import { isRecord, type JsonRecord } from '../../text/json.ts';
import {
  decideMode,
  isProxyTable,
  type ModeSign,
  type ProxyMode,
  proxyModes,
  signsOfNat,
} from '../../kubernetes/proxyMode.ts';
import { type NftTable, readNftTables } from '../../rules/nftables/tables.ts';
import { natSignsOf } from './ruleText.ts';

const CONFIG_KIND = 'KubeProxyConfiguration';

/** The documents of a text of YAML, or of JSON; none where it is neither. adapters/ has one. */
export type ParseYaml = (text: string) => readonly unknown[];

/** Characters; a ConfigMap holds no more than 1 MiB. */
const MAX_CONFIG = 1 << 20;

/**
 * The mode that a KubeProxyConfiguration (YAML or JSON) asks for. An empty one is iptables, the default of every release
 * on Linux. Null where the text is no such configuration, or names an unknown mode.
 */
export function modeOfConfig(text: string, parseYaml: ParseYaml): ProxyMode | null {
  if (text.length > MAX_CONFIG || !text.includes(CONFIG_KIND)) return null;
  const config = parseYaml(text)
    .filter(isRecord)
    .find((document) => document['kind'] === CONFIG_KIND);
  return config === undefined ? null : namedMode(config['mode'] ?? '');
}

/** kube-proxy takes `nft` and `NFTables` no more than a typing mistake does: it does not start. */
function namedMode(value: unknown): ProxyMode | null {
  if (value === '') return 'iptables';
  return proxyModes.find((mode) => mode === value) ?? null;
}

/** The same of a ConfigMap, whose keys nobody agrees on: `config.conf` (kubeadm), `config` (EKS) … */
export function modeOfConfigMap(configMap: JsonRecord, parseYaml: ParseYaml): ProxyMode | null {
  const data = configMap['data'];
  const texts = isRecord(data) ? Object.values(data) : [];
  for (const text of texts) {
    const mode = typeof text === 'string' ? modeOfConfig(text, parseYaml) : null;
    if (mode !== null) return mode;
  }
  return null;
}

/**
 * What the collected files show, by their names in a snapshot. Null where they show nothing, or, as after a change of
 * mode that left rules behind, more than one.
 */
export function modeOfRules(files: ReadonlyMap<string, string>): ProxyMode | null {
  const inRules = ['iptables-save.txt', 'ip6tables-save.txt'].flatMap((name) =>
    signsOfNat(natSignsOf(files.get(name) ?? '')),
  );
  const inNftables = readNftTables(files.get('nft.txt') ?? '')
    .filter(isOfProxy)
    .map(({ hooked }): ModeSign => ({ mode: 'nftables', kind: hooked ? 'holds' : 'stays' }));
  // Sets stay when a node goes over to another mode.
  const inSets: readonly ModeSign[] = holdsIpvsSets(files.get('ipset-save.txt') ?? '')
    ? [{ mode: 'ipvs', kind: 'stays' }]
    : [];
  return decideMode([...inRules, ...inNftables, ...inSets]).mode;
}

/** `create KUBE-CLUSTER-IP hash:ip,port …`: what kube-proxy's IPVS mode makes, in either family. `sets`: of `ipset save`. */
export function holdsIpvsSets(sets: string): boolean {
  return /^create KUBE-(?:6-)?CLUSTER-IP /mu.test(sets);
}

/** `table ip kube-proxy {`: what kube-proxy's nftables mode writes. `nft`: a listing of tables or of all rules. */
export function holdsProxyTable(nft: string): boolean {
  return readNftTables(nft).some(isOfProxy);
}

function isOfProxy(table: NftTable): boolean {
  return isProxyTable(table, 4) || isProxyTable(table, 6);
}
