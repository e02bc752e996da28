/** The frontends of one family of a Service port, from its dispatch and refusal rules. */
import type { RuledFrontend, RuledPolicies } from '../../services/evidence.ts';
import type { FrontendFate, Masquerade } from '../../services/frontend.ts';
import { normalAddress } from '../../../values/address.ts';
import type { Rule } from '../../../rules/iptables/nodes.ts';
import { readFamilyChain } from './roles.ts';
import {
  generalOption,
  isUnconditional,
  matchNamed,
  matchOption,
  targetNameOf,
  valueOf,
} from '../../words/ruleView.ts';
import type { FamilyRules } from './familyRules.ts';
import { MAX_JUMPS, placeKey, type Dispatch, type Refusal, type Side } from './portDraft.ts';
import { masqueradeOf } from './masquerade.ts';
import { overtakingOf } from './overtaking.ts';

/**
 * In rule order. Several rules for one address and port (with and without `-d 127.0.0.0/8`, or of older releases) make one
 * frontend.
 */
export function frontendsOf(rules: FamilyRules, side: Side): readonly RuledFrontend[] {
  const refused = new Map(side.refusals.map((each) => [placeOf(each), each]));
  const found = new Map<string, RuledFrontend>();
  for (const dispatch of side.dispatches) {
    const key = placeOf(dispatch);
    if (!found.has(key)) found.set(key, fromDispatch(rules, dispatch, refused.get(key)));
  }
  for (const [key, refusal] of refused) {
    if (!found.has(key)) found.set(key, fromRefusal(rules, refusal));
  }
  return [...found.values()];
}

function placeOf(each: Dispatch | Refusal): string {
  return placeKey(each.address === null ? null : normalAddress(each.address), each.port, each.protocol);
}

function fromDispatch(rules: FamilyRules, dispatch: Dispatch, refusal: Refusal | undefined): RuledFrontend {
  const fate = refusal?.fate ?? fateOf(rules, dispatch.chain);
  return {
    kind: dispatch.kind,
    family: rules.family,
    address: dispatch.address,
    port: dispatch.port,
    protocol: dispatch.protocol,
    fate,
    overtaking: refusal === undefined ? null : overtakingOf(rules, refusal),
    spared: fate === 'dropped' ? sparedBy(rules, dispatch.chain) : [],
    masquerade: masqueradeOf(rules, dispatch),
    ...rangesOf(rules, dispatch.chain),
    scope: dispatch.kind === 'nodePort' ? rules.nodePortScope : '',
    at: dispatch.at,
  };
}

const NEVER: Masquerade = { kind: 'never' };

function fromRefusal(rules: FamilyRules, refusal: Refusal): RuledFrontend {
  return {
    kind: refusal.kind,
    family: rules.family,
    address: refusal.address,
    port: refusal.port,
    protocol: refusal.protocol,
    fate: refusal.fate,
    overtaking: overtakingOf(rules, refusal),
    spared: [],
    masquerade: NEVER,
    sourceRanges: null,
    lateRanges: [],
    scope: refusal.kind === 'nodePort' ? rules.nodePortScope : '',
    at: refusal.at,
  };
}

/** What becomes of the traffic that no condition takes aside, by the chains alone. Each chain is looked at once. */
function fateOf(rules: FamilyRules, chain: string, seen = new Set<string>(), depth = 0): FrontendFate {
  if (seen.has(chain) || depth > MAX_JUMPS) return 'none';
  seen.add(chain);
  const own = rules.nat?.chains.get(chain)?.rules ?? [];
  let fate: FrontendFate = rules.isPart && own.length === 0 ? 'unknown' : 'none';
  for (const rule of own) {
    const target = targetNameOf(rule) ?? '';
    const kind = readFamilyChain(target)?.kind;
    if (kind === 'sep') return 'balanced';
    if (target === 'KUBE-MARK-DROP' && isUnconditional(rule)) return fate === 'none' ? 'dropped' : fate;
    if (kind === undefined || !(isUnconditional(rule) || allowsSources(chain))) continue;
    const next = fateOf(rules, target, seen, depth + 1);
    if (next !== 'none') fate = next;
    if (fate === 'balanced') return fate;
  }
  return fate;
}

/** The rule by which KUBE-XLB, of releases up to 1.23, has dropped what it hands to nobody; null where it hands it on. */
export function markedToDrop(rules: FamilyRules, chain: string): Rule | null {
  if (fateOf(rules, chain) !== 'dropped') return null;
  const own = rules.nat?.chains.get(chain)?.rules ?? [];
  return own.find((rule) => targetNameOf(rule) === 'KUBE-MARK-DROP' && isUnconditional(rule)) ?? null;
}

function allowsSources(chain: string): boolean {
  return readFamilyChain(chain)?.kind === 'fw';
}

/**
 * Whom the chains of a port without local endpoints hand to KUBE-SVC: pods by `-s` (`--cluster-cidr`), the node itself by
 * `--src-type LOCAL`, which KUBE-XLB has since 1.15.
 */
function sparedBy(
  rules: FamilyRules,
  chain: string,
  seen = new Set<string>(),
  depth = 0,
): RuledFrontend['spared'] {
  if (seen.has(chain) || depth > MAX_JUMPS) return [];
  seen.add(chain);
  const found = new Set<'pods' | 'node'>();
  for (const rule of rules.nat?.chains.get(chain)?.rules ?? []) {
    const target = targetNameOf(rule) ?? '';
    const kind = readFamilyChain(target)?.kind;
    if (kind === 'svc' && generalOption(rule, '-s') !== null) found.add('pods');
    const type = matchOption(matchNamed(rule, 'addrtype'), '--src-type');
    if (kind === 'svc' && type?.negation === null && valueOf(type) === 'LOCAL') found.add('node');
    if (kind !== 'ext' && kind !== 'xlb') continue;
    for (const each of sparedBy(rules, target, seen, depth + 1)) found.add(each);
  }
  return (['pods', 'node'] as const).filter((each) => found.has(each));
}

/** The sources that KUBE-FW lets through; null where it is not in the way, or lets everybody through. */
function rangesOf(rules: FamilyRules, chain: string): Pick<RuledFrontend, 'sourceRanges' | 'lateRanges'> {
  if (!allowsSources(chain)) return { sourceRanges: null, lateRanges: [] };
  const all = rules.nat?.chains.get(chain)?.rules ?? [];
  const drop = all.findIndex((rule) => targetNameOf(rule) === 'KUBE-MARK-DROP' && isUnconditional(rule));
  const jumps = (drop === -1 ? all : all.slice(0, drop)).filter((rule) => isEntry(rule));
  const late = drop === -1 ? [] : all.slice(drop).filter((rule) => isEntry(rule));
  const ranges = [...new Set(jumps.map((rule) => sourceWords(rule)))];
  return {
    sourceRanges: jumps.some((rule) => generalOption(rule, '-s') === null) ? null : ranges,
    lateRanges: [...new Set(late.map((rule) => sourceWords(rule)))].filter(
      (range) => range !== '' && !ranges.includes(range),
    ),
  };
}

function isEntry(rule: Rule): boolean {
  const kind = readFamilyChain(targetNameOf(rule) ?? '')?.kind;
  return kind === 'svc' || kind === 'ext' || kind === 'xlb' || kind === 'svl';
}

function sourceWords(rule: Rule): string {
  const source = generalOption(rule, '-s');
  const text = valueOf(source) ?? '';
  return source?.negation == null ? text : `everything but ${text}`;
}

/**
 * The traffic policies that the rules show. External: a chain that balances over local endpoints behind KUBE-EXT or
 * KUBE-XLB, or a refusal for want of local endpoints. Internal: a cluster IP that leads to local endpoints only.
 */
export function policiesOf(rules: FamilyRules, side: Side): Pick<RuledPolicies, 'internal' | 'external'> {
  const clusterIPs = side.dispatches.filter((each) => each.kind === 'clusterIP');
  const localClusterIP =
    clusterIPs.some((each) => readFamilyChain(each.chain)?.kind === 'svl') ||
    side.refusals.some((each) => each.kind === 'clusterIP' && each.fate === 'dropped');
  const outside = side.dispatches.filter((each) => each.kind !== 'clusterIP');
  const localOutside =
    outside.some((each) => isLocalEntry(rules, each.chain)) ||
    side.refusals.some((each) => each.kind !== 'clusterIP' && each.fate === 'dropped');
  return { internal: localClusterIP ? 'Local' : 'Cluster', external: localOutside ? 'Local' : 'Cluster' };
}

function isLocalEntry(rules: FamilyRules, chain: string, seen = new Set<string>(), depth = 0): boolean {
  const kind = readFamilyChain(chain)?.kind;
  if (kind === 'xlb' || kind === 'svl') return true;
  if (kind === 'svc' || kind === undefined || seen.has(chain) || depth > MAX_JUMPS) return false;
  seen.add(chain);
  const jumps = (rules.nat?.chains.get(chain)?.rules ?? []).flatMap((rule) => targetNameOf(rule) ?? []);
  return jumps.some((target) => isLocalEntry(rules, target, seen, depth + 1));
}
