/** Rules of INPUT that are to block a port which never gets there: it is translated to a container or an endpoint before. */
import { lookup } from '../../../text/lookup.ts';
import type { Chain, Rule, Table } from '../../../rules/iptables/nodes.ts';
import { readPortList, readPortRange } from '../../../values/ports.ts';
import type { NumberRange } from '../../../values/numbers.ts';
import { firstFew } from '../../narrative/words.ts';
import { guessOwner } from '../../owners.ts';
import { NODE_PORTS } from '../../services/nodePorts.ts';
import { targetInLine } from '../../targetInLine.ts';
import {
  destinationPortOption,
  generalOption,
  isUnconditional,
  matchNamed,
  protocolOf,
  targetNameOf,
  valueOf,
} from '../../words/ruleView.ts';
import type { Finding } from '../finding.ts';
import { countedWords } from './counted.ts';
import { dispatchesOf, nameOf } from './dispatches.ts';
import { ruleFinding } from './ruleFinding.ts';
import type { RulesSubject } from './subject.ts';

/** A port of the node that PREROUTING translates. */
interface Published {
  readonly protocol: string;
  readonly port: number;
  readonly chain: Chain;
  readonly rule: Rule;
  /** `shop/web:http`; null where it is no Service. */
  readonly service: string | null;
}

/** The words "never gets there" hold for what comes from outside; what a container sends to its own host may. */
export function publishedPortBypass(subject: RulesSubject): readonly Finding[] {
  const filter = subject.table('filter');
  if (filter === null || subject.table('nat') === null) return [];
  const blocking = blocksOf(subject, filter);
  if (blocking.length === 0) return [];
  const published = publishedPorts(subject);
  return blocking.flatMap(({ chain, rule }) => found(subject, chain, rule, published));
}

interface Placed {
  readonly chain: Chain;
  readonly rule: Rule;
}

/** Rules that drop or reject some ports in INPUT, or in a chain that hangs on INPUT alone. */
function blocksOf(subject: RulesSubject, filter: Table): readonly Placed[] {
  const { text } = subject.ruleset;
  return [...filter.chains.values()]
    .filter(({ name }) => !name.startsWith('KUBE-'))
    .flatMap((chain) => {
      const blocks = chain.rules.filter(
        (rule) =>
          mayDrop(text.slice(rule.start, rule.end)) &&
          DROPS.has(targetNameOf(rule) ?? '') &&
          destinationPortOption(rule) !== null,
      );
      const hooks = blocks.length === 0 ? [] : subject.hooksOf('filter', chain.name);
      return hooks.length === 1 && hooks[0] === 'INPUT' ? blocks.map((rule) => ({ chain, rule })) : [];
    });
}

const DROPS: ReadonlySet<string> = new Set(['DROP', 'REJECT']);

/** False where the text tells that it does something else. */
function mayDrop(line: string): boolean {
  const target = targetInLine(line);
  return target === null || DROPS.has(target);
}

function found(
  subject: RulesSubject,
  chain: Chain,
  rule: Rule,
  published: readonly Published[],
): readonly Finding[] {
  const protocol = protocolOf(rule);
  if (protocol === null) return [];
  const own = published.filter((each) => each.protocol === protocol);
  const ports = portsOf(rule);
  if (ports.length === 0) return ofRange(subject, chain, rule, own);
  const taken = ports.map((port) => own.find((each) => each.port === port));
  const [first] = taken;
  // A rule for more than what is translated is of use for the rest.
  if (first === undefined || taken.includes(undefined)) return [];
  // A node port is translated whatever it comes in by; Docker leaves out its own bridge.
  if (generalOption(rule, '-i') !== null && taken.some((each) => each?.service == null)) return [];
  const owner = first.service ?? guessOwner('nat', first.chain.name)?.name ?? 'a rule';
  const who =
    first.service === null
      ? `${owner} (rule ${first.rule.index + 1} of ${first.chain.name})`
      : `kube-proxy for ${first.service} (rule ${first.rule.index + 1} of ${first.chain.name})`;
  const blocked = DROPPED[targetNameOf(rule) ?? ''] ?? 'dropped';
  return [
    ruleFinding({
      code: 'published-port-bypass',
      at: subject.at(chain, rule),
      service: first.service,
      message: `Port ${ports.join(', ')}/${protocol.toUpperCase()} is not ${blocked} by rule ${rule.index + 1} of ${chain.name}: ${who} translates it in PREROUTING, so that its packets are forwarded and never come to INPUT${countedWords(rule)}. The port is open to everybody who reaches the node. Block it where it passes: ${cureOf(first)}.`,
      related: [{ at: subject.at(first.chain, first.rule), message: 'It is translated here.' }],
    }),
  ];
}

/** A rule for a range of node ports, of which some are had: whoever wrote it means these. */
function ofRange(
  subject: RulesSubject,
  chain: Chain,
  rule: Rule,
  published: readonly Published[],
): readonly Finding[] {
  const ranges = rangesOf(rule);
  if (ranges.length === 0 || ranges.some(({ from, to }) => from < NODE_PORTS.from || to > NODE_PORTS.to))
    return [];
  const isMeant = ({ port }: Published): boolean => ranges.some(({ from, to }) => port >= from && port <= to);
  const taken = published.filter((each) => each.service !== null && isMeant(each));
  const [first] = taken;
  if (first === undefined) return [];
  const blocked = DROPPED[targetNameOf(rule) ?? ''] ?? 'dropped';
  const whose = [...new Set(taken.map(({ port, service }) => `${port} (${service})`))];
  return [
    ruleFinding({
      code: 'published-port-bypass',
      at: subject.at(chain, rule),
      message: `Node ports are not ${blocked} by rule ${rule.index + 1} of ${chain.name}: kube-proxy translates ${firstFew(whose)} in PREROUTING, so that their packets are forwarded and never come to INPUT${countedWords(rule)}. They are open to everybody who reaches the node. Block them where they pass: ${cureOf(first)}.`,
      related: taken.slice(0, MOST_RELATED).map((each) => ({
        at: subject.at(each.chain, each.rule),
        message: 'It is translated here.',
      })),
    }),
  ];
}

const MOST_RELATED = 8;

const DROPPED: Readonly<Record<string, string>> = lookup({ DROP: 'dropped', REJECT: 'rejected' });

function cureOf({ service, chain }: Published): string {
  if (service !== null)
    return 'with loadBalancerSourceRanges or a NetworkPolicy, or by its original port in raw PREROUTING';
  if (guessOwner('nat', chain.name)?.name === 'Docker')
    return 'in the chain DOCKER-USER ("-m conntrack --ctorigdstport PORT"), or publish it at 127.0.0.1 only';
  return 'in FORWARD by "-m conntrack --ctorigdstport PORT", or in raw PREROUTING';
}

/** Ports that `--dport` or `--dports` names; none for a negated one or none. */
function rangesOf(rule: Rule): readonly NumberRange[] {
  const option = destinationPortOption(rule);
  if (option === null || option.negation !== null) return [];
  const text = valueOf(option) ?? '';
  const read = text.includes(',') ? readPortList(text) : readPortRange(text);
  if (read.kind === 'fault') return [];
  return 'from' in read.value ? [read.value] : read.value;
}

/** The same one by one; none where they are very many. */
function portsOf(rule: Rule): readonly number[] {
  const ranges = rangesOf(rule);
  const count = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (count > MOST_PORTS) return [];
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

const MOST_PORTS = 16;

/** Of kube-proxy's node ports, and of every chain that PREROUTING leads to: what is translated whatever address of the node it is for. */
function publishedPorts(subject: RulesSubject): readonly Published[] {
  const nodePorts = dispatchesOf(subject.ruleset).flatMap((each): readonly Published[] => {
    const { chain, rule, port, protocol, address } = each;
    const isEverywhere =
      chain.name === 'KUBE-NODEPORTS' && address === null && generalOption(rule, '-d') === null;
    return isEverywhere && subject.isReached(chain)
      ? [{ chain, rule, port, protocol, service: nameOf(each) ?? each.target }]
      : [];
  });
  return [...nodePorts, ...translatedIn(subject)];
}

/** Chains of Docker, of the port mapper of CNI, and by hand. */
function translatedIn(subject: RulesSubject): readonly Published[] {
  const nat = subject.table('nat');
  if (nat === null) return [];
  return [...nat.chains.values()]
    .filter(({ name }) => !name.startsWith('KUBE-') && subject.hooksOf('nat', name).includes('PREROUTING'))
    .flatMap((chain) =>
      chain.rules.flatMap((rule): readonly Published[] => {
        const protocol = protocolOf(rule);
        if (targetNameOf(rule) !== 'DNAT' || protocol === null || !isForOutside(rule)) return [];
        return portsOf(rule).map((port) => ({ chain, rule, port, protocol, service: null }));
      }),
    );
}

/** Docker leaves out what comes from its own bridge. Other conditions leave some packets to INPUT. */
function isForOutside(rule: Rule): boolean {
  const input = generalOption(rule, '-i');
  const source = generalOption(rule, '-s');
  if ((input !== null && input.negation === null) || (source !== null && source.negation === null))
    return false;
  if (generalOption(rule, '-d') !== null) return false;
  return (
    isUnconditional(rule) ||
    rule.matches.every(({ name }) => PLAIN.has(name.text)) ||
    matchNamed(rule, 'addrtype') !== null
  );
}

const PLAIN: ReadonlySet<string> = new Set(['comment', 'tcp', 'udp', 'sctp', 'multiport']);
