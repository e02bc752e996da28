/** `dnat ip to 10.0.0.1:80`, `masquerade`, `redirect to :8080`: net/netfilter/nft_nat.c, nft_masq.c, nft_redir.c. */
import { bindNat, type NatEffect } from '../../../kernel/nat/binding.ts';
import { masqueradePacket } from '../../../kernel/nat/masquerade.ts';
import type { NatRange } from '../../../kernel/nat/range.ts';
import { redirectAddress } from '../../../kernel/nat/redirect.ts';
import type { Expression } from '../../../rules/nftables/expressions.ts';
import type { NatStatement } from '../../../rules/nftables/statements.ts';
import type { RuleContext, Visit } from '../program/context.ts';
import { intervalOf, type Operand, operandOf, type Part, writtenParts } from '../values/operand.ts';
import type { Interval } from '../values/spec.ts';
import { ACCEPT, endBy, type Operation, type Result } from './control.ts';
import { unknownStatement } from './unknown.ts';

interface Wanted {
  readonly address: Interval | null;
  readonly ports: Interval | null;
}

/** Null where what it translates to cannot be read. */
type Reader = (visit: Visit) => Wanted | 'break' | null;

export function natOperation(statement: NatStatement, context: RuleContext): Operation {
  const read = wantedReader(statement, context);
  if (read === null) return unknownStatement(statement, context, statement.kind, 'which is not followed');
  const act = actOf(statement, context);
  return {
    span: statement,
    acts: true,
    why: () => 'the map has no element for the packet',
    run: (visit) => {
      // In a table of both families the statement is of one: for packets of the other it does nothing.
      if (!isOfFamily(statement, context)) return 'next';
      const wanted = read(visit);
      if (wanted === 'break') return 'break';
      if (wanted === null) {
        const end = endBy(context, 'unknown', null, `what ${statement.kind} translates to is not known`);
        return { effect: { kind: 'unknown', target: statement.kind }, control: end };
      }
      return act(visit, wanted);
    },
  };
}

function isOfFamily({ family }: NatStatement, context: RuleContext): boolean {
  return family === null || context.family === (family === 'ip' ? 4 : 6);
}

function wantedReader({ address, port }: NatStatement, context: RuleContext): Reader | null {
  const type = context.family === 4 ? 'ipv4_addr' : 'ipv6_addr';
  const types = [type, 'inet_service'];
  const written = [writtenOr(address, types), writtenOr(port, ['inet_service'])] as const;
  if (written[0] !== null && written[1] !== null) {
    const wanted = wantedOf(written[0], written[1]);
    return () => wanted;
  }
  const addresses = address === null ? NOTHING : operandOf(address, types, context);
  const ports = port === null ? NOTHING : operandOf(port, ['inet_service'], context);
  if (addresses === null || ports === null) return null;
  return (visit) => {
    const [first, second] = [addresses(visit), ports(visit)];
    return first === null || second === null ? 'break' : wantedOf(first, second);
  };
}

const NO_PARTS: readonly Part[] = [];
const NOTHING: Operand = () => NO_PARTS;

/** Null for what only a packet tells. */
function writtenOr(expression: Expression | null, types: readonly (string | null)[]): readonly Part[] | null {
  if (expression === null) return NO_PARTS;
  return expression.kind === 'map' ? null : writtenParts(expression, types);
}

function wantedOf(addresses: readonly Part[], ports: readonly Part[]): ReturnType<Reader> {
  // `addr . port` of a map comes as one.
  const both = [addresses[0], addresses[1] ?? ports[0]];
  if (both.includes(null)) return 'break';
  const parts = both.map((part) => rangeOf(part));
  if (parts.includes('unknown')) return null;
  const [to, by] = parts;
  return { address: known(to), ports: known(by) };
}

function rangeOf(part: Part | undefined): Interval | 'unknown' | undefined {
  return part === undefined ? undefined : (intervalOf(part) ?? 'unknown');
}

function known(range: Interval | 'unknown' | undefined): Interval | null {
  return typeof range === 'object' ? range : null;
}

type Act = (visit: Visit, wanted: Wanted) => Result;

function actOf(statement: NatStatement, context: RuleContext): Act {
  switch (statement.kind) {
    case 'masquerade':
      return masquerading(statement, context);
    case 'redirect':
      return redirecting(statement, context);
    default:
      return translating(statement);
  }
}

function flagsOf({ flags }: NatStatement): Pick<NatRange, 'random' | 'persistent'> {
  return {
    random: flags.includes('random') || flags.includes('fully-random'),
    persistent: flags.includes('persistent'),
  };
}

function portsOf(ports: Interval | null): NatRange['ports'] {
  return ports === null ? null : { first: Number(ports.from), last: Number(ports.to), base: null };
}

function translating(statement: NatStatement): Act {
  const manipulation = statement.kind === 'snat' ? 'source' : 'destination';
  const kind = statement.kind === 'snat' ? 'snat' : 'dnat';
  const { random, persistent } = flagsOf(statement);
  return ({ packet, run }, { address, ports }) => {
    const to =
      statement.style === 'prefix' && address !== null ? mapped(packet[manipulation], address) : address;
    const range: NatRange = {
      address: to === null ? null : { first: to.from, last: to.to },
      ports: portsOf(ports),
      random,
      persistent,
    };
    return translated(bindNat(kind, packet, run, range, manipulation));
  };
}

/** Only the network is replaced (NF_NAT_RANGE_NETMAP). */
function mapped(address: bigint, { from, to }: Interval): Interval {
  const host = from ^ to;
  const value = (address & host) | (from & ~host);
  return { from: value, to: value };
}

function translated(effect: NatEffect | null): Result {
  return effect === null ? 'next' : { effect, control: ACCEPT };
}

function masquerading(statement: NatStatement, context: RuleContext): Act {
  const flags = flagsOf(statement);
  return ({ packet, run }, { ports }) => {
    const done = masqueradePacket(packet, run, { ...flags, ports: portsOf(ports) });
    if (done.kind === 'translated') return translated(done.effect);
    if (done.kind === 'left') return { effect: { kind: 'accept' }, control: ACCEPT };
    const end = endBy(context, 'drop', null, `masquerade ${done.reason}`);
    return { effect: { kind: 'drop' }, control: end };
  };
}

function redirecting(statement: NatStatement, context: RuleContext): Act {
  const flags = flagsOf(statement);
  return ({ packet, run, hook }, { ports }) => {
    const address = redirectAddress(run, packet, hook);
    if (address === null) {
      const reason = `redirect finds no address on ${packet.input ?? 'the interface'}`;
      return { effect: { kind: 'drop' }, control: endBy(context, 'drop', null, reason) };
    }
    const range: NatRange = { ...flags, address: { first: address, last: address }, ports: portsOf(ports) };
    return translated(bindNat('redirect', packet, run, range, 'destination'));
  };
}
