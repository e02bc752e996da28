/** What clients of a Service that is refused for want of endpoints notice: packets of them are traced, and the refusal back. */
import type { Outcome } from '../../../kernel/trace.ts';
import { groupBy } from '../../../text/groupBy.ts';
import { append } from '../../../text/lists.ts';
import type { Steps } from '../../../values/steps.ts';
import type { Analysis } from '../../analysis.ts';
import { podInNetwork } from '../../form/somePod.ts';
import { contextOf } from '../../narrative/context.ts';
import { type RefusalNotice, refusalNotice } from '../../narrative/noticed.ts';
import { either } from '../../narrative/words.ts';
import type { ServicePort } from '../../services/catalog.ts';
import type { Frontend } from '../../services/frontend.ts';
import { isByService } from '../../ways/cause.ts';
import { bracketed, packetFrom, packetTo } from '../../ways/vantages.ts';
import type { Vantage } from '../../ways/way.ts';
import { traceOf } from '../../ways/ways.ts';
import type { Finding } from '../finding.ts';
import { isRefused, type RefusedFinding, saying } from '../refused.ts';
import { vantageList } from './words.ts';

/** Who stands for the clients that a refusal is for. */
const ASKED = ['pod', 'node', 'outside'] as const satisfies readonly Vantage[];

/** What one of them notices. */
interface Noticed {
  readonly vantage: Vantage;
  /** Null where nothing tells. */
  readonly notice: RefusalNotice | null;
}

/** The same findings; those of refused Services say what clients notice, as far as that is known. Pauses between traces. */
export function* withNotices(analysis: Analysis, found: readonly Finding[]): Steps<readonly Finding[]> {
  const known: Known = new Map();
  const told: Finding[] = [];
  for (const finding of found) {
    if (!isRefused(finding)) told.push(finding);
    else told.push(saying(finding, { notice: yield* noticeWords(finding, analysis, known) }));
  }
  return told;
}

/** By family, protocol and kind of frontend: the refusal goes the same way back whichever of the Services it is for. */
type Known = Map<string, readonly Noticed[]>;

function* noticeWords({ port, family }: RefusedFinding, analysis: Analysis, known: Known): Steps<string> {
  const all: Noticed[] = [];
  for (const frontend of port.frontends) {
    if (frontend.family !== family || frontend.fate !== 'rejected') continue;
    const key = `${family} ${frontend.protocol} ${frontend.kind}`;
    const before = known.get(key);
    const noticed = before ?? (yield* noticedAt(port, frontend, analysis));
    if (before === undefined) known.set(key, noticed);
    append(all, noticed);
  }
  return wordsOf(all, port.protocol);
}

function* noticedAt(port: ServicePort, frontend: Frontend, analysis: Analysis): Steps<readonly Noticed[]> {
  const noticed: Noticed[] = [];
  for (const vantage of ASKED) {
    // To list every Service's endpoints for one that stands for any pod costs more than all other findings of a Service.
    const pod = vantage === 'pod' ? podInNetwork(frontend.family, analysis) : null;
    const packet =
      pod === null
        ? packetFrom(vantage, port, frontend, analysis)
        : packetTo(frontend, `pod:${bracketed(pod)}`);
    const traced = packet === null ? null : traceOf(packet, analysis);
    yield;
    // Nobody outside asks a cluster IP; of a pod nothing is known where no address of one is.
    if (traced === null && vantage === 'pod') noticed.push({ vantage, notice: null });
    if (traced === null) continue;
    const { answer, flow } = traced;
    const context = contextOf(flow, analysis, undefined, answer);
    const isRefusal = (outcome: Outcome): boolean =>
      outcome.verdict === 'reject' && isByService(outcome, context);
    // What becomes of other packets is another finding's; but then not all clients notice the same.
    if (answer.outcomes.length === 0 || !answer.outcomes.every(isRefusal)) {
      noticed.push({ vantage, notice: null });
      continue;
    }
    const notices = answer.outcomes.map((outcome) => refusalNotice(outcome, context));
    const [first = null] = notices;
    const isOne = new Set(notices.map(keyOf)).size === 1;
    noticed.push({ vantage, notice: isOne ? first : null });
  }
  return noticed;
}

/** `clients see "connection refused" at once`; empty where nothing tells. */
function wordsOf(all: readonly Noticed[], protocol: string): string {
  const groups = [...groupBy(oneEach(all), ({ notice }) => keyOf(notice)).values()];
  const isOne = groups.length === 1;
  // A reason ends the sentence.
  const ordered = groups.toSorted((one, other) => Number(isLost(one)) - Number(isLost(other)));
  const said = ordered.flatMap((own) => {
    const notice = own[0]?.notice ?? null;
    if (notice === null) return [];
    const from = isOne ? '' : ` ${vantageList(own)}`;
    return [`${phraseOf(notice, protocol)}${from}${sinceWords(notice)}`];
  });
  return said.length === 0 ? '' : `clients ${either(said, 'and')}`;
}

function isLost([first]: readonly Noticed[]): boolean {
  return first?.notice?.kind === 'lost';
}

/** Of who notices something else at one frontend than at another one nothing is said. */
function oneEach(all: readonly Noticed[]): readonly Noticed[] {
  return [...groupBy(all, ({ vantage }) => vantage)].map(([vantage, own]) => {
    const isOne = new Set(own.map(({ notice }) => keyOf(notice))).size === 1;
    return { vantage, notice: isOne ? (own[0]?.notice ?? null) : null };
  });
}

function keyOf(notice: RefusalNotice | null): string {
  return JSON.stringify(notice);
}

/** Behind "clients". */
function phraseOf(notice: RefusalNotice, protocol: string): string {
  switch (notice.kind) {
    case 'seen':
      return `see "${notice.error}"${protocol === 'tcp' ? ' at once' : ''}`;
    case 'told':
      return `are told "${notice.error}" at once`;
    case 'denied':
      return 'are told "operation not permitted" at once';
    case 'lost':
      return 'wait in vain';
    default:
      return 'get no answer';
  }
}

function sinceWords(notice: RefusalNotice): string {
  return notice.kind === 'lost' ? `, since the refusal ${notice.how}` : '';
}
