/** All that is found of a node beside the text of its rules: of its Services, and of its rules as a whole. */
import type { Steps } from '../../values/steps.ts';
import type { Finding } from './finding.ts';
import { findingsOfServices, type ServiceParts } from './ofServices.ts';
import { findingsOfRules } from './rules/ofRules.ts';
import type { RulesParts } from './rules/subject.ts';

/** What is found of rules as a whole stands first. */
export function* findingsOfNode(parts: ServiceParts & RulesParts): Steps<readonly Finding[]> {
  const ofRules = yield* findingsOfRules(parts);
  const ofServices = yield* findingsOfServices(parts);
  return [...ofRules, ...ofServices];
}
