import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Flow } from '../../src/kernel/flow.ts';
import { flowResult, readFlow } from '../../src/kernel/flows.ts';
import type { Reply } from '../../src/kernel/replies.ts';
import { differenceFrom, type Recording } from './recordings.ts';
import { conformanceFolder, enginesOf, filesIn, linesOf, scenarios, SKIP_REASON } from './snapshots.ts';

const recordings = conformanceFolder;

/** A recorded answer: what the receiver sent behind one packet, and what the kernel did with it. */
interface RecordedReply extends Recording {
  readonly note?: string;
}

if (recordings === null) {
  test.skip(`answers end as the kernel recorded them (${SKIP_REASON})`, () => {});
} else {
  describe('answers end as the kernel recorded them', () => {
    test.each(scenarios(recordings))('%s', (name) => {
      const folder = join(recordings, 'kernel', name);
      const engineOf = enginesOf(filesIn(folder));
      const differences = linesOf(join(folder, 'flows.jsonl')).flatMap((line) => {
        const recording: RecordedReply = JSON.parse(line);
        if (recording.note?.startsWith('reply ') !== true) return [];
        const reading = readFlow(recording);
        if (reading.kind === 'error') return [reading.message];
        const { flow: recorded } = reading;
        const [request] = recorded.after ?? [];
        if (request === undefined) return [];
        const engine = engineOf(request.family);
        const replies = engine.replies(request, engine.trace(request)).byOutcome.flat();
        const difference = differenceOf(recording, recorded, replies);
        return difference === null ? [] : [`${recorded.id}: ${difference}`];
      });
      expect(differences).toEqual([]);
    });
  });
}

/**
 * Null also where the recorded answer is none that anybody would send, or came another way than the node's routes tell:
 * to a reset, past the node, by an interface at random.
 */
function differenceOf(recording: Recording, recorded: Flow, replies: readonly Reply[]): string | null {
  const walked = replies.flatMap(({ way, outcome }) =>
    way.kind === 'through' && outcome !== null ? [{ flow: way.flow, outcome }] : [],
  );
  if (replies.length === 0) return 'no answer';
  const [first] = walked;
  const alike = walked.filter(({ flow }) => comingOf(flow) === comingOf(recorded));
  if (first === undefined || (alike.length === 0 && first.flow.from.interface !== recorded.from.interface)) {
    return null;
  }
  if (alike.length === 0) return `${comingOf(first.flow)}, not ${comingOf(recorded)}`;
  const total = alike.reduce((sum, { outcome }) => sum + outcome.probability, 0);
  const outcomes = alike.map(({ outcome }) => ({ ...outcome, probability: outcome.probability / total }));
  return differenceFrom(recording, flowResult(recorded, { outcomes, assumptions: [] }));
}

function comingOf({ from, to }: Flow): string {
  return `${from.address}:${from.port} > ${to.address}:${to.port} by ${from.interface}`;
}
