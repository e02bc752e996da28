/** Which Pods are kube-proxy's. */

/** As kubeadm, kind and EKS; AKS and static Pods of GKE; Helm charts and others label kube-proxy. */
const labels: readonly (readonly [name: string, value: string])[] = [
  ['k8s-app', 'kube-proxy'],
  ['component', 'kube-proxy'],
  ['app.kubernetes.io/name', 'kube-proxy'],
];

/** `labelOf` gives the value of a label; anything else than a text for none. */
export function isProxyPod(labelOf: (name: string) => unknown): boolean {
  return labels.some(([name, value]) => labelOf(name) === value);
}
