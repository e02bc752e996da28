/** What neither rules nor objects show, and the one command that would. */
import type { DiagnosisStep } from './diagnosis.ts';
import type { DiagnosisSubject } from './subject.ts';
import { isSafeName } from '../services/safeName.ts';

export function podsStep({ ports, service }: DiagnosisSubject): DiagnosisStep {
  // What wget can ask: not UDP, and no DNS server.
  const endpoint = ports
    .filter(({ protocol }) => protocol === 'tcp')
    .flatMap(({ endpoints }) => endpoints)
    .find(({ pod, port }) => pod !== null && port !== null && port !== 53);
  const { pod, port } = endpoint ?? {};
  const isSafe = pod != null && isSafeName(pod.namespace) && isSafeName(pod.name);
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
  const isSafe = namespace !== null && isSafeName(namespace) && isSafeName(name);
  const command = isSafe
    ? `kubectl run -it --rm dns-test --image=busybox:1.36 --restart=Never -- nslookup ${name}.${namespace}`
    : '';
  return notLookedAt('dns', 'Whether its name is resolved was not looked at.', command);
}

/** `command`: empty for none. */
export function notLookedAt(id: DiagnosisStep['id'], message: string, command: string): DiagnosisStep {
  return {
    id,
    state: 'unknown',
    message,
    evidence: command === '' ? [] : [{ says: 'This would tell:', command }],
  };
}
