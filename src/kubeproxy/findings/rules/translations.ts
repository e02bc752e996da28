/**
 * What kube-proxy translates before the filter table is asked, of that for which rules of others there ask: a proof for rules that never
 * match. Packets of state INVALID, which table nat does not see, are left out.
 */
import { canonicalName, optionWords } from '../../../rules/iptables/names.ts';
import type { Chain, Rule, Table } from '../../../rules/iptables/nodes.ts';
import { type Asked, packetsOf, type Space, spaceOf } from '../../../rules/iptables/reach/asked.ts';
import { type Cube, meet } from '../../../rules/iptables/reach/cube.ts';
import { Interfaces } from '../../../rules/iptables/reach/interfaces.ts';
import type { Taker } from '../../../rules/iptables/reach/walk.ts';
import { regularChains } from '../../modes/iptables/regular.ts';
import {
  destinationPortOf,
  hostOf,
  generalOption,
  isUnconditional,
  targetNameOf,
  targetOption,
} from '../../words/ruleView.ts';
import { type Dispatch, dispatchesOf } from './dispatches.ts';
import type { RulesSubject } from './subject.ts';

/** Of more the proof would cost too much. */
const MOST = 12;

/** What packets of a hook of table filter have been translated from; none where that is not certain. `rules`: those that may ask for it. */
export function translationsBefore(
  subject: RulesSubject,
  rules: Iterable<Rule>,
): (hook: string) => readonly Taker[] {
  const found = isCertain(subject) ? translations(subject, rules) : [];
  const [ofNode, ofAddresses] = [true, false].map((isOfNode) =>
    found.filter(({ chain }) => (chain.name === 'KUBE-NODEPORTS') === isOfNode),
  );
  return (hook) => [...(ofAddresses ?? []), ...(hook === 'INPUT' ? (ofNode ?? []) : [])];
}

function isCertain(subject: RulesSubject): boolean {
  const untracked = [...(subject.table('raw')?.chains.values() ?? [])].some(({ rules }) =>
    rules.some(takesTracking),
  );
  return !subject.isPart && !untracked;
}

function takesTracking(rule: Rule): boolean {
  return targetNameOf(rule) === 'NOTRACK' || targetOption(rule, '--notrack') !== null;
}

function translations(subject: RulesSubject, rules: Iterable<Rule>): readonly Taker[] {
  const asked = askedFor(rules);
  const nat = subject.table('nat');
  if (nat === null || (asked.addresses.size === 0 && asked.ports.size === 0)) return [];
  const space = spaceOf('nat', subject.family, new Interfaces([]));
  const isWhole = isForWholeNode(nat);
  const candidates = dispatchesOf(subject.ruleset).filter(({ chain, address, port }) =>
    chain.name === 'KUBE-NODEPORTS'
      ? isWhole && address === null && asked.ports.has(port)
      : address !== null && asked.addresses.has(address),
  );
  return candidates.slice(0, MOST).flatMap((dispatch): readonly Taker[] => {
    const packets = packetsOf(dispatch.rule, space);
    const isTaken =
      packets.cube !== null &&
      isPlain(packets) &&
      isTranslated(subject, nat, dispatch) &&
      isFirst(nat, packets.cube, space) &&
      !isMadeOfOthers(subject.ruleset.text, dispatch);
    return isTaken && packets.cube !== null
      ? [{ chain: dispatch.chain, rule: dispatch.rule, packets: [packets.cube] }]
      : [];
  });
}

interface AskedFor {
  /** `10.96.0.10` */
  readonly addresses: ReadonlySet<string>;
  /** Of rules that name no address. */
  readonly ports: ReadonlySet<number>;
}

function askedFor(rules: Iterable<Rule>): AskedFor {
  const addresses = new Set<string>();
  const ports = new Set<number>();
  for (const rule of rules) {
    const option = generalOption(rule, '-d');
    const address = hostOf(option);
    const port = destinationPortOf(rule);
    if (address !== null) addresses.add(address);
    else if (option === null && port !== null) ports.add(port);
  }
  return { addresses, ports };
}

function isPlain({ cube, exact }: Asked): boolean {
  return exact && cube?.ranges.input === undefined && cube?.ranges.output === undefined;
}

/** Whether whatever the rule hands on ends in an endpoint's translation. */
function isTranslated(subject: RulesSubject, nat: Table, { rule }: Dispatch): boolean {
  const { regular } = regularChains(subject.ruleset, nat);
  const seen = new Set<string>();
  for (let name = targetNameOf(rule); name !== null && !seen.has(name);) {
    seen.add(name);
    const chain = nat.chains.get(name);
    if (chain === undefined) return false;
    if (regular.has(chain)) return endpointsOf(nat, chain).every((endpoint) => regular.has(endpoint));
    const last = chain.rules.at(-1);
    if (last === undefined || !isUnconditional(last)) return false;
    name = targetNameOf(last);
  }
  return false;
}

function endpointsOf(nat: Table, { rules }: Chain): readonly Chain[] {
  return rules.flatMap((rule) => {
    const chain = nat.chains.get(targetNameOf(rule) ?? '');
    return chain?.name.startsWith('KUBE-SEP-') === true ? [chain] : [];
  });
}

/** Whether nobody takes such packets before kube-proxy, neither those that arrive nor those that the node sends. */
function isFirst(nat: Table, packets: Cube, space: Space): boolean {
  return ['PREROUTING', 'OUTPUT'].every((hook) => {
    for (const rule of nat.chains.get(hook)?.rules ?? []) {
      if (targetNameOf(rule) === 'KUBE-SERVICES') return isUnconditional(rule);
      const { cube } = packetsOf(rule, space);
      if (rule.target !== null && cube !== null && meet(cube, packets) !== null) return false;
    }
    return false;
  });
}

/** kube-proxy hands what is for the node to KUBE-NODEPORTS, unless it was told of which addresses. */
function isForWholeNode(nat: Table): boolean {
  const jumps = (nat.chains.get('KUBE-SERVICES')?.rules ?? []).filter(
    (rule) => targetNameOf(rule) === 'KUBE-NODEPORTS',
  );
  return jumps.some(
    ({ general, matches }) =>
      general.length === 0 &&
      matches.every((match) => {
        const [option, ...others] = match.options;
        if (canonicalName(match) === 'comment') return true;
        return option !== undefined && others.length === 0 && optionWords(option) === '--dst-type LOCAL';
      }),
  );
}

/** Whether some rule may make other packets into such ones. */
function isMadeOfOthers(text: string, { chain, address, port }: Dispatch): boolean {
  const made = [...text.matchAll(/--to-\S* "?([^\s"]+)/gu)].map(([, to = '']) =>
    to.replaceAll(/[[\]]/gu, ''),
  );
  return chain.name === 'KUBE-NODEPORTS'
    ? made.some((to) => to === String(port) || to.endsWith(`:${port}`) || /(?:^|:)\d+-\d+$/u.test(to))
    : made.some((to) => address !== null && to.startsWith(address));
}
