/** Where statements may stand: families, hooks and types of chains (what nft and the kernel refuse). */
import { lookup } from '../../../text/lookup.ts';
import type { Meant } from './meant.ts';
import { constantsOfTypes } from '../catalogue/constants.ts';
import type { Statement } from '../statements.ts';
import { networkOf, type Protocols } from './protocols.ts';
import type { RuleCheck } from './ruleCheck.ts';
import type { Hooked } from './world.ts';

/** Whether nft takes nothing behind it. */
export function isTerminal(statement: Statement): boolean {
  switch (statement.kind) {
    case 'verdict':
      return statement.verdict !== 'continue';
    case 'reject':
    case 'queue':
    case 'snat':
    case 'dnat':
    case 'masquerade':
    case 'redirect':
    case 'fwd':
      return true;
    default:
      return false;
  }
}

type Allowed = Readonly<Record<string, { readonly type?: string; readonly hooks: readonly string[] }>>;

const allowed: Allowed = {
  snat: { type: 'nat', hooks: ['postrouting', 'input'] },
  masquerade: { type: 'nat', hooks: ['postrouting'] },
  dnat: { type: 'nat', hooks: ['prerouting', 'output'] },
  redirect: { type: 'nat', hooks: ['prerouting', 'output'] },
  reject: { hooks: ['input', 'forward', 'output', 'prerouting', 'ingress'] },
  tproxy: { hooks: ['prerouting'] },
  synproxy: { hooks: ['input', 'forward'] },
  fwd: { hooks: ['ingress', 'egress'] },
};

export function checkStatement(statement: Statement, check: RuleCheck, protocols: Protocols): void {
  const { family, hooks, problems } = check;
  const rule = Object.hasOwn(allowed, statement.kind) ? allowed[statement.kind] : undefined;
  if (rule !== undefined) {
    const bad = hooks.find((each) => !fits(each, rule));
    if (bad !== undefined)
      problems.add(
        'nft-misplaced',
        statement,
        `${statement.kind} cannot stand where packets come from a ${bad.type} chain at ${bad.hook}.`,
      );
  }
  const isNat = ['snat', 'dnat', 'masquerade', 'redirect'].includes(statement.kind);
  if (isNat && !['ip', 'ip6', 'inet'].includes(family))
    problems.add('nft-misplaced', statement, `Family ${family} translates no addresses.`);
  checkFamily(statement, check);
  const isTowards = statement.kind === 'snat' || statement.kind === 'dnat' || statement.kind === 'tproxy';
  if (isTowards && statement.address === null && statement.port === null)
    problems.add(
      'nft-syntax',
      statement,
      `${statement.kind} needs to know where to: ${statement.kind} to 10.0.0.1.`,
    );
  if (statement.kind === 'reject') checkReject(statement, check, protocols);
}

/** `dup` and `fwd`: to an address from tables of IP, to a device from those of a device. `synproxy`: nft_synproxy_do_init. `ct count`: nf_ct_netns_get. */
const ofFamilies: Readonly<Record<string, readonly string[]>> = lookup({
  dup: ['ip', 'ip6', 'netdev'],
  fwd: ['netdev'],
  synproxy: ['ip', 'ip6', 'inet'],
  'ct count': ['ip', 'ip6', 'inet', 'bridge'],
});

function checkFamily(statement: Statement, { family, problems }: RuleCheck): void {
  const families = ofFamilies[statement.kind];
  if (families !== undefined && !families.includes(family))
    problems.add('nft-misplaced', statement, `${statement.kind} is for tables of ${families.join(', ')}.`);
}

function fits({ type, hook }: Hooked, rule: Allowed[string] & object): boolean {
  return rule.hooks.includes(hook) && (rule.type === undefined || rule.type === type);
}

function checkReject(
  statement: Extract<Statement, { kind: 'reject' }>,
  { family, problems }: RuleCheck,
  protocols: Protocols,
): void {
  const codes = statement.with === null ? undefined : constantsOfTypes.get(`${statement.with}_code`);
  const { code } = statement;
  if (code !== null && codes !== undefined && typeof code.value === 'string' && !codes.has(code.text))
    problems.add('nft-value', code, `${code.text} is no code of ${statement.with ?? ''}.`);
  const network = protocols.network ?? networkOf[protocols.transport ?? ''];
  if (statement.with === 'icmp' && network === 'ip6')
    problems.add('nft-misplaced', statement, 'IPv6 has no ICMP of IPv4.');
  if (statement.with === 'icmpv6' && network === 'ip')
    problems.add('nft-misplaced', statement, 'IPv4 has no ICMPv6.');
  if (statement.with === 'icmpx' && (family === 'ip' || family === 'ip6'))
    problems.add(
      'nft-misplaced',
      statement,
      `icmpx is for tables of both IPv4 and IPv6, and this one is of ${family}.`,
      ofFamily(family, problems.written(statement)),
    );
  if (family === 'arp' || protocols.network === 'arp')
    problems.add('nft-misplaced', statement, 'Packets of arp are not rejected: drop them.');
  if (statement.with === 'tcp reset' && protocols.transport !== null && protocols.transport !== 'tcp')
    problems.add('nft-misplaced', statement, 'Only TCP is reset.');
}

/** `reject with icmpx type no-route` in a table of one family: its own protocol, without a code that has another name there. */
function ofFamily(family: string, written: string): Meant {
  const protocol = family === 'ip6' ? 'icmpv6' : 'icmp';
  const hint = `Write ${protocol}.`;
  return {
    hint,
    newText: /port-unreachable|admin-prohibited/u.test(written) ? written.replace('icmpx', protocol) : null,
  };
}
