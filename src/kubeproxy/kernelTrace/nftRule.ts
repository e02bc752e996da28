/** Which rule of a chain of iptables-nft an nft rule is, by what both write: the target, addresses and ports. */
import { lookup } from '../../text/lookup.ts';
import { canonicalName } from '../../rules/iptables/names.ts';
import type { Chain, Option, Rule } from '../../rules/iptables/nodes.ts';

/** The indexes of the rules that may be it, from 0; several where what both write does not tell them apart. */
export function rulesLikeNft(text: string, { rules }: Chain): readonly number[] {
  const plain = text.replace(/ ?counter packets \d+ bytes \d+/, '').replace(/ \(verdict .*\)$/, '');
  return rules.flatMap((rule, index) => (isLike(rule, plain) ? [index] : []));
}

/** iptables-nft keeps some extensions of its own (`xt match`), which nft does not write out: these say nothing. */
function isLike(rule: Rule, text: string): boolean {
  return (
    hasTarget(rule, text) && writtenIn(rule).every((word) => text.includes(word)) && hasNoMore(rule, text)
  );
}

function hasTarget({ target }: Rule, text: string): boolean {
  if (target === null)
    return !/\b(jump|goto|accept|drop|return|reject|[ds]nat to|masquerade|redirect)\b/.test(text);
  const name = canonicalName(target);
  if (target.kind === 'goto') return text.includes(`goto ${name}`);
  const verb = VERBS[name];
  if (verb !== undefined) return new RegExp(`\\b${verb}`).test(text);
  return target.definition === null ? new RegExp(`\\bjump ${escaped(name)}(\\s|$)`).test(text) : true;
}

const VERBS: Readonly<Record<string, string>> = lookup({
  ACCEPT: 'accept',
  DROP: 'drop',
  RETURN: 'return',
  REJECT: 'reject',
  DNAT: 'dnat to',
  SNAT: 'snat to',
  MASQUERADE: 'masquerade',
  REDIRECT: 'redirect',
  TRACE: 'meta nftrace set 1',
});

function escaped(text: string): string {
  return text.replaceAll(/[^\w-]/g, String.raw`\$&`);
}

/** What of a rule must stand in its nft text: `ip saddr 10.0.0.0/8`, `dport 80`. */
function writtenIn(rule: Rule): readonly string[] {
  const options = [
    ...rule.general,
    ...rule.matches.flatMap((match) => match.options),
    ...(rule.target?.options ?? []),
  ];
  return options.flatMap((option) => writtenOption(option));
}

function writtenOption(option: Option): readonly string[] {
  const value = option.values[0]?.text ?? '';
  const not = option.negation === null ? '' : '!= ';
  switch (canonicalName(option)) {
    case '-s':
      return [`saddr ${not}${plainNetwork(value)}`];
    case '-d':
      return [`daddr ${not}${plainNetwork(value)}`];
    case '--sport':
      return [`sport ${not}${value.replace(':', '-')}`];
    case '--dport':
      return [`dport ${not}${value.replace(':', '-')}`];
    case '-i':
      return value.endsWith('+') ? [] : [`iifname ${not}"${value}"`];
    case '-o':
      return value.endsWith('+') ? [] : [`oifname ${not}"${value}"`];
    case '--to-destination':
    case '--to-source':
      return [value];
    default:
      return [];
  }
}

/** nft leaves out the length of a single address. */
function plainNetwork(value: string): string {
  return value.replace(/\/(32|128)$/, '');
}

/** Whether the text has no address or port of which the rule knows nothing. */
function hasNoMore(rule: Rule, text: string): boolean {
  const names = new Set(
    [...rule.general, ...rule.matches.flatMap((match) => match.options)].map(canonicalName),
  );
  const wanted: readonly (readonly [RegExp, readonly string[]])[] = [
    [/\bsaddr /, ['-s', '--src-range']],
    [/\bdaddr /, ['-d', '--dst-range']],
    [/\bsport /, ['--sport', '--sports', '--ports']],
    [/\bdport /, ['--dport', '--dports', '--ports']],
    [/\biifname /, ['-i']],
    [/\boifname /, ['-o']],
  ];
  return wanted.every(([pattern, options]) => !pattern.test(text) || options.some((name) => names.has(name)));
}
