/** Matches on hardware addresses: mac, eui64. */
import { readMac } from '../../../values/names.ts';
import { type Answer, negateIf, question } from '../../../kernel/answers.ts';
import { nameFact } from '../../../kernel/facts.ts';
import { frameOf, isEthernet } from '../../../kernel/frame.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { eachOption, type MatchCompiler, ruleWords, whole } from './match.ts';
import { valueIn, word } from './reading.ts';

/** `-m mac --mac-source 02:00:00:00:01:05`: xt_mac.c. Without an Ethernet frame it never matches, negated or not. */
export const mac = eachOption({
  '--mac-source': (option) => {
    const wanted = valueIn(readMac(word(option)));
    if (wanted === null) return null;
    return {
      test: (packet, run) => {
        const frame = frameOf(packet, run.node);
        if (frame === null) return negateIf(option.negation !== null, false);
        return frame.source === null ? macQuestion(wanted, run) : frame.source === wanted;
      },
      fact: (packet, run) => {
        const source = frameOf(packet, run.node)?.source ?? null;
        return source === null ? 'the packet came in no Ethernet frame' : `the frame comes from ${source}`;
      },
      wanted,
    };
  },
});

function macQuestion(wanted: string, run: Run): Answer {
  return question(
    `${run.scope}mac:${wanted}`,
    'mac-unknown',
    `A rule asks whether the frame comes from ${wanted}; the sender’s hardware address is not known.`,
    `the frame comes from ${wanted}`,
    { is: [nameFact(`${run.scope}mac`, wanted)] },
  );
}

/**
 * `-m eui64`: the source ends in what its hardware address makes. ip6t_eui64.c of Linux 6.18: what shows an Ethernet interface, but
 * has no frame, is thrown away; what shows another one (lo, tun, WireGuard) does not match.
 */
export const eui64: MatchCompiler = (match, context) =>
  whole(match, testEui64, () => 'the source does not end in its hardware address', {
    stateful: false,
    hotDrop: (packet, run) =>
      packet.isOwnCopy && isEthernet(packet.input, run.node)
        ? `${ruleWords(context)} asks by eui64 for the Ethernet frame, of which the node’s own copy of a packet has none`
        : null,
  });

function testEui64(packet: Packet, run: Run): Answer {
  if (packet.sourceUnknown) return false;
  const frame = frameOf(packet, run.node);
  const wanted = hardwareAddressIn(packet.source);
  if (frame === null || wanted === null) return false;
  return frame.source === null ? macQuestion(wanted, run) : frame.source === wanted;
}

/** `fe80::a407:c0ff:feb5:bd19` → `a6:07:c0:b5:bd:19`; null where the middle is not `ff:fe`. */
function hardwareAddressIn(address: bigint): string | null {
  const bytes = Array.from({ length: 8 }, (_, index) => Number((address >> BigInt(56 - 8 * index)) & 0xffn));
  const [first = 0, second, third, middle, end, ...rest] = bytes;
  if (middle !== 0xff || end !== 0xfe) return null;
  return [first ^ 2, second, third, ...rest]
    .map((byte) => (byte ?? 0).toString(16).padStart(2, '0'))
    .join(':');
}
