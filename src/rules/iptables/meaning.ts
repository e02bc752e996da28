/**
 * What a rule does, as a text that two rules share where they do the same: whatever spelling, order of matches, comment or
 * counters each has. Two texts may differ and mean the same all the same; equal ones never mean different things.
 */
import { formatAddress } from '../../values/address.ts';
import { readMark, readProbability } from '../../values/marks.ts';
import { readProtocol } from '../../values/names.ts';
import { readNetworks } from '../../values/networks.ts';
import { readPortList, readPortRange } from '../../values/ports.ts';
import type { Reading } from '../../values/reading.ts';
import type { ValueKind } from './catalogue/definitions.ts';
import { canonicalName } from './names.ts';
import type { Match, Option, Rule, Target } from './nodes.ts';
import { readConntrackStates } from './values/conntrack.ts';
import { readMarkChange } from './values/markChange.ts';
import { readRate } from './values/rates.ts';

/** `call`: what a chain, and a list that is named after one, is called in the text: one name for chains whose names are hashes. */
export function ruleMeaning(rule: Rule, call: Call = asWritten): string {
  const target = rule.target === null ? [] : [targetMeaning(rule.target, call)];
  return [...conditionMeanings(rule, call), ...target].join(' ');
}

/** What a rule asks of a packet: an option beside the matches is one condition, a match with all of its options another. */
export function conditionMeanings(rule: Rule, call: Call = asWritten): readonly string[] {
  const general = [
    ...rule.general.flatMap((option) => generalMeaning(option)),
    ...rule.unknown.map((option) => meaningOfOption(option, call)),
  ];
  const meaningOf = (match: Match): readonly string[] => matchMeaning(match, call);
  const stateless = rule.matches.filter((match) => !countsPackets(match)).flatMap(meaningOf);
  // These see only the packets that got by those before them, so that their order counts.
  const counting = rule.matches.filter(countsPackets).flatMap(meaningOf);
  return [...general.sort(), ...stateless.sort(), ...counting];
}

type Call = (chain: string) => string;

function asWritten(chain: string): string {
  return chain;
}

const counting: ReadonlySet<string> = new Set([
  'connlimit',
  'hashlimit',
  'limit',
  'quota',
  'recent',
  'statistic',
]);

function countsPackets(match: Match): boolean {
  return counting.has(canonicalName(match));
}

/** Whether a rule matches or not by what it was asked before, or by chance. */
export function isStateful({ matches }: Rule): boolean {
  return matches.some(countsPackets);
}

/** `-c`, `-M`, `-p all` and `-s 0.0.0.0/0` say nothing of the packet. */
function generalMeaning(option: Option): readonly string[] {
  const name = canonicalName(option);
  if (name === '-c' || name === '-M') return [];
  const meaning = meaningOfOption(option);
  return nothing.has(meaning) ? [] : [meaning];
}

const nothing: ReadonlySet<string> = new Set(['-p 0', '-s 0.0.0.0/0', '-d 0.0.0.0/0', '-s ::/0', '-d ::/0']);

/** Nothing for a comment, for what only counts, and for `-m tcp` without options, which stands beside `-p tcp`. */
function matchMeaning(match: Match, call: Call): readonly string[] {
  const name = canonicalName(match);
  if (name === 'comment' || name === 'nfacct') return [];
  const options = match.options.map((option) => meaningOfOption(option, call)).sort();
  if (options.length === 0 && transports.has(name)) return [];
  if (name === 'state') return [`conntrack ${options.join(' ').replace('--state', '--ctstate')}`];
  return [`${name} ${options.join(' ')}`];
}

const transports: ReadonlySet<string> = new Set(['tcp', 'udp', 'udplite', 'sctp', 'dccp', 'icmp', 'icmp6']);

function targetMeaning(target: Target, call: Call): string {
  const letter = target.kind === 'jump' ? '-j' : '-g';
  const name = canonicalName(target);
  const change = name === 'MARK' || name === 'CONNMARK' ? readMarkChange(target) : null;
  if (change !== null) return `${letter} ${name} ^${change.value} &${change.mask}`;
  const options = target.options.map((option) => meaningOfOption(option, call)).sort();
  return [letter, target.definition === null ? call(name) : name, ...options].join(' ');
}

/** Options of a match as one question: equal texts ask the same. */
export function questionMeaning(match: string, options: readonly Option[]): string {
  return [match, ...options.map((option) => meaningOfOption(option)).sort()].join(' ');
}

function meaningOfOption(option: Option, call: Call = asWritten): string {
  const { definition, negation, values } = option;
  const kind = definition?.kind ?? null;
  const words = values.map(({ text }) => (kind === 'procName' ? call(text) : meaningOfValue(kind, text)));
  const name = canonicalName(option);
  return [...(negation === null ? [] : ['!']), name, ...words].join(' ');
}

/** Of a value that cannot be read, or of which no other spelling is known, its own words. */
function meaningOfValue(kind: ValueKind | null, text: string): string {
  const reader = kind === null ? undefined : readers[kind];
  return reader?.(text) ?? text;
}

const readers: Partial<Record<ValueKind, (text: string) => string | null>> = {
  addressList: networksMeaning,
  network: networksMeaning,
  protocol: (text) => told(readProtocol(text), String),
  port: portMeaning,
  portRange: portMeaning,
  orderedPortRange: portMeaning,
  portList: (text) => told(readPortList(text), (list) => list.map(({ from, to }) => `${from}:${to}`).join()),
  mark: (text) => told(readMark(text), ({ value, mask }) => `${value}/${mask}`),
  probability: (text) => told(readProbability(text), ({ threshold }) => String(threshold)),
  conntrackStates: statesMeaning,
  trackedStates: statesMeaning,
  rate: (text) => told(readRate(text), ({ packets, seconds }) => `${packets}/${seconds}`),
};

function told<T>(reading: Reading<T>, tell: (value: T) => string): string | null {
  return reading.kind === 'value' ? tell(reading.value) : null;
}

function portMeaning(text: string): string | null {
  return told(readPortRange(text), ({ from, to }) => `${from}:${to}`);
}

function statesMeaning(text: string): string | null {
  return told(readConntrackStates(text), (states) => [...new Set(states)].sort().join());
}

function networksMeaning(text: string): string | null {
  return told(readNetworks(text, null), (networks) =>
    networks
      .map(({ family, value, mask }) => `${formatAddress({ family, value })}/${maskWords(family, mask)}`)
      .sort()
      .join(),
  );
}

/** `8`; of a mask with holes its bits. */
function maskWords(family: 4 | 6, mask: bigint): string {
  const bits = mask.toString(2).padStart(family === 4 ? 32 : 128, '0');
  const ones = bits.indexOf('0');
  const length = ones === -1 ? bits.length : ones;
  return bits.slice(length).includes('1') ? bits : String(length);
}
