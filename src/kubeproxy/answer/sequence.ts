/** What of a sequence's results may be said where other rules of the node may decide about its packets. */
import type { Flow } from '../../kernel/flow.ts';
import { summary } from '../../kernel/passage/travel.ts';
import type { Assumption, JointTrace, Trace } from '../../kernel/trace.ts';
import { type AnswerSource, elsewhereOf } from './elsewhere.ts';
import { withoutGuesses } from './withoutGuesses.ts';

/** The packets of a sequence, each with those before it. */
function packetsOf(flow: Flow): readonly Flow[] {
  const { then = [], ...first } = flow;
  return [first, ...then].map((packet, index) => {
    const after = [...(first.after ?? []), ...[first, ...then].slice(0, index)];
    return after.length === 0 ? packet : { ...packet, after };
  });
}

/**
 * The sequence as it may be told: results that other rules could change are `unknown`, ways that are alike then are one,
 * and an assumption says why. `trace` follows one packet after others. The same object where nothing is unknown.
 */
export function unknownSequence(
  followed: JointTrace,
  flow: Flow,
  source: AnswerSource,
  trace: (packet: Flow) => Trace,
): JointTrace {
  const reasons = new Set<string>();
  const standing = packetsOf(flow).map((packet) => {
    const elsewhere = elsewhereOf(packet, source);
    if (elsewhere === null) return null;
    const alone = trace(packet);
    const told = withoutGuesses(alone, packet, source, elsewhere);
    if (told === alone) return null;
    reasons.add(elsewhere.reason);
    return certainOf(alone, told);
  });
  if (reasons.size === 0) return followed;
  const joint = new Map<string, { readonly results: readonly string[]; probability: number }>();
  for (const { results: before, probability } of followed.joint) {
    const results = before.map((result, at) => (standing[at]?.has(result) === false ? 'unknown' : result));
    const known = joint.get(results.join('\n'));
    if (known === undefined) joint.set(results.join('\n'), { results, probability });
    else known.probability += probability;
  }
  const assumptions = [...followed.assumptions, ...[...reasons].map(whyUnknown)];
  return { joint: [...joint.values()], assumptions };
}

/** The results that only outcomes have that stand. */
function certainOf(alone: Trace, told: Trace): ReadonlySet<string> {
  const nameOf = (index: number): string => {
    const outcome = alone.outcomes[index];
    return outcome === undefined ? 'unknown' : summary(outcome);
  };
  const isSame = told.outcomes.map((outcome, index) => outcome === alone.outcomes[index]);
  const open = new Set(isSame.flatMap((same, index) => (same ? [] : [nameOf(index)])));
  return new Set(isSame.map((_, index) => nameOf(index)).filter((name) => !open.has(name)));
}

function whyUnknown(reason: string, at: number): Assumption {
  return {
    key: `services-elsewhere:${at}`,
    code: 'services-elsewhere',
    message: `What becomes of a packet is not known: ${reason}.`,
    branched: false,
    claim: null,
    about: null,
  };
}
