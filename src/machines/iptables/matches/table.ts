import { canonicalName } from '../../../rules/iptables/names.ts';
import type { Match } from '../../../rules/iptables/nodes.ts';
import { iprange } from './addresses.ts';
import { addrtype } from './addrtype.ts';
import { bpf } from './bpf.ts';
import { cluster } from './cluster.ts';
import { connbytes } from './connbytes.ts';
import { connlabel } from './connlabel.ts';
import { connlimit } from './connlimit.ts';
import { conntrack, state } from './conntrack.ts';
import { ecn } from './ecn.ts';
import { ah, dst, esp, frag, hbh, ipcomp, ipv6header, mh, rt, srh } from './extensionHeaders.ts';
import { devgroup } from './devgroup.ts';
import { eui64, mac } from './hardware.ts';
import { dscp, hl, length, pkttype, tos, ttl } from './header.ts';
import { helper } from './helper.ts';
import { icmp, icmp6 } from './icmp.ts';
import { ipvs } from './ipvs.ts';
import { hashlimit, limit } from './limit.ts';
import { connmark, mark } from './marks.ts';
import { type CompiledMatch, type MatchCompiler, type RuleContext, unknownMatch } from './match.ts';
import { cgroup, osf, tcpmss } from './partlyOpen.ts';
import { owner } from './owner.ts';
import { physdev } from './physdev.ts';
import { dccp, multiport, sctp, tcp, udp, udplite } from './ports.ts';
import { quota } from './quota.ts';
import { realm } from './realm.ts';
import { recent } from './recent.ts';
import { rpfilter } from './rpfilter.ts';
import { set } from './set.ts';
import { socket } from './socket.ts';
import { statistic } from './statistic.ts';
import { time } from './time.ts';
import { u32 } from './u32.ts';

/** They never stop a packet: a comment, and counters of nfacct objects (an object with a quota is not known here). */
const nothing: MatchCompiler = () => [];

/** Every match that is modelled; any other is an open question. */
const compilers: ReadonlyMap<string, MatchCompiler> = new Map([
  ['addrtype', addrtype],
  ['ah', ah],
  ['bpf', bpf],
  ['devgroup', devgroup],
  ['dst', dst],
  ['ecn', ecn],
  ['esp', esp],
  ['eui64', eui64],
  ['frag', frag],
  ['hbh', hbh],
  ['ipcomp', ipcomp],
  ['ipv6header', ipv6header],
  ['mh', mh],
  ['rt', rt],
  ['srh', srh],
  ['cgroup', cgroup],
  ['cluster', cluster],
  ['comment', nothing],
  ['connbytes', connbytes],
  ['connlabel', connlabel],
  ['connlimit', connlimit],
  ['connmark', connmark],
  ['conntrack', conntrack],
  ['dccp', dccp],
  ['dscp', dscp],
  ['hashlimit', hashlimit],
  ['helper', helper],
  ['ipvs', ipvs],
  ['hl', hl],
  ['icmp', icmp],
  ['icmp6', icmp6],
  ['iprange', iprange],
  ['length', length],
  ['limit', limit],
  ['mac', mac],
  ['mark', mark],
  ['multiport', multiport],
  ['nfacct', nothing],
  ['osf', osf],
  ['owner', owner],
  ['physdev', physdev],
  ['pkttype', pkttype],
  ['quota', quota],
  ['realm', realm],
  ['recent', recent],
  ['rpfilter', rpfilter],
  ['sctp', sctp],
  ['set', set],
  ['socket', socket],
  ['state', state],
  ['statistic', statistic],
  ['tcp', tcp],
  ['tcpmss', tcpmss],
  ['time', time],
  ['tos', tos],
  ['ttl', ttl],
  ['u32', u32],
  ['udp', udp],
  ['udplite', udplite],
]);

/** Reads one `-m`. Never fails: what is not modelled becomes an open question. */
export function compileMatch(match: Match, context: RuleContext): readonly CompiledMatch[] {
  return (compilers.get(canonicalName(match)) ?? unknownMatch)(match, context);
}
