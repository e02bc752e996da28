import { canonicalName } from '../../rules/iptables/names.ts';
import type { Match, Option, Rule, Target, Word } from '../../rules/iptables/nodes.ts';
import { readProtocol } from '../../values/names.ts';
import { insertBefore, replaceWith } from './fixes.ts';
import type { Severity } from '../../kubeproxy/findings/kind.ts';
import { refusedOnlyBy, type TableScope } from './tableScope.ts';

/** The `-p` of a rule. */
export interface RuleProtocol {
  readonly word: Word;
  readonly negated: boolean;
}

/** The rule's last `-p`, before `end` if given; null where it has none, or one that means any (`all`, `0`). */
export function protocolOf(rule: Rule, end = rule.end): RuleProtocol | null {
  let found: Option | null = null;
  for (const option of rule.general) {
    if (option.definition?.name === '-p' && option.start < end) found = option;
  }
  const word = found?.values[0];
  if (found === null || word === undefined || isAnyProtocol(word.text)) return null;
  return { word, negated: found.negation !== null };
}

/** Whether `-p` of this word means every protocol: `all`, `0`, `0x0`, `ip`. */
export function isAnyProtocol(text: string): boolean {
  if (text === 'tcp' || text === 'udp') return false;
  const number = readProtocol(text);
  return number.kind === 'value' && number.value === 0;
}

/** IANA numbers of the protocols that matches ask for, as `-p` may also give them. */
const numberOf: ReadonlyMap<string, string> = new Map([
  ['icmp', '1'],
  ['tcp', '6'],
  ['udp', '17'],
  ['dccp', '33'],
  ['esp', '50'],
  ['ah', '51'],
  ['ipv6-icmp', '58'],
  ['icmpv6', '58'],
  ['icmp6', '58'],
  ['ipcomp', '108'],
  ['sctp', '132'],
  ['mh', '135'],
  ['ipv6-mh', '135'],
  ['mobility-header', '135'],
  ['udplite', '136'],
]);

/** Reports a match (or option) that needs another protocol than the rule has before `end`. */
export function checkProtocol(
  scope: TableScope,
  rule: Rule,
  needing: Match | Target | Option,
  wanted: readonly string[],
  end = rule.end,
): void {
  const protocol = protocolOf(rule, end);
  if (!isOneOf(protocol, wanted)) reportProtocolNeeded(scope, needing, wanted, protocol);
  else if (protocol?.negated === true) {
    const severity = takenByNft(needing) ? refusedOnlyBy(scope, 'legacy') : 'error';
    reportProtocolNeeded(scope, needing, wanted, protocol, severity);
  }
}

/**
 * Reports an option that needs one of these protocols before it, as iptables looks at what it has read by then. It does
 * not look at a `!` before ports of NAT (`portok` of extensions/libxt_NAT.c).
 */
export function checkProtocolBefore(
  scope: TableScope,
  rule: Rule,
  option: Option,
  wanted: readonly string[],
): void {
  if (!hasProtocolBefore(rule, option, wanted))
    reportProtocolNeeded(scope, option, wanted, protocolOf(rule, option.start));
}

/** Whether the rule names one of the protocols `wanted` before `option`, be it with a `!`. */
export function hasProtocolBefore(rule: Rule, option: Option, wanted: readonly string[]): boolean {
  return isOneOf(protocolOf(rule, option.start), wanted);
}

function isOneOf(protocol: RuleProtocol | null, wanted: readonly string[]): boolean {
  if (protocol === null) return false;
  const has = asNumber(protocol.word.text);
  return wanted.some((each) => asNumber(each) === has);
}

/** iptables-nft turns the ports and flags of TCP and UDP into expressions of its own, and forgets the `!` before the protocol. */
function takenByNft(needing: Match | Target | Option): boolean {
  if (!('kind' in needing) || !['tcp', 'udp'].includes(canonicalName(needing))) return false;
  return (
    needing.options.length > 0 && needing.options.every((option) => canonicalName(option) !== '--tcp-option')
  );
}

function asNumber(protocol: string): string {
  const known = numberOf.get(protocol.toLowerCase());
  if (known !== undefined) return known;
  const number = readProtocol(protocol);
  return number.kind === 'value' ? String(number.value) : protocol;
}

/** Says which protocol is needed, with the fix that adds it in front. */
export function reportProtocolNeeded(
  scope: TableScope,
  needing: Match | Target | Option,
  wanted: readonly string[],
  protocol: RuleProtocol | null,
  severity: Severity = 'error',
): void {
  const first = wanted[0] ?? 'tcp';
  const fix =
    protocol === null
      ? insertBefore(needing, `-p ${first}`, `Add "-p ${first}"`)
      : replaceWith(protocol.word, first, `Use "-p ${first}"`);
  const second = wanted[1];
  const other =
    protocol === null && second === 'udp'
      ? [{ ...insertBefore(needing, `-p ${second}`, `Add "-p ${second}"`), preferred: false }]
      : [];
  const certain = protocol === null && second === undefined;
  const legacyOnly = protocol?.negated === true && takenByNft(needing);
  const fixes = protocol?.negated === true ? [] : [{ ...fix, certain }, ...other];
  scope.reporter.report(
    'protocol-needed',
    spanOf(needing),
    { option: nameOf(needing), has: hasWord(protocol), wanted, legacyOnly },
    { fixes, severity },
  );
}

function hasWord(protocol: RuleProtocol | null): string | null {
  return protocol === null ? null : `${protocol.negated ? '! ' : ''}${protocol.word.text}`;
}

/** What a reader knows it by: the option for ports, by its canonical name, else the match. */
function nameOf(needing: Match | Target | Option): string {
  if (!('kind' in needing)) return canonicalName(needing);
  const letter = needing.kind === 'match' ? '-m' : '-j';
  const [option] = needing.options;
  return option !== undefined ? canonicalName(option) : `${letter} ${needing.name.text}`;
}

function spanOf(needing: Match | Target | Option): Word {
  if (!('kind' in needing)) return needing.name;
  return needing.options[0]?.name ?? needing.name;
}
