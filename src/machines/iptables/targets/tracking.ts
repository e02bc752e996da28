import type { Target } from '../../../rules/iptables/nodes.ts';
import { attachTemplate, untrack } from '../../../kernel/conntrack/template.ts';
import { NO_ZONE, type WantedZone } from '../../../kernel/conntrack/zone.ts';
import { MAX_16, readNumber } from '../../../values/numbers.ts';
import { valueIn } from '../matches/reading.ts';
import { CONTINUE, type CompiledTarget, type TargetCompiler, targetOption, targetValue } from './target.ts';
import { notModelled } from './verdicts.ts';

const doNotTrack: CompiledTarget = {
  act: (packet) => {
    untrack(packet);
    const kind = packet.state === 'UNTRACKED' ? 'notrack' : 'count';
    return { effect: { kind }, control: CONTINUE };
  },
};

/** `-j NOTRACK` */
export const notrack: TargetCompiler = () => doNotTrack;

/** `-j CT --notrack`, or `-j CT --zone 5`: whatever else it asks for, it gives the packet a template. */
export const ct: TargetCompiler = (target, context) => {
  if (targetOption(target, '--notrack') !== null) return doNotTrack;
  const zone = zoneOf(target);
  if (zone === null) return notModelled(target, context);
  return {
    act: (packet) => {
      attachTemplate(packet, zone);
      return { effect: { kind: 'count' }, control: CONTINUE };
    },
  };
};

const options = [
  ['--zone', 'both'],
  ['--zone-orig', 'original'],
  ['--zone-reply', 'reply'],
] as const;

/** Null where the zone cannot be read. */
function zoneOf(target: Target): WantedZone | null {
  for (const [name, counts] of options) {
    if (targetOption(target, name) === null) continue;
    const text = targetValue(target, name) ?? '';
    if (text === 'mark') return { id: 'mark', counts };
    const id = valueIn(readNumber(text, MAX_16));
    return id === null ? null : { id, counts };
  }
  return NO_ZONE;
}
