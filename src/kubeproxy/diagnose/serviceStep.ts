import type { Service } from '../../kubernetes/objects.ts';
import { plural } from '../narrative/words.ts';
import { passesBy } from '../services/passesBy.ts';
import { frontendKindWords, frontendPlace } from '../words/frontendWords.ts';
import type { DiagnosisStep } from './diagnosis.ts';
import type { DiagnosisSubject } from './subject.ts';

/** What the Service is. `skipped`: kube-proxy writes no rules for one of its kind, and that is as it should be. */
export function serviceStep({ service, ports, name, analysis }: DiagnosisSubject): DiagnosisStep {
  const { object } = service;
  const said = (state: DiagnosisStep['state'], message: string): DiagnosisStep => ({
    id: 'service',
    state,
    message,
    evidence: evidenceOf(ports),
  });
  if (object === null) {
    const isWhole = analysis.coverage.covers('services', service.namespace ?? '');
    if (!isWhole && analysis.objects !== null && analysis.objects.services.length > 0)
      return said(
        'unknown',
        `The objects that were given have no Service ${name}, and the rules have it: either it is gone and kube-proxy has not heard of that, or the objects are of a part of the cluster, of which nothing tells that it is all.`,
      );
    if (analysis.objects === null || !isWhole)
      return said('ok', `${name} is in the rules. What the cluster says of it was not looked at.`);
    return said(
      'fail',
      `The cluster has no Service ${name}, and the rules still have it: kube-proxy has not heard that it is gone.`,
    );
  }
  if (object.type === 'ExternalName')
    return said(
      'skipped',
      `${name} is an ExternalName: DNS answers with another name, and no rules are written for it.`,
    );
  if (object.clusterIPs.includes('None'))
    return said(
      'skipped',
      `${name} is headless: DNS answers with the addresses of its Pods, and no rules are written for it.`,
    );
  if (object.ports.length === 0) return said('fail', `${name} has no ports, so nothing can be sent to it.`);
  const by = passesBy(object);
  if (isPending(object))
    return said(
      'warn',
      `${name} is a LoadBalancer that has no address yet, so that nobody outside reaches it by one. See with "kubectl describe service" whether a cloud controller or MetalLB gives it one.`,
    );
  return said('ok', [`${object.type} with ${plural(ports.length, 'port')}.`, ...by].join(' '));
}

/** Somebody else than kube-proxy gives the address. */
function isPending({ type, isLoadBalanced, externalIPs, table }: Service): boolean {
  return type === 'LoadBalancer' && table === undefined && !isLoadBalanced && externalIPs.length === 0;
}

function evidenceOf(ports: DiagnosisSubject['ports']): DiagnosisStep['evidence'] {
  return ports.flatMap(({ frontends, spec }) => {
    const target = spec === null ? '' : ` → targetPort ${spec.targetPort ?? spec.port}`;
    return frontends.map((frontend) => ({
      says: `${frontendKindWords(frontend.kind)} ${frontendPlace(frontend)}${target}`,
      at: frontend.at,
    }));
  });
}
