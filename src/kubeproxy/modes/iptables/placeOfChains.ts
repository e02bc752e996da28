import type { Family } from '../../../kernel/flow.ts';
import { chainNamed } from '../../rulesets.ts';
import type { ServicePort } from '../../services/catalog.ts';
import type { Sources, SourceSpan } from '../../sources.ts';
import { chainsOf } from './iptablesServices.ts';

/**
 * Where a rule that a Service port lacks would be: the declaration of a chain of its own, else of `KUBE-SERVICES`; null
 * where there is none of them.
 */
export function placeOfChains(port: ServicePort, family: Family, sources: Sources): SourceSpan | null {
  const source = sources.followed(family);
  if (source === null) return null;
  const { svc, svl, ext, fw, xlb } = chainsOf(port, family);
  for (const name of [svc, svl, xlb, ext, fw, 'KUBE-SERVICES']) {
    const declaration = name === null ? null : chainNamed(source.ruleset, 'nat', name)?.declaration;
    if (declaration) return { source: source.id, span: { start: declaration.start, end: declaration.end } };
  }
  return null;
}
