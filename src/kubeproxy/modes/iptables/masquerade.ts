/** Whether a packet that comes in by a frontend gets the masquerade mark before it is balanced. */
import type { Masquerade } from '../../services/frontend.ts';
import { normalAddress } from '../../../values/address.ts';
import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Rule } from '../../../rules/iptables/nodes.ts';
import { readFamilyChain } from './roles.ts';
import {
  destinationPortOf,
  generalOption,
  hostOf,
  isUnconditional,
  matchNamed,
  matchOption,
  protocolOf,
  targetNameOf,
  valueOf,
} from '../../words/ruleView.ts';
import type { FamilyRules } from './familyRules.ts';
import { MAX_JUMPS, placeKey, type Dispatch } from './portDraft.ts';

/**
 * The first mark rule that a packet of this frontend meets: beside the dispatch rule (up to 1.21), else in the chains
 * that follow.
 */
export function masqueradeOf(rules: FamilyRules, dispatch: Dispatch): Masquerade {
  const beside = rules.marks.get(placeKey(dispatch.address, dispatch.port, dispatch.protocol)) ?? [];
  const found = beside.map((rule) => conditionOf(rule)).find((condition) => condition.kind !== 'never');
  return found ?? inChain(rules, dispatch, dispatch.chain, new Set());
}

/** `seen`: a chain is looked at once, so that no loop and no fan of jumps can take long. */
function inChain(
  rules: FamilyRules,
  dispatch: Dispatch,
  chain: string,
  seen: Set<string>,
  depth = 0,
): Masquerade {
  if (seen.has(chain) || depth > MAX_JUMPS) return { kind: 'never' };
  seen.add(chain);
  for (const rule of rules.nat?.chains.get(chain)?.rules ?? []) {
    const target = targetNameOf(rule);
    if (target === null) continue;
    if (target === 'KUBE-MARK-MASQ') {
      if (isAbout(rule, dispatch)) return conditionOf(rule);
      continue;
    }
    const next = readFamilyChain(target);
    if (next === null || next.kind === 'sep' || !leadsOn(rule, chain)) continue;
    const found = inChain(rules, dispatch, target, seen, depth + 1);
    if (found.kind !== 'never') return found;
  }
  return { kind: 'never' };
}

/** Jumps for everybody, and those of KUBE-FW, which are all for allowed sources. `-s PODS -j KUBE-SVC-…` is no such jump. */
function leadsOn(rule: Rule, chain: string): boolean {
  return isUnconditional(rule) || readFamilyChain(chain)?.kind === 'fw';
}

/** KUBE-SVC marks for several frontends: each rule names the address and port that it is for. */
function isAbout(rule: Rule, dispatch: Dispatch): boolean {
  const destination = generalOption(rule, '-d');
  if (destination !== null && destination.negation === null) {
    const host = hostOf(destination);
    if (dispatch.address === null || host === null) return false;
    if (normalAddress(host) !== normalAddress(dispatch.address)) return false;
  }
  const port = destinationPortOf(rule);
  const protocol = protocolOf(rule);
  return (port === null || port === dispatch.port) && (protocol === null || protocol === dispatch.protocol);
}

/** Matches that only say for which frontend a mark rule is. */
const PLACE_MATCHES: ReadonlySet<string> = new Set(['comment', 'tcp', 'udp', 'sctp']);

/** For whom a mark rule is, its destination aside. */
function conditionOf(rule: Rule): Masquerade {
  const source = generalOption(rule, '-s');
  const input = generalOption(rule, '-i');
  const others = rule.matches.filter((match) => !PLACE_MATCHES.has(canonicalName(match)));
  const types = matchOption(matchNamed(rule, 'addrtype'), '--src-type');
  if (others.length === 0 && source === null && input === null) return { kind: 'always' };
  if (others.length === 0 && source !== null && input === null) {
    const from = `from ${valueOf(source) ?? ''}`;
    if (source.negation !== null) return { kind: 'unless', unless: from };
    return isLoopback(valueOf(source) ?? '') ? { kind: 'node' } : { kind: 'when', when: from };
  }
  if (others.length === 0 && input !== null && source === null) {
    const by = `in by ${valueOf(input) ?? ''}`;
    return input.negation === null ? { kind: 'when', when: by } : { kind: 'unless', unless: by };
  }
  const onlyType = others.length === 1 && types !== null && source === null && input === null;
  if (onlyType && types.negation === null && valueOf(types) === 'LOCAL') return { kind: 'node' };
  return { kind: 'when', when: 'under further conditions' };
}

function isLoopback(network: string): boolean {
  return network.startsWith('127.') || network === '::1/128' || network === '::1';
}
