/** What neither rules nor objects show, and the one command that would. */
import type { DiagnosisStep } from './diagnosis.ts';
import type { DiagnosisSubject } from './subject.ts';
import { nameOk } from './endpointsStep.ts';

export function policiesStep({ service }: DiagnosisSubject): DiagnosisStep {
  const { namespace } = service;
  const command =
    namespace !== null && nameOk(namespace) ? `kubectl get networkpolicies -n ${namespace}` : '';
  return notLookedAt(
    'policies',
    'NetworkPolicies were not looked at: what a network plugin made of them as rules of this node is part of the paths.',
    command,
  );
}

export function podsStep({ ports, service }: DiagnosisSubject): DiagnosisStep {
  const endpoint = ports
    .flatMap(({ endpoints }) => endpoints)
    .find(({ pod, port }) => pod !== null && port !== null);
  const { pod, port } = endpoint ?? {};
  const isSafe = pod != null && nameOk(pod.namespace) && nameOk(pod.name);
  const command = isSafe
    ? `kubectl exec -n ${pod.namespace} ${pod.name} -- wget -qO- -T 2 http://localhost:${port}/`
    : '';
  return notLookedAt(
    'pods',
    `Whether what runs in the Pods of ${service.name} answers was not looked at.`,
    command,
  );
}

/** A cluster DNS without endpoints answers nobody, whatever the Service. */
export function dnsStep({ service, analysis }: DiagnosisSubject): DiagnosisStep {
  const dns = analysis.catalog.serviceNamed('kube-system/kube-dns');
  const isDead =
    dns !== null && dns.ports.length > 0 && dns.ports.every(({ endpoints }) => endpoints.length === 0);
  if (isDead)
    return {
      id: 'dns',
      state: 'fail',
      message:
        'The cluster’s DNS, kube-system/kube-dns, has no endpoints: no name is resolved. Look at its Pods.',
      evidence: dns.ports.flatMap(({ frontends }) => frontends.map(({ at }) => ({ says: dns.id, at }))),
    };
  const { namespace, name } = service;
  const isSafe = namespace !== null && nameOk(namespace) && nameOk(name);
  const command = isSafe
    ? `kubectl run -it --rm dns-test --image=busybox:1.36 --restart=Never -- nslookup ${name}.${namespace}`
    : '';
  return notLookedAt('dns', 'Whether its name is resolved was not looked at.', command);
}

function notLookedAt(id: DiagnosisStep['id'], message: string, command: string): DiagnosisStep {
  return {
    id,
    state: 'unknown',
    message,
    evidence: command === '' ? [] : [{ says: 'This would tell:', command }],
  };
}
