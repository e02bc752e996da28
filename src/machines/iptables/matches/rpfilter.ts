import type { Match } from '../../../rules/iptables/nodes.ts';
import { formatAddress } from '../../../values/address.ts';
import { type Answer, negateIf, question } from '../../../kernel/answers.ts';
import { type Fact, plainFact } from '../../../kernel/facts.ts';
import { addressOf } from '../../../kernel/passage/routing.ts';
import { lookupRoute } from '../../../kernel/node/routing.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { optionNamed } from '../../../rules/iptables/names.ts';
import type { MatchCompiler } from './match.ts';

/** `-m rpfilter --loose --invert`: would an answer to the source leave by where the packet came in? ipt_rpfilter.c */
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
  if (input === 'lo') return true;
  const source = addressOf(packet, 'source');
  const isStrictIPv6 = packet.family === 6 && !settings.loose;
  const found = lookupRoute(run.node, packet.family, {
    destination: source,
    source: addressOf(packet, 'destination'),
    inputInterface: null,
    outputInterface: isStrictIPv6 ? (input ?? null) : null,
    mark: settings.validMark ? packet.mark : 0,
    tos: packet.tos,
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
  if (found.type === 'LOCAL') return settings.acceptLocal;
  if (found.type !== 'UNICAST') return false;
  return (
    settings.loose || found.interface === input || found.route.nexthops.some((hop) => hop.interface === input)
  );
}

function keyOf(source: string, { loose, validMark, acceptLocal }: Settings): string {
  const flags = [loose ? 'loose' : '', validMark ? 'validmark' : '', acceptLocal ? 'accept-local' : ''];
  return ['rpfilter', source, ...flags.filter((flag) => flag !== '')].join(':');
}

/** Who passes the strict test passes the loose one. */
function looseFact(source: string, settings: Settings): Fact {
  return plainFact(keyOf(source, { ...settings, loose: true }));
}
