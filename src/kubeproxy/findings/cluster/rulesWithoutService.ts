import { isOthersPort } from '../ipvs/parts.ts';
import { type PortFinding, portFinding } from '../portFinding.ts';
import type { AuditSubject } from './subject.ts';
import { capitalized } from './words.ts';

/** Rules that take traffic for a Service, or a port of it, that the cluster does not have. */
export function rulesWithoutService(subject: AuditSubject): readonly PortFinding[] {
  const { wanted, ruled, port, family, coverage, rulesWords } = subject;
  const [frontend] = ruled.frontends;
  if (wanted !== null || frontend === undefined || !coverage.covers('services', port.namespace)) return [];
  if (isOthersPort(port)) return [];
  return [
    portFinding(port, {
      code: 'rules-without-service',
      family,
      at: frontend.at,
      reason: 'in the rules, and the cluster has no such Service port',
      message: `${capitalized(rulesWords)} take traffic for ${port.name}, and the cluster has no such Service port now: kube-proxy has not removed them yet, or does not get its rules loaded.`,
    }),
  ];
}
