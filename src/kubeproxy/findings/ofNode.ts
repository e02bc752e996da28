/** All that is found of a node beside the text of its rules: of its Services, and of its rules as a whole. */
import type { RuleAt } from '../../kernel/ruleAt.ts';
import type { Steps } from '../../values/steps.ts';
import type { Analysis } from '../analysis.ts';
import { plural } from '../narrative/words.ts';
import { families } from '../rulesets.ts';
import { findingsOfObjects, openReason } from './cluster/ofObjects.ts';
import { podRouteMissing } from './cluster/podRouteMissing.ts';
import { proxyMissing } from './cluster/proxyMissing.ts';
import type { Finding } from './finding.ts';
import { unreadLines } from './ipvs/unreadLines.ts';
import { findingsOfVirtualServers } from './ipvs/virtualServers.ts';
import { findingsOfNativeTables } from './nft/ofNft.ts';
import { findingsOfServices, type ServiceParts } from './ofServices.ts';
import { withReasons } from './oneCause.ts';
import { withNotices } from './packet/refusedClients.ts';
import { isRefused } from './refused.ts';
import { acceptedBefore, withAccepted } from './rules/acceptedBefore.ts';
import { conntrackFull } from './rules/conntrackFull.ts';
import { portShadowed } from './rules/portShadowed.ts';
import { findingsOfRules } from './rules/ofRules.ts';
import { type RulesParts, RulesSubject } from './rules/subject.ts';
import { findingTable } from './table.ts';

/** What is found of rules as a whole stands first. */
export function* findingsOfNode(analysis: Analysis): Steps<readonly Finding[]> {
  const ofRules = yield* findingsOfEveryLanguage(analysis);
  yield;
  const ofServices = yield* findingsOfServices(analysis);
  const ofObjects = yield* findingsOfObjects(analysis);
  const noticed = unexplained(yield* asNoticed(analysis, ofServices), ofRules);
  const told = withReasons(noticed, ofObjects, (port, family) => openReason(port, family, analysis));
  return [
    ...folded([...ofRules, ...proxyMissing(analysis), ...podRouteMissing(analysis)], told),
    ...ofObjects,
  ];
}

/** Of the rules of every language that the node has, and of the files beside them. */
export function* findingsOfEveryLanguage(parts: ServiceParts & RulesParts): Steps<readonly Finding[]> {
  return [
    ...(yield* findingsOfRules(parts)),
    ...(yield* findingsOfNativeTables(parts)),
    ...findingsOfVirtualServers(parts),
    ...unreadLines(parts),
    ...conntrackFull(parts),
    ...portShadowed(parts),
  ];
}

/**
 * With what clients notice of a refusal, as traced packets show it. Where others accept what pods send before kube-proxy
 * refuses it, pods notice something else than the node.
 */
export function* asNoticed(analysis: Analysis, found: readonly Finding[]): Steps<readonly Finding[]> {
  if (!found.some(isRefused)) return found;
  const before = families.flatMap((family): readonly RuleAt[] => {
    const source = analysis.sources.followed(family);
    const by = source === null ? null : acceptedBefore(new RulesSubject(source, family, analysis));
    return by === null ? [] : [by];
  });
  const noticed = yield* withNotices(analysis, found);
  return noticed.map((finding) => before.reduce<Finding>((told, by) => withAccepted(told, by), finding));
}

/** Without what a Service port lacks for want of the rule or element that led to its chain: kube-proxy had written it. */
export function unexplained(ofServices: readonly Finding[], ofRules: readonly Finding[]): readonly Finding[] {
  const cut = new Set(
    ofRules.flatMap(({ code, service }) => (code === 'jump-missing' ? (service ?? []) : [])),
  );
  return ofServices.filter(({ code, service }) => !UNLED.has(code) || service === null || !cut.has(service));
}

const UNLED: ReadonlySet<string> = new Set(['service-without-rules', 'frontend-missing']);

/** Where kube-proxy does not get its rules loaded, or loads them elsewhere, what the objects have besides follows from that. */
const CAUSES: ReadonlySet<string> = new Set(['rules-frozen', 'mixed-backends', 'kube-proxy-missing']);

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
