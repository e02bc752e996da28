import { MAX_32, readNumber } from '../../../values/numbers.ts';
import { type Answer, question } from '../../../kernel/answers.ts';
import type { Route } from '../../../kernel/node/node.ts';
import { lookupRoute } from '../../../kernel/node/routing.ts';
import { addressOf, type Packet } from '../../../kernel/packet.ts';
import { reversed } from '../../../kernel/node/traffic.ts';
import { trafficOf } from '../../../kernel/passage/traffic.ts';
import type { Run } from '../../../kernel/run.ts';
import { eachOption } from './match.ts';
import { valueIn, word } from './reading.ts';

/** `-m realm --realm 0x5/0xffff`: xt_realm.c, the realms of the packet’s route. */
export const realm = eachOption({
  '--realm': (option) => {
    const [value = '', mask] = word(option).split('/');
    const wanted = valueIn(readNumber(value, MAX_32));
    const bits = mask === undefined ? MAX_32 : valueIn(readNumber(mask, MAX_32));
    if (wanted === null || bits === null) return null;
    return {
      test: (packet, run): Answer => {
        const own = realmsOf(packet, run);
        if (own !== null) return (own & bits) >>> 0 === wanted;
        const claim = `the packet’s route is of realm ${word(option)}`;
        const why = isGivenByRules(packet, run)
          ? ': policy rules give realms (ip rule … realms), which are not followed'
          : '';
        const message = `Whether ${claim} is not known${why}.`;
        return question(`${run.scope}realm:${word(option)}`, 'routing-unknown', message, claim);
      },
      fact: (packet, run) => {
        const own = realmsOf(packet, run);
        return own === null
          ? 'the realm of the route is not known'
          : `the packet’s route is of realm 0x${own.toString(16)}`;
      },
      wanted: word(option),
    };
  },
});

/**
 * What dst.tclassid holds: the realm of the route to the destination, and in the upper half that of the route back to the
 * source (fib_validate_source), which what is delivered here has alone. Null where it is not known.
 */
function realmsOf(packet: Packet, run: Run): number | null {
  if (isGivenByRules(packet, run)) return null;
  const isMade = packet.departedTo !== null;
  const to = isMade || packet.output !== null ? realmTo(packet.route) : 0;
  const back = isMade ? 0 : realmBack(packet, run);
  if (to === null || back === null) return null;
  const upper = to >>> 16 === 0 ? back & 0xffff : to >>> 16;
  return (((upper << 16) >>> 0) | (to & 0xffff)) >>> 0;
}

/** fib4_rule_tclassid: of IPv4's policy rules alone. */
function isGivenByRules({ family }: Packet, { node }: Run): boolean {
  return family === 4 && (node.rules?.some((rule) => rule.family !== 6 && rule.givesRealms) ?? false);
}

function realmBack(packet: Packet, run: Run): number | null {
  if (packet.sourceUnknown) return null;
  const found = lookupRoute(run.node, packet.family, {
    destination: addressOf(packet, 'source'),
    source: addressOf(packet, 'destination'),
    inputInterface: null,
    outputInterface: null,
    mark: packet.mark,
    tos: packet.tos,
    traffic: reversed({ ...trafficOf(run, packet, 0), ask: () => null }),
  });
  if (found.kind === 'unknown') return null;
  return realmTo(found.kind === 'found' ? found.route : null);
}

function realmTo(route: Route | null | undefined): number | null {
  if (route === undefined) return null;
  const { from, to } = route?.realm ?? { from: null, to: null };
  const [first, second] = [from ?? '0', to ?? '0'].map((text) => valueIn(readNumber(text, 0xffff)));
  return first === null || first === undefined || second === null || second === undefined
    ? null
    : ((first << 16) | second) >>> 0;
}
