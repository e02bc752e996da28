/** Packets that are likely to get to a native rule: of what it and the rules that lead to it ask, and of those that every node sees. */
import { type Family, formatAddress, parseAddress } from '../../values/address.ts';
import { joinHostPort } from '../../values/hostPort.ts';
import { chainsOf, type PlacedChain } from '../../rules/nftables/chains.ts';
import type { Expression } from '../../rules/nftables/expressions.ts';
import { setNamed } from '../../rules/nftables/sets.ts';
import type { Rule } from '../../rules/nftables/statements.ts';
import { targetOf } from '../../rules/nftables/ways.ts';
import type { Analysis } from '../analysis.ts';
import type { FlowForm } from '../form/flowForm.ts';
import { outsideAddresses } from '../form/outsideAddress.ts';
import { EMPTY, knownTo } from './likelyPackets.ts';

/** What the rules on a way ask of a packet, as far as single values show it. */
interface Asked {
  source: string | null;
  destination: string | null;
  port: number | null;
  protocol: string | null;
  state: string | null;
  input: string | null;
  hook: string;
}

/** Jumps that are gone back. */
const DEEPEST = 8;

/** In the order in which they are best tried. */
export function* likelyNftPackets(
  chain: PlacedChain,
  index: number,
  family: Family,
  analysis: Analysis,
): Generator<FlowForm, void> {
  const known = knownTo(analysis, family);
  const asked = askedOn(chain, index, analysis);
  const outside = outsideAddresses[family][0];
  const [pod = outside] = known.pods;
  const protocols = asked.protocol === null ? ['tcp', 'udp'] : [asked.protocol];
  const ends =
    asked.destination !== null
      ? [asked.destination]
      : asked.hook === 'input' || asked.input === 'lo'
        ? [null]
        : [pod, outside, ...known.frontends.slice(0, 3).map(({ address }) => address), null];
  for (const protocol of protocols) {
    const isPorted = protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp';
    const port = isPorted ? (asked.port ?? 80) : null;
    for (const to of ends) {
      for (const from of sourcesOf(asked, known.pods))
        yield {
          ...EMPTY,
          protocol,
          from,
          to: to === null ? `:${port ?? 0}` : port === null ? to : joinHostPort(to, port),
          state: asked.state ?? '',
          interface: asked.input === 'lo' ? '' : (asked.input ?? ''),
        };
    }
  }
  for (const { address, port, protocol } of known.frontends)
    for (const from of ['pod', 'external', 'node'])
      yield { ...EMPTY, from, to: joinHostPort(address, port), protocol };
}

function sourcesOf({ source, hook, input }: Asked, pods: readonly string[]): readonly string[] {
  const [pod] = pods;
  if (input === 'lo') return [source === null ? 'node' : `node:${bracketed(source)}`];
  if (source !== null) {
    const text = bracketed(source);
    return hook === 'output' ? [`node:${text}`] : [text, `pod:${text}`, `external:${text}`];
  }
  if (hook === 'output') return ['node'];
  return pod === undefined ? ['external', 'pod', 'node'] : ['pod', 'external', 'node'];
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function askedOn(chain: PlacedChain, index: number, { sources }: Analysis): Asked {
  const asked: Asked = {
    source: null,
    destination: null,
    port: null,
    protocol: null,
    state: null,
    input: null,
    hook: chain.base?.hook.text ?? '',
  };
  const ruleset = sources.nft?.ruleset;
  if (ruleset === undefined) return asked;
  let rule = chain.rules[index];
  let at = chain;
  for (let depth = 0; rule !== undefined && depth < DEEPEST; depth++) {
    take(asked, rule, (name) => setNamed(ruleset, at.table, name)?.elements[0]?.key ?? null);
    if (at.base !== null) break;
    const found = [...(chainsOf(ruleset).get(at.table)?.values() ?? [])].flatMap((from) =>
      from.rules.flatMap((each, own) => (targetOf(ruleset, from, each, own) === at ? [{ from, each }] : [])),
    )[0];
    if (found === undefined) break;
    at = found.from;
    rule = found.each;
  }
  asked.hook = at.base?.hook.text ?? asked.hook;
  return asked;
}

/** What stands nearer to the rule counts. */
function take(asked: Asked, { statements }: Rule, first: (set: string) => Expression | null): void {
  for (const each of statements) {
    if (each.kind !== 'match' || each.operator === '!=' || each.operator === '!') continue;
    const right = each.right.kind === 'reference' ? first(each.right.name) : each.right;
    const value = right === null ? null : valueIn(right);
    const { left } = each;
    if (value === null) continue;
    if (left.kind === 'payload' && left.tunnel === null) {
      if (left.field === 'saddr') asked.source ??= value;
      if (left.field === 'daddr') asked.destination ??= value;
      if (left.field === 'dport') asked.port ??= Number.isInteger(Number(value)) ? Number(value) : null;
      if (left.protocol === 'tcp' || left.protocol === 'udp' || left.protocol === 'sctp')
        asked.protocol ??= left.protocol;
      if (left.protocol === 'icmp' || left.protocol === 'icmpv6') asked.protocol ??= 'icmp';
    } else if (left.kind === 'meta') {
      if (left.key === 'l4proto') asked.protocol ??= value === 'ipv6-icmp' ? 'icmp' : value;
      if (left.key === 'iifname') asked.input ??= value.endsWith('*') ? null : value;
    } else if (left.kind === 'ct' && left.key === 'state') asked.state ??= value === 'new' ? null : value;
  }
}

/** One value of a match: the first host of a network, the first number of a range. */
function valueIn(right: Expression): string | null {
  switch (right.kind) {
    case 'value':
      return String(right.quoted ? right.text : parseAddress(right.text) === null ? right.value : right.text);
    case 'range':
      return valueIn(right.from);
    case 'prefix': {
      const address = parseAddress(right.address.text);
      return address === null ? null : formatAddress({ ...address, value: address.value + 1n });
    }
    case 'set': {
      const key = right.elements[0]?.key;
      return key === undefined ? null : valueIn(key);
    }
    case 'list': {
      const item = right.items[0];
      return item === undefined ? null : valueIn(item);
    }
    default:
      return null;
  }
}
