import { type PortFinding, portFinding } from '../portFinding.ts';
import type { AuditSubject } from './subject.ts';
import { capitalized } from './words.ts';

/** A Service port that kube-proxy serves, and nothing in the rules takes its traffic. */
export function serviceWithoutRules({
  wanted,
  ruled,
  port,
  family,
  rulesWords,
  lacking,
}: AuditSubject): readonly PortFinding[] {
  if (wanted === null || wanted.frontends.length === 0 || ruled.frontends.length > 0) return [];
  return [
    portFinding(port, {
      code: 'service-without-rules',
      at: lacking(),
      family,
      missing: wanted.frontends,
      reason: 'no rules for it on this node',
      message: `${capitalized(rulesWords)} have nothing for ${port.name}: its traffic is neither balanced nor refused here. kube-proxy has not seen it yet, or does not get its rules loaded: its log says why.`,
    }),
  ];
}
