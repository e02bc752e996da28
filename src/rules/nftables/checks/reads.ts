/** What a rule may read where it stands: the kernel validates some keys by the hooks that lead to a chain, and `nft -c` does not. */
import { orList } from '../../../text/orList.ts';
import type { Expression } from '../expressions.ts';
import type { Protocols } from './protocols.ts';
import type { RuleCheck } from './ruleCheck.ts';

/** Chains of IP. */
const ALL: readonly string[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];
const COMING: readonly string[] = ['prerouting', 'input', 'forward'];
const LEAVING: readonly string[] = ['forward', 'output', 'postrouting'];

/** The hooks at which an expression may be read (the `validate` of nft_fib, nft_rt, nft_xfrm, nft_socket, nft_osf, nft_meta; seen to load). */
function hooksOf(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'fib':
      if (expression.result !== 'type' || expression.flags.includes('iif')) return COMING;
      return expression.flags.includes('oif') ? LEAVING : ALL;
    case 'rt':
      return expression.key === 'mtu' ? LEAVING : ALL;
    case 'ipsec':
      return expression.before.includes('in') ? COMING : LEAVING;
    case 'socket':
      return ['prerouting', 'input', 'output'];
    case 'osf':
      return COMING;
    case 'meta':
      return hooksOfMeta(expression.key);
    default:
      return ALL;
  }
}

function hooksOfMeta(key: string): readonly string[] {
  if (key === 'secpath' || key === 'ipsec') return COMING;
  return key === 'sdif' || key === 'sdifname' ? ['input', 'forward'] : ALL;
}

/** Keys that packets have in a bridge alone. */
const ofBridge: ReadonlySet<string> = new Set(['ibrname', 'obrname', 'ibrpvid', 'ibrvproto']);

export function checkRead(expression: Expression, check: RuleCheck, protocols: Protocols): void {
  const allowed = hooksOf(expression);
  const looksAt = isOfIp(expression, check.family) ? [...ALL, ...OF_DEVICES] : ALL;
  const bad = check.hooks.find(({ hook }) => looksAt.includes(hook) && !allowed.includes(hook));
  if (bad !== undefined)
    tell(
      `This cannot be asked where packets come from a chain at ${bad.hook}: ask it at ${orList(allowed)}.`,
    );
  const why = whyNot(expression, check, protocols);
  if (why !== null) tell(why);

  function tell(message: string): void {
    check.problems.add('nft-misplaced', expression, message);
  }
}

/** Families whose tables see frames, before IP. */
const withoutIp: ReadonlySet<string> = new Set(['netdev', 'bridge', 'arp']);

const OF_DEVICES: readonly string[] = ['ingress', 'egress'];

/** What no chain of a device may read; `fib` it may in a table of devices (nft_fib_netdev). What else they may is not looked at. */
function isOfIp({ kind }: Expression, family: string): boolean {
  return family === 'inet' && (kind === 'socket' || kind === 'fib');
}

function whyNot(expression: Expression, { family }: RuleCheck, protocols: Protocols): string | null {
  switch (expression.kind) {
    case 'meta':
      return ofBridge.has(expression.key) && family !== 'bridge'
        ? `meta ${expression.key} is of tables of family bridge.`
        : null;
    case 'fib':
      return whyNotFib(expression.flags);
    case 'ct': {
      if (family === 'netdev') return 'Tables of devices see packets before connections are known.';
      const isPort = expression.key === 'proto-src' || expression.key === 'proto-dst';
      if (isPort && !protocols.isOfTransport)
        return `nft knows what ct ${expression.key} is behind a protocol: “meta l4proto tcp ct original ${expression.key} 80”.`;
      const isAddress = expression.key === 'saddr' || expression.key === 'daddr';
      const isOpen = isAddress && family === 'inet' && protocols.network === null;
      return isOpen
        ? `In an inet table it says of which family the address is: “ct original ip ${expression.key}”.`
        : null;
    }
    case 'osf':
    case 'ipsec':
    case 'socket':
      return withoutIp.has(family) ? `${expression.kind} is for tables of ip, ip6 and inet.` : null;
    case 'rt':
      if (withoutIp.has(family)) return 'rt is for tables of ip, ip6 and inet.';
      return expression.key === 'nexthop' &&
        expression.before.length === 0 &&
        family === 'inet' &&
        protocols.network === null
        ? 'In an inet table it says of which family the address is: “rt ip nexthop”.'
        : null;
    default:
      return null;
  }
}

function whyNotFib(flags: readonly string[]): string | null {
  const both = (one: string, other: string): boolean => flags.includes(one) && flags.includes(other);
  if (both('saddr', 'daddr')) return 'fib looks up the source or the destination, not both.';
  if (both('iif', 'oif')) return 'fib is asked of the interface in or out, not of both.';
  return flags.includes('saddr') || flags.includes('daddr') ? null : 'fib looks up saddr or daddr.';
}
