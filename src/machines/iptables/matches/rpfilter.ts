import type { Match } from '../../../rules/iptables/nodes.ts';
import { type Address, formatAddress } from '../../../values/address.ts';
import { type Answer, negateIf, question } from '../../../kernel/answers.ts';
import { type Fact, plainFact } from '../../../kernel/facts.ts';
import { isIPv4Multicast, isUnicast } from '../../../kernel/node/addressTypes.ts';
import { lookupReverse } from '../../../kernel/node/routing.ts';
import { isOfOneLink } from '../../../kernel/node/sourceAddressIPv6.ts';
import { elsewhere, NO_TRAFFIC } from '../../../kernel/node/traffic.ts';
import { askIn } from '../../../kernel/passage/traffic.ts';
import { addressOf, type Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { optionNamed } from '../../../rules/iptables/names.ts';
import type { MatchCompiler } from './match.ts';

/** `-m rpfilter --loose --invert`: would an answer to the source leave by where the packet came in? ipt_rpfilter.c, and ip6t_rpfilter.c, to which ff00::/8 is a route as others. */
export const rpfilter: MatchCompiler = (match) => {
  const settings = settingsOf(match);
  return [
    {
      span: match,
      stateful: false,
      test: (packet, run) => negateIf(settings.inverted, test(packet, run, settings)),
      why: () =>
        settings.inverted
          ? 'an answer to the packet’s source would leave by where it came in'
          : 'an answer to the packet’s source would not leave by where it came in',
    },
  ];
};

interface Settings {
  readonly loose: boolean;
  readonly validMark: boolean;
  readonly acceptLocal: boolean;
  readonly inverted: boolean;
}

function settingsOf(match: Match): Settings {
  const has = (name: string): boolean => optionNamed(match.options, name) !== null;
  return {
    loose: has('--loose'),
    validMark: has('--validmark'),
    acceptLocal: has('--accept-local'),
    inverted: has('--invert'),
  };
}

function test(packet: Packet, run: Run, settings: Settings): Answer {
  const { input } = packet;
  if (input === 'lo' || packet.isOwnCopy) return true;
  const source = addressOf(packet, 'source');
  const destination = addressOf(packet, 'destination');
  if (packet.family === 6 && source.value === 0n) return true;
  if (packet.family === 4 && source.value === 0n && isIPv4Multicast(destination.value))
    return isLocalMulticast(destination);
  const isStrictIPv6 = packet.family === 6 && (!settings.loose || isOfOneLink(source));
  const found = lookupReverse(run.node, packet.family, {
    destination: source,
    source: isUnicast(destination) ? destination : null,
    outputInterface: isStrictIPv6 ? (input ?? null) : null,
    mark: settings.validMark ? packet.mark : 0,
    tos: packet.tos,
    // The match does not look at ports, and in IPv4 not at the protocol.
    traffic: {
      ...NO_TRAFFIC,
      protocol: packet.family === 6 ? packet.protocol : 0,
      ask: elsewhere(askIn(run, packet)),
    },
  });
  if (found.kind === 'unknown' || input === undefined) {
    const text = formatAddress(source);
    const claim = settings.loose
      ? `there is a route back to ${text}`
      : `the route back to ${text} leads out by where the packet came in`;
    return question(keyOf(text, settings), 'routing-unknown', `Whether ${claim} is not known.`, claim, {
      needs: settings.loose ? [] : [looseFact(text, settings)],
      is: settings.loose ? [looseFact(text, settings)] : [],
    });
  }
  if (found.kind === 'none') return false;
  const { route, hops } = found;
  const leadsOut = route.type === 'UNICAST' || (packet.family === 6 && route.type === 'MULTICAST');
  if (!leadsOut && !(route.type === 'LOCAL' && settings.acceptLocal)) return false;
  // Behind --accept-local IPv4 asks which interface the address belongs to, IPv6 does not.
  if (settings.loose || (packet.family === 6 && route.type === 'LOCAL')) return true;
  return [...hops, ...route.nexthops].some((hop) => hop.interface === input);
}

/** 224.0.0.0/24, which no router passes on. */
function isLocalMulticast({ value }: Address): boolean {
  return value >> 8n === 0xe00000n;
}

function keyOf(source: string, { loose, validMark, acceptLocal }: Settings): string {
  const flags = [loose ? 'loose' : '', validMark ? 'validmark' : '', acceptLocal ? 'accept-local' : ''];
  return ['rpfilter', source, ...flags.filter((flag) => flag !== '')].join(':');
}

/** Who passes the strict test passes the loose one. */
function looseFact(source: string, settings: Settings): Fact {
  return plainFact(keyOf(source, { ...settings, loose: true }));
}
