/** Which matches nft before 1.1.0 makes one compare of: two `!=` of fields that lie side by side in a header (payload_do_merge). */
import type { MatchStatement, Statement } from '../statements.ts';

/** Fields that lie side by side, with whole bytes and of the kind that nft joins: those of IP with four bytes each it leaves. */
const SIDE_BY_SIDE: readonly string[] = [
  ...['tcp', 'udp', 'sctp', 'dccp', 'udplite', 'th'].map((protocol) => `${protocol} sport dport`),
  'tcp flags window',
  'tcp window checksum',
  'tcp checksum urgptr',
  'udp dport length',
  'udp length checksum',
  'icmp type code',
  'icmp code checksum',
  'icmp id sequence',
  'icmpv6 type code',
  'icmpv6 code checksum',
  'icmpv6 id sequence',
  'ip length id',
  'ip id frag-off',
  'ip frag-off ttl',
  'ip ttl protocol',
  'ip protocol checksum',
  'ip6 length nexthdr',
  'ip6 nexthdr hoplimit',
  'ether daddr saddr',
  'ether saddr type',
  'ah nexthdr hdrlength',
  'comp nexthdr flags',
  'comp flags cpi',
];

const neighbours: ReadonlySet<string> = new Set(
  SIDE_BY_SIDE.flatMap((words) => {
    const [protocol, one, other] = words.split(' ');
    return [`${protocol} ${one} ${other}`, `${protocol} ${other} ${one}`];
  }),
);

/** Both, where the two statements are such; else null. */
export function joinedPair(
  one: Statement | undefined,
  next: Statement | undefined,
): readonly [MatchStatement, MatchStatement] | null {
  const [first, second] = [fieldExcluded(one), fieldExcluded(next)];
  if (first === null || second === null || first.protocol !== second.protocol) return null;
  if (!neighbours.has(`${first.protocol} ${first.field} ${second.field}`)) return null;
  return [first.match, second.match];
}

interface Excluded {
  readonly match: MatchStatement;
  readonly protocol: string;
  readonly field: string;
}

/** The field of which a statement excludes a single value; null for any other statement. */
function fieldExcluded(statement: Statement | undefined): Excluded | null {
  if (statement?.kind !== 'match' || statement.operator !== '!=' || statement.right.kind !== 'value')
    return null;
  const { left } = statement;
  if (left.kind !== 'payload' || left.tunnel !== null) return null;
  return { match: statement, protocol: left.protocol, field: left.field };
}
