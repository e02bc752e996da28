/** Targets that change the IP header: TTL, HL, TOS, DSCP, TCPMSS. */
import type { Target } from '../../../rules/iptables/nodes.ts';
import { MAX_8, readNumber } from '../../../values/numbers.ts';
import { readDscp, readDscpClass, readTos } from '../../../values/tos.ts';
import { valueIn } from '../matches/reading.ts';
import { type Packet, TCP } from '../../../kernel/packet.ts';
import { CWR_BIT, ECE_BIT } from '../../../kernel/conntrack/tcp.ts';
import { CONTINUE, type CompiledTarget, type TargetCompiler, targetOption, targetValue } from './target.ts';
import { notModelled } from './verdicts.ts';

function changeTtl(prefix: '--ttl' | '--hl'): TargetCompiler {
  return (target, context) => {
    const change = ttlChange(target, prefix);
    if (change === null) return notModelled(target, context);
    return {
      act: (packet) => {
        const was = packet.ttl;
        packet.ttl = Math.min(255, Math.max(0, change(was)));
        if (packet.ttl !== was) packet.rewrites++;
        return { effect: { kind: 'set', field: 'ttl', was, is: packet.ttl }, control: CONTINUE };
      },
    };
  };
}

function ttlChange(target: Target, prefix: string): ((ttl: number) => number) | null {
  const read = (name: string): number | null => {
    const text = targetValue(target, `${prefix}-${name}`);
    return text === null ? null : valueIn(readNumber(text, MAX_8));
  };
  const set = read('set');
  if (set !== null) return () => set;
  const increment = read('inc');
  if (increment !== null) return (ttl) => ttl + increment;
  const decrement = read('dec');
  return decrement === null ? null : (ttl) => ttl - decrement;
}

/** `-j TTL --ttl-set 33`: xt_HL.c. */
export const ttl = changeTtl('--ttl');
/** `-j HL --hl-inc 5` */
export const hl = changeTtl('--hl');

/** `-j TOS --set-tos 0x10/0xff`: `(old & ~mask) ^ value`. */
export const tos: TargetCompiler = (target, context) => {
  const change = tosChange(target);
  if (change === null) return notModelled(target, context);
  return setTos('tos', (packet) => ((packet.tos & ~change.mask) ^ change.value) & MAX_8);
};

function tosChange(target: Target): { readonly value: number; readonly mask: number } | null {
  const set = targetValue(target, '--set-tos');
  if (set !== null) return valueIn(readTos(set));
  const read = (name: string): number | null => {
    const text = targetValue(target, name);
    return text === null ? null : valueIn(readNumber(text, MAX_8));
  };
  const and = read('--and-tos');
  if (and !== null) return { value: 0, mask: ~and & MAX_8 };
  const or = read('--or-tos');
  if (or !== null) return { value: or, mask: or };
  const xor = read('--xor-tos');
  return xor === null ? null : { value: xor, mask: 0 };
}

/** `-j DSCP --set-dscp 0x2e`, `--set-dscp-class EF`: the two ECN bits stay. */
export const dscp: TargetCompiler = (target, context) => {
  const number = targetValue(target, '--set-dscp');
  const name = targetValue(target, '--set-dscp-class');
  const wanted =
    number === null ? (name === null ? null : valueIn(readDscpClass(name))) : valueIn(readDscp(number));
  if (wanted === null) return notModelled(target, context);
  return setTos('dscp', (packet) => (packet.tos & 3) | (wanted << 2));
};

function setTos(field: 'tos' | 'dscp', next: (packet: Packet) => number): CompiledTarget {
  return {
    act: (packet) => {
      const was = packet.tos;
      packet.tos = next(packet);
      return { effect: { kind: 'set', field, was, is: packet.tos }, control: CONTINUE };
    },
  };
}

/** `-j ECN --ecn-tcp-remove`, and, not for use, `--ecn-tcp-ece 1`, `--ecn-tcp-cwr 1`, `--ecn-ip-ect 2`: ipt_ECN.c. */
export const ecn: TargetCompiler = (target) => {
  const bit = (name: string): number | null => {
    const text = targetValue(target, name);
    return text === null ? null : valueIn(readNumber(text, MAX_8));
  };
  const removes = targetOption(target, '--ecn-tcp-remove') !== null;
  const [ece, cwr] = removes ? [0, 0] : [bit('--ecn-tcp-ece'), bit('--ecn-tcp-cwr')];
  const ect = bit('--ecn-ip-ect');
  return {
    act: (packet) => {
      if (packet.protocol === TCP)
        packet.tcpFlags = withBit(withBit(packet.tcpFlags, ECE_BIT, ece), CWR_BIT, cwr);
      packet.rewrites++;
      const was = packet.tos;
      if (ect !== null) packet.tos = (was & ~3) | (ect & 3);
      const effect =
        was === packet.tos
          ? ({ kind: 'count' } as const)
          : ({ kind: 'set', field: 'tos', was, is: packet.tos } as const);
      return { effect, control: CONTINUE };
    },
  };
};

function withBit(flags: number, bit: number, value: number | null | undefined): number {
  if (value === null || value === undefined) return flags;
  return value === 0 ? flags & ~bit : flags | bit;
}

/** `-j TCPMSS --set-mss 1400` gives a bare TCP header the option it lacks: four bytes more (tcpmss_mangle_packet). */
export const tcpmss: TargetCompiler = () => ({
  act: (packet) => {
    packet.rewrites++;
    const bare = (packet.family === 4 ? 20 : 40) + 20;
    if (packet.protocol === TCP && packet.length === bare) packet.length += 4;
    return { effect: { kind: 'count' }, control: CONTINUE };
  },
});
