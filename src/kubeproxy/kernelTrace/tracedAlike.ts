/** A packet of a kernel's trace over a node's rules, beside our own trace of it. */
import type { Analysis } from '../analysis.ts';
import { answerOf } from '../answer/answer.ts';
import { readForm } from '../form/flowForm.ts';
import { compareWith, type Comparison } from './compare.ts';
import type { SeenPacket, TracedPacket } from './events.ts';
import { laidOver, type LaidStep } from './laid.ts';
import { formOfPacket } from './traceForm.ts';

export interface TracedAlike {
  /** As its first line shows it. */
  readonly packet: SeenPacket;
  readonly steps: readonly LaidStep[];
  /** Null where `problem` says why our own trace could not be made. */
  readonly comparison: Comparison | null;
  readonly problem: string | null;
}

/** Null for a packet without lines. */
export function tracedAlike(traced: TracedPacket, analysis: Analysis): TracedAlike | null {
  const packet = traced.events[0]?.packet;
  if (packet === undefined) return null;
  const steps = laidOver(traced, analysis.rulesets[packet.family]);
  const own = ownTrace(packet, analysis);
  return typeof own === 'string'
    ? { packet, steps, comparison: null, problem: own }
    : { packet, steps, comparison: compareWith(steps, own), problem: null };
}

function ownTrace(packet: SeenPacket, analysis: Analysis): Parameters<typeof compareWith>[1] | string {
  const reading = readForm(formOfPacket(packet), analysis);
  if (reading.kind === 'errors') return reading.errors.map(({ message }) => message).join(' ');
  return answerOf(analysis, reading.flow) ?? `there are no rules of IPv${packet.family}`;
}
