/**
 * Rules of others that may decide on a packet before it comes to one of kube-proxy's that refuses it: a network plugin's
 * ACCEPT that stands before the jump to KUBE-SERVICES lets pods hang where the node itself is refused.
 */
import type { Rule } from '../../../rules/iptables/nodes.ts';
import { readConntrackStates } from '../../../rules/iptables/values/conntrack.ts';
import { contains, parseAddress } from '../../../values/address.ts';
import { readNetwork } from '../../../values/networks.ts';
import { readPortList, readPortRange } from '../../../values/ports.ts';
import type { Overtaking, OvertakingVerdict } from '../../services/frontend.ts';
import {
  destinationPortOption,
  generalOption,
  matchNamed,
  matchOption,
  protocolOf,
  valueOf,
} from '../../words/ruleView.ts';
import type { FamilyRules } from './familyRules.ts';
import type { Refusal } from './portDraft.ts';
import { placeOf } from './source.ts';

/** What kube-proxy's own rule does. */
const OWN: Readonly<Record<Refusal['fate'], OvertakingVerdict>> = { rejected: 'rejects', dropped: 'drops' };

/** The first rule of others that may take what `refusal` is to refuse, and does something else with it. */
export function overtakingOf(rules: FamilyRules, refusal: Refusal): Overtaking | null {
  const bases = refusal.address === null ? ['INPUT', 'OUTPUT'] : ['FORWARD', 'OUTPUT'];
  for (const base of bases) {
    const found = rules
      .verdictsBefore(base, refusal.at.chain)
      .find(
        (early) => early.verdict !== OWN[refusal.fate] && early.rules.every((rule) => mayTake(rule, refusal)),
      );
    const last = found?.rules.at(-1);
    if (found !== undefined && last !== undefined)
      return { at: placeOf(rules.source, 'filter', found.chain, last), verdict: found.verdict };
  }
  return null;
}

/** Whether nothing in the rule speaks against the first packet of a connection to what is refused, which comes by a link. */
function mayTake(rule: Rule, refusal: Refusal): boolean {
  const protocol = protocolOf(rule);
  if (protocol !== null && protocol !== 'all' && protocol !== refusal.protocol) return false;
  return mayBeTo(rule, refusal.address) && mayBeAt(rule, refusal.port) && mayBeFirst(rule) && mayComeIn(rule);
}

function mayBeTo(rule: Rule, address: string | null): boolean {
  const option = generalOption(rule, '-d');
  const parsed = address === null ? null : parseAddress(address);
  if (option === null || parsed === null) return true;
  const network = readNetwork(valueOf(option) ?? '', parsed.family);
  if (network.kind === 'fault') return true;
  return contains(network.value, parsed) === (option.negation === null);
}

function mayBeAt(rule: Rule, port: number): boolean {
  const option = destinationPortOption(rule);
  if (option === null) return true;
  const text = valueOf(option) ?? '';
  const list = readPortList(text);
  const range = list.kind === 'fault' ? readPortRange(text) : null;
  const ranges = list.kind === 'value' ? list.value : range?.kind === 'value' ? [range.value] : null;
  if (ranges === null) return true;
  return ranges.some(({ from, to }) => from <= port && port <= to) === (option.negation === null);
}

/** What no rule of nat has translated, and conntrack has not seen before. */
function mayBeFirst(rule: Rule): boolean {
  const tracked = matchNamed(rule, 'conntrack');
  const status = matchOption(tracked, '--ctstatus');
  if (status !== null && status.negation === null) return false;
  return [matchOption(tracked, '--ctstate'), matchOption(matchNamed(rule, 'state'), '--state')].every(
    (option) => {
      const states = option === null ? null : readConntrackStates(valueOf(option) ?? '');
      return states?.kind !== 'value' || states.value.includes('NEW') === (option?.negation === null);
    },
  );
}

/** What comes by `lo` has been refused in OUTPUT. */
function mayComeIn(rule: Rule): boolean {
  const option = generalOption(rule, '-i');
  return option === null || option.negation !== null || valueOf(option) !== 'lo';
}
