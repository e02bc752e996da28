/** Where the rules and the cluster's objects disagree, as problems of `check`: each at the rule, else at its chain. */
import type { Analysis } from '../kubeproxy/analysis.ts';
import type { Finding, FindingKind } from '../kubeproxy/findings/cluster/finding.ts';
import { chainsOf } from '../kubeproxy/modes/iptables/iptablesServices.ts';
import type { ServicePort } from '../kubeproxy/services/catalog.ts';
import { chainNamed } from '../kubeproxy/rulesets.ts';
import type { Family } from '../kernel/flow.ts';
import type { Span } from '../text/span.ts';
import type { CheckProblem } from './checkCommand.ts';

interface AuditKind {
  readonly code: string;
  readonly title: string;
  readonly doc: string;
}

const MOMENTS =
  'Rules and objects are of two moments: right after a change kube-proxy may not have written its rules yet.';

/** A warning each: the rules are what the kernel does, whatever the objects say. */
export const auditKinds: Readonly<Record<FindingKind, AuditKind>> = {
  endpointMissing: {
    code: 'endpoint-missing',
    title: 'A ready endpoint is not in the rules',
    doc: `An EndpointSlice has an endpoint that kube-proxy would balance to, and the rules do not. ${MOMENTS} Else look at the log of kube-proxy on the node.`,
  },
  endpointStale: {
    code: 'endpoint-stale',
    title: 'The rules balance to an endpoint that is gone',
    doc: `No EndpointSlice knows the endpoint any more, so connections to it fail. ${MOMENTS} Else look at the log of kube-proxy on the node.`,
  },
  endpointExtra: {
    code: 'endpoint-extra',
    title: 'The rules balance to an endpoint that should get nothing',
    doc: `The endpoint is there, but not ready, ending, or not for this node. ${MOMENTS} Else look at the log of kube-proxy on the node.`,
  },
  serviceWithoutRules: {
    code: 'service-without-rules',
    title: 'A Service has no rules',
    doc: `The Service is in the cluster, and the rules do not know it: packets to it are not translated. ${MOMENTS} Else look at the log of kube-proxy on the node.`,
  },
  rulesWithoutService: {
    code: 'rules-without-service',
    title: 'Rules of a Service that is gone',
    doc: `The rules serve a Service port that the cluster does not have any more. ${MOMENTS} Else look at the log of kube-proxy on the node.`,
  },
  frontendMissing: {
    code: 'frontend-missing',
    title: 'An address of a Service is not in the rules',
    doc: `The Service has a cluster IP, node port, external IP or load-balancer IP that no rule takes. ${MOMENTS} Else look at the log of kube-proxy on the node.`,
  },
  frontendExtra: {
    code: 'frontend-extra',
    title: 'The rules take an address that the Service does not have',
    doc: `A rule serves an address or node port that the Service object does not name. ${MOMENTS} Else look at the log of kube-proxy on the node.`,
  },
};

/** Of the Services' rules in the tables of `families`; nothing where there are no objects. */
export function auditProblems(analysis: Analysis, families: readonly Family[]): readonly CheckProblem[] {
  return analysis.catalog.ports.flatMap((port) =>
    analysis.audit
      .ofPort(port)
      .filter(({ family }) => families.includes(family))
      .map((finding) => ({
        code: auditKinds[finding.kind].code,
        severity: 'warning' as const,
        message: finding.message,
        span: placeOf(finding, port, analysis),
      })),
  );
}

/** The rule that disagrees; where one lacks, the chain that it would be in. */
function placeOf({ at, family }: Finding, port: ServicePort, { rulesets }: Analysis): Span {
  if (at !== null) return at.span;
  const { svc, svl, ext, fw, xlb } = chainsOf(port, family);
  for (const name of [svc, svl, xlb, ext, fw, 'KUBE-SERVICES']) {
    const declaration = name ? chainNamed(rulesets[family], 'nat', name)?.declaration : null;
    if (declaration) return { start: declaration.start, end: declaration.end };
  }
  return { start: 0, end: 0 };
}
