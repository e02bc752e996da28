/** Asks a rule's nodes for what they say, whatever spelling of an option was used. */
import { canonicalName, optionNamed } from '../../rules/iptables/names.ts';
import type { Match, Option, Rule } from '../../rules/iptables/nodes.ts';
import { onePort } from '../../values/ports.ts';

/** The general option with this canonical name: `-s`, `-d`, `-p`, `-i`, `-o`. */
export function generalOption(rule: Rule, name: string): Option | null {
  return optionNamed(rule.general, name);
}

/** The first match extension of this name. */
export function matchNamed(rule: Rule, name: string): Match | null {
  return rule.matches.find((match) => canonicalName(match) === name) ?? null;
}

/** An option of a match by its canonical name: `--dport`. */
export function matchOption(match: Match | null, name: string): Option | null {
  return match === null ? null : optionNamed(match.options, name);
}

/** An option of the rule's target by its canonical name: `--to-destination`. */
export function targetOption(rule: Rule, name: string): Option | null {
  return rule.target === null ? null : optionNamed(rule.target.options, name);
}

/** The first value of an option; null where there is no option, or it has no value. */
export function valueOf(option: Option | null): string | null {
  return option?.values[0]?.text ?? null;
}

/** `cali:B000000000000007`, `egw:…`: how Calico and EgressGateway know their rules again (felix/iptables); it tells a person nothing. */
const RULE_HASH = /^(?:cali|egw):[\w-]{16}$/u;

/** What the rule's author wrote: the first of its comments that is more than a hash of the rule; empty without one. */
export function commentOf(rule: Rule): string {
  return allCommentsOf(rule).find((text) => !RULE_HASH.test(text)) ?? '';
}

/** Every comment of a rule, hashes too. */
export function allCommentsOf(rule: Rule): readonly string[] {
  return rule.matches
    .filter((match) => canonicalName(match) === 'comment')
    .map((match) => valueOf(matchOption(match, '--comment')) ?? '')
    .filter((text) => text !== '');
}

/** `-p tcp` → `tcp`, in lower case; null where no one protocol is named. */
export function protocolOf(rule: Rule): string | null {
  const option = generalOption(rule, '-p');
  const name = option === null || option.negation !== null ? null : valueOf(option);
  return name?.toLowerCase() ?? null;
}

/** The matches that know destination ports. */
export const PORT_MATCHES: ReadonlySet<string> = new Set([
  'tcp',
  'udp',
  'sctp',
  'dccp',
  'udplite',
  'multiport',
]);

/** `--dport` or `--dports`, in the first match that has it. */
export function destinationPortOption(rule: Rule): Option | null {
  for (const match of rule.matches) {
    if (!PORT_MATCHES.has(canonicalName(match))) continue;
    const option = matchOption(match, '--dport') ?? matchOption(match, '--dports');
    if (option !== null) return option;
  }
  return null;
}

/** The one port of `--dport`, in any match that has it; null for a range, a list or a negated one. */
export function destinationPortOf(rule: Rule): number | null {
  const option = destinationPortOption(rule);
  return option === null || option.negation !== null ? null : onePort(valueOf(option));
}

/** The address of `-d 10.96.0.1/32`, without its mask; null for a network, a list, a negated one or none. */
export function destinationAddressOf(rule: Rule): string | null {
  return hostOf(generalOption(rule, '-d'));
}

/** The one address that `-s` or `-d` names; null for anything wider. */
export function hostOf(option: Option | null): string | null {
  if (option === null || option.negation !== null) return null;
  return hostInText(valueOf(option) ?? '');
}

/** `10.96.0.1/32`, `fd00::1` → the address; null for a network or a list. */
export function hostInText(text: string): string | null {
  if (text === '' || text.includes(',')) return null;
  const slash = text.indexOf('/');
  if (slash < 0) return text;
  const mask = text.slice(slash + 1);
  const whole = text.includes(':') ? '128' : '32';
  return mask === whole || mask === '255.255.255.255' ? text.slice(0, slash) : null;
}

/** The chain or target that the rule ends in; null for a rule that only counts. */
export function targetNameOf(rule: Rule): string | null {
  return rule.target === null ? null : canonicalName(rule.target);
}

/** Whether the rule takes every packet that gets to it: a comment is no condition. */
export function isUnconditional(rule: Rule): boolean {
  return (
    rule.general.every((option) => isNoCondition(option)) &&
    rule.unknown.length === 0 &&
    rule.matches.every((match) => canonicalName(match) === 'comment')
  );
}

/** `-c`, `-M` and `-p all` let everything through. */
export function isNoCondition(option: Option): boolean {
  const name = canonicalName(option);
  if (name === '-c' || name === '-M') return true;
  return name === '-p' && option.negation === null && (valueOf(option) === 'all' || valueOf(option) === '0');
}
