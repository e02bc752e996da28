/** What IPv4 and IPv6 call otherwise. */
import { type Cure, type FaultyLine, rewritten, wordAt, write } from './line.ts';

/** The names of ICMP and of ICMPv6 for the same (RFC 792, RFC 4443), as REJECT calls them. */
const reasons: readonly (readonly [string, string])[] = [
  ['icmp-port-unreachable', 'icmp6-port-unreachable'],
  ['icmp-host-unreachable', 'icmp6-addr-unreachable'],
  ['icmp-net-unreachable', 'icmp6-no-route'],
  ['icmp-admin-prohibited', 'icmp6-adm-prohibited'],
  ['icmp-host-prohibited', 'icmp6-adm-prohibited'],
  ['icmp-net-prohibited', 'icmp6-adm-prohibited'],
];

/** `--reject-with icmp-host-prohibited` among rules of IPv6. */
export function reasonOfFamily(line: FaultyLine): Cure | null {
  const value = wordAt(line, line.at);
  if (line.code !== 'wrong-family' || wordAt(line, line.at - 1) !== '--reject-with') return null;
  const [other] = reasons.flatMap(([four, six]) =>
    value === four && line.family === 6 ? [six] : value === six && line.family === 4 ? [four] : [],
  );
  return other === undefined ? null : write(line, line.at, line.at, other);
}

/** `-m ttl --ttl-lt 5`, `-j TTL --ttl-set 64` among rules of IPv6, where the field is called the hop limit; the other way round, too. */
export function hopsOfFamily(line: FaultyLine): Cure | null {
  const written = wordAt(line, line.at);
  if (line.code !== 'wrong-family' || line.family === null || !/^(?:ttl|hl)$/i.test(written)) return null;
  const [from, to] = line.family === 6 ? ['ttl', 'hl'] : ['hl', 'ttl'];
  const name = written === written.toUpperCase() ? to.toUpperCase() : to;
  const option = `--${from}-`;
  const changes = line.words.flatMap(({ text }, index) => {
    if (index === line.at) return rewritten(line, index, index, name);
    const isOwn = index > line.at && text.startsWith(option);
    return isOwn ? rewritten(line, index, index, text.replace(option, `--${to}-`)) : [];
  });
  return {
    hint: `In IPv${line.family} it is called ${name}: write "${wordAt(line, line.at - 1)} ${name}", and "--${to}-…" for "${option}…".`,
    title: `Write ${name} for ${written}`,
    changes,
  };
}
