/** The judge of sentences over all flows of a recorded scenario. */
import { join } from 'node:path';
import { readFlow } from '../../../src/kernel/flows.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import type { Reading, ToldEnd } from '../../support/sentences/claims.ts';
import { readTold, type Told } from '../../support/sentences/grammar.ts';
import { filesIn } from '../snapshots.ts';
import { type Complaint, Verdicts } from '../../support/sentences/complaint.ts';
import { judgeDetails } from './details.ts';
import { type Case, judgeHeadline } from './headline.ts';
import { factsOf } from '../../support/sentences/nodeFacts.ts';
import { passed, recordedFlows } from './recorded.ts';
import { judgeSilences } from './silences.ts';
import { toldOf } from './tell.ts';

export interface FlowComplaint extends Complaint {
  /** The flow, what is wrong and what was told, in a line. */
  readonly text: string;
}

interface FolderVerdict {
  readonly claims: number;
  readonly flows: number;
  readonly complaints: readonly FlowComplaint[];
}

export async function judgeFolder(folder: string): Promise<FolderVerdict> {
  const files = filesIn(folder);
  const analysis = analysisOfFiles(files);
  const facts = factsOf(files);
  const complaints: FlowComplaint[] = [];
  let claims = 0;
  let flows = 0;
  for (const flow of recordedFlows(join(folder, 'flows.jsonl'))) {
    const reading = readFlow(flow);
    if (reading.kind === 'error') throw new Error(`${flow.id}: ${reading.message}`);
    const narrative = await toldOf(reading.flow, analysis);
    if (narrative === null) continue;
    const verdicts = judgeTold(narrative, { flow, facts });
    flows++;
    claims += verdicts.claims;
    const told = { headline: narrative.headline, details: narrative.details };
    for (const { sort, kind: plain, truth } of verdicts.complaints) {
      const kind = flow.after === undefined ? plain : `${plain} (later packet)`;
      const text = `${flow.id} ${sort}, ${kind}: ${truth} | ${[told.headline, ...told.details].join(' ')}`;
      complaints.push({ sort, kind, truth, text });
    }
  }
  return { claims, flows, complaints };
}

export function judgeTold(narrative: Told & { readonly verdict: string }, of: Case): Verdicts {
  const verdicts = new Verdicts();
  const reading = readTold(narrative);
  for (const sentence of reading.unread) verdicts.claim('a sentence that is not understood', false, sentence);
  const { headline } = reading;
  if (headline !== null) judgeHeadline(headline, of, verdicts);
  judgeDetails(reading, of, verdicts);
  judgeSilences(reading, [narrative.headline, ...narrative.details].join(' '), of, verdicts);
  judgeMark(narrative.verdict, reading, of, verdicts);
  return verdicts;
}

/** ✓, ✗ or ± in front of the headline. */
function judgeMark(verdict: string, { headline }: Reading, { flow }: Case, verdicts: Verdicts): void {
  if (verdict === 'unknown' || headline === null || headline.open) return;
  if (headline.fates.some(({ end }) => end.kind === 'unknown')) return;
  const lost = headline.losses.length > 0 || headline.fates.some(({ end }) => isUnanswered(end));
  const passing = flow.outcomes.filter(passed).length;
  const every = passing === flow.outcomes.length;
  const mark =
    verdict === 'forward' || verdict === 'local'
      ? '✓'
      : verdict === 'mixed' || verdict === 'unanswered'
        ? '±'
        : '✗';
  const right = every ? (lost ? '±' : '✓') : passing === 0 ? '✗' : '±';
  verdicts.claim('mark', mark === right || (mark === '±' && flow.tries < 30), right);
}

function isUnanswered(end: ToldEnd): boolean {
  return end.kind === 'passes' && end.unanswered;
}
