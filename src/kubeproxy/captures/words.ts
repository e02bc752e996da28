/** Words for when and where a captured packet was seen. */
import type { CapturedPacket } from './captured.ts';
import type { LaidPacket, Stage } from './laidBeside.ts';

const stageWords: Readonly<Record<Stage, string>> = {
  'request-before': 'before translation',
  'request-after': 'behind the rules',
  'reply-before': 'the reply, before it is translated back',
  'reply-after': 'the reply, translated back',
};

/** Where it was seen. A log does not tell at which hook, so that a packet in it may be translated already. */
export function seenWords({ captured, stage }: LaidPacket): string {
  return captured.isLogged ? 'logged by a rule' : stageWords[stage];
}

/** Since the first of its connection: `+0.000123`; empty where the capture does not tell. */
export function timeWords({ seconds }: CapturedPacket, first: CapturedPacket): string {
  return seconds === null || first.seconds === null ? '' : `+${(seconds - first.seconds).toFixed(6)}`;
}
