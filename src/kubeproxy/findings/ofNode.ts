/** All that is found of a node beside the text of its rules: of its Services, and of its rules as a whole. */
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { Steps } from '../../values/steps.ts';
import { plural } from '../narrative/words.ts';
import { families } from '../rulesets.ts';
import type { Finding } from './finding.ts';
import { findingsOfServices, type ServiceParts } from './ofServices.ts';
import { acceptedBefore, withAccepted } from './rules/acceptedBefore.ts';
import { findingsOfRules } from './rules/ofRules.ts';
import { type RulesParts, RulesSubject } from './rules/subject.ts';
import { findingTable } from './table.ts';

/** What is found of rules as a whole stands first. */
export function* findingsOfNode(parts: ServiceParts & RulesParts): Steps<readonly Finding[]> {
  const ofRules = yield* findingsOfRules(parts);
  const ofServices = yield* findingsOfServices(parts);
  return folded(ofRules, asNoticed(parts, ofServices));
}

/** Where others accept what pods send before kube-proxy refuses it, pods notice something else than the node. */
function asNoticed(parts: RulesParts, found: readonly Finding[]): readonly Finding[] {
  if (!found.some(({ code }) => code === 'no-endpoints')) return found;
  const before = families.flatMap((family): readonly RuleAt[] => {
    const source = parts.sources.followed(family);
    const by = source === null ? null : acceptedBefore(new RulesSubject(source, family, parts));
    return by === null ? [] : [by];
  });
  return found.map((finding) => before.reduce<Finding>((told, by) => withAccepted(told, by), finding));
}

/** Where kube-proxy does not get its rules loaded, or loads them elsewhere, what the objects have besides follows from that. */
const CAUSES: ReadonlySet<string> = new Set(['rules-frozen', 'mixed-backends']);

/** One cause is one finding, with a count of what it explains. */
function folded(ofRules: readonly Finding[], ofServices: readonly Finding[]): readonly Finding[] {
  const cause = ofRules.find(({ code, severity }) => CAUSES.has(code) && severity === 'warning');
  const explained = ofServices.filter(({ code }) => findingTable[code].layer === 'cluster');
  if (cause === undefined || explained.length === 0) return [...ofRules, ...ofServices];
  const services = new Set(explained.map(({ service }) => service)).size;
  const told = {
    ...cause,
    message: `${cause.message} ${plural(explained.length, 'difference')} between the rules and the cluster’s objects, at ${plural(services, 'Service port')}, ${explained.length === 1 ? 'follows' : 'follow'} from it.`,
  };
  return [
    ...ofRules.map((finding) => (finding === cause ? told : finding)),
    ...ofServices.filter((finding) => !explained.includes(finding)),
  ];
}
