/**
 * What Cilium's ConfigMap says of kube-proxy's work. Source: Cilium's guide "Kubernetes Without kube-proxy" and its releases: `true`
 * and `strict` (before 1.14) take all of it. `false` and `disabled` leave it to kube-proxy, but for what Pods send to ClusterIPs
 * (pull request 10651). What `partial` and `probe` take hangs on other settings, and on the kernel.
 */
import { isRecord, type JsonRecord } from '../text/json.ts';

/** Whether Cilium does kube-proxy's work. */
export type CiliumSetting = 'replaces' | 'leaves';

/** Where it stands. */
export const ciliumConfigName = { namespace: 'kube-system', name: 'cilium-config' } as const;

const settings: ReadonlyMap<unknown, CiliumSetting> = new Map([
  ['true', 'replaces'],
  ['strict', 'replaces'],
  ['false', 'leaves'],
  ['disabled', 'leaves'],
]);

/** Null where the object is another one, or does not say it. */
export function ciliumSettingIn({ metadata, data }: JsonRecord): CiliumSetting | null {
  const { namespace, name } = isRecord(metadata) ? metadata : {};
  const isIt = name === ciliumConfigName.name && namespace === ciliumConfigName.namespace;
  return isIt && isRecord(data) ? (settings.get(data['kube-proxy-replacement']) ?? null) : null;
}

/** As `snapshot.json` keeps it; null for any other value. */
export function readCiliumSetting(value: unknown): CiliumSetting | null {
  return value === 'replaces' || value === 'leaves' ? value : null;
}
