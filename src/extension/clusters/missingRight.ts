/** The YAML that gives a missing right: for whoever may apply it. */
import type { MissingRight } from '../../cluster/failure.ts';

const groups: Readonly<Record<string, string>> = { endpointslices: 'discovery.k8s.io' };

/**
 * A (Cluster)Role and its binding, with what is needed of that resource for this product and no more. Names come from a
 * server: they are quoted as JSON, which is YAML that holds nothing but a text.
 */
export function missingRightYaml(right: MissingRight): string {
  const { resource, namespace, user } = right;
  const kind = namespace === null ? 'ClusterRole' : 'Role';
  const name = `kube-proxy-explorer-${resource.replaceAll(/[^a-z]/g, '-')}`;
  const metadata = ['metadata:', `  name: ${name}`];
  if (namespace !== null) metadata.push(`  namespace: ${JSON.stringify(namespace)}`);
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${kind}`,
    ...metadata,
    'rules:',
    `  - apiGroups: [${JSON.stringify(groups[resource] ?? '')}]`,
    `    resources: [${JSON.stringify(resource)}]`,
    `    verbs: [${verbsFor(right)
      .map((verb) => JSON.stringify(verb))
      .join(', ')}]`,
    '---',
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${kind}Binding`,
    ...metadata,
    'roleRef:',
    '  apiGroup: rbac.authorization.k8s.io',
    `  kind: ${kind}`,
    `  name: ${name}`,
    'subjects:',
    ...subjectOf(user),
    '',
  ].join('\n');
}

/** An exec over a WebSocket asks for "get", and since Kubernetes 1.35 for "create" too. */
function verbsFor({ verb, resource }: MissingRight): readonly string[] {
  if (resource === 'pods/exec') return ['get', 'create'];
  return ['get', 'list', 'watch'].includes(verb) ? ['get', 'list', 'watch'] : [verb];
}

/** `system:serviceaccount:dev:me` is the account `me` in the namespace `dev`. */
function subjectOf(user: string | null): readonly string[] {
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user ?? '') ?? [];
  if (namespace !== undefined && account !== undefined) {
    return [
      '  - kind: ServiceAccount',
      `    name: ${JSON.stringify(account)}`,
      `    namespace: ${JSON.stringify(namespace)}`,
    ];
  }
  const name = user ?? 'the user that the kubeconfig logs in as';
  return ['  - apiGroup: rbac.authorization.k8s.io', '    kind: User', `    name: ${JSON.stringify(name)}`];
}
