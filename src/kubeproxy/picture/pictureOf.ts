/** The picture of a packet's way, from its answer and what is told of it. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import type { Flow } from '../../kernel/flow.ts';
import type { Outcome } from '../../kernel/trace.ts';
import { groupBy } from '../../text/groupBy.ts';
import { askedOf, replyEnd, type ReplyEnd } from '../answer/replies.ts';
import type { Leg } from '../journey/journey.ts';
import type { NarrativeOutcome, NarrativeStage } from '../narrative/narrative.ts';
import { type Onward, onwardNotice } from '../narrative/onward.ts';
import { plural } from '../narrative/words.ts';
import { ownNodeName } from '../ownNode.ts';
import type { Picture, PictureBranch, PictureWay } from './picture.ts';
import { happens } from './words.ts';

/** A leg without where it goes on to. */
export type PictureSubject = Pick<Leg, 'narrative' | 'answer' | 'flow' | 'analysis' | 'onward'>;

/** From so many arrows on, those to endpoints that are reached alike are one. */
const MANY = 6;

/** So many arrows are drawn; of more the rest is one. */
const MOST = 12;

/** An outcome as it is told, with the one of the engine that it tells. */
interface Told {
  readonly told: NarrativeOutcome;
  readonly outcome: Outcome;
}

/** `fromNote`: how the source was understood: `pod default/client, enters by cni0`. */
export function pictureOf(leg: PictureSubject, fromNote: string): Picture {
  const { narrative, answer, flow, analysis } = leg;
  const groups = narrative.groups.map(({ condition, outcomes }) => ({
    condition,
    outcomes: outcomes.flatMap((told): readonly Told[] => {
      const outcome = answer.outcomes[Number(told.id.slice(1))];
      return outcome === undefined ? [] : [{ told, outcome }];
    }),
  }));
  return {
    headline: narrative.headline,
    verdict: narrative.verdict,
    from: fromOf(flow, fromNote),
    packet: `${senderOf(flow)} → ${formatEndpoint(askedOf(flow))}`,
    interface: interfaceOf(flow, fromNote),
    node: ownNodeName(analysis) ?? 'this node',
    branches: groups.flatMap(({ condition, outcomes }) => branchesOf(condition, outcomes, leg)),
    back: backOf(leg),
  };
}

function senderOf({ from }: Flow): string {
  return from.address === null ? '*' : formatEndpoint({ address: from.address, port: from.port });
}

function fromOf(flow: Flow, note: string): Picture['from'] {
  const { kind, address } = flow.from;
  const title = { pod: 'a Pod', external: 'a client outside', node: 'this node' }[kind];
  const [named = ''] = note.split(/, enters by/u);
  return { title: named === '' ? title : named, subtitle: address ?? '' };
}

/** Where it enters stands in the note, if that was worked out. */
function interfaceOf({ from }: Flow, note: string): string | null {
  if (from.kind === 'node') return null;
  return from.interface ?? /, enters by (\S+)$/u.exec(note)?.[1] ?? null;
}

function branchesOf(
  condition: string,
  outcomes: readonly Told[],
  leg: PictureSubject,
): readonly PictureBranch[] {
  const isMany = new Set(outcomes.map(({ told }) => told.title)).size > MANY;
  const ways = groupBy(outcomes, (each) => wayKey(each, isMany, leg));
  const byStops = groupBy(
    [...ways.values()].flatMap(([first, ...more]) =>
      first === undefined ? [] : wayOf([first, ...more], leg),
    ),
    ({ stops }) => happeningIn(stops),
  );
  return [...byStops.values()].flatMap((alike): readonly PictureBranch[] => {
    const sorted = alike.map(({ way }) => way).toSorted((a, b) => b.share - a.share);
    const [first, ...rest] = fewOf(sorted);
    const stops = alike[0]?.stops ?? [];
    return first === undefined ? [] : [{ condition, stops, ways: [first, ...rest] }];
  });
}

/** Of many ways the last are told as one. */
function fewOf(ways: readonly PictureWay[]): readonly PictureWay[] {
  const [last, ...others] = ways.slice(MOST - 1);
  if (last === undefined || others.length === 0) return ways;
  const rest = {
    ...last,
    outcomes: [...last.outcomes, ...others.flatMap(({ outcomes }) => outcomes)] as const,
    share: [last, ...others].reduce((sum, { share }) => sum + share, 0),
    title: plural(others.length + 1, 'more way'),
    subtitle: '',
    interface: null,
    packet: '',
    changes: [],
    onward: '',
  };
  return [...ways.slice(0, MOST - 1), rest];
}

function wayKey({ told, outcome }: Told, isMany: boolean, leg: PictureSubject): string {
  const { mark, title, subtitle, sourceChange, marks, verdict } = told;
  const isEndpoint = verdict === 'forward' && outcome.destination !== null;
  const end = isMany && isEndpoint ? '' : `${title} ${subtitle}`;
  const stops = happeningIn(stopsOf(told));
  const onward = leg.onward(outcome);
  return JSON.stringify([
    end,
    mark,
    outcome.interface,
    sourceChange?.is ?? '',
    marks,
    stops,
    onward?.node ?? '',
    beyond(onward),
  ]);
}

function wayOf(
  alike: readonly [Told, ...Told[]],
  leg: PictureSubject,
): { readonly stops: readonly NarrativeStage[]; readonly way: PictureWay } {
  const [{ told, outcome }, ...more] = alike;
  const titles = new Set(alike.map((each) => each.told.title));
  const isOne = titles.size === 1;
  const { source, destination, interface: out, verdict } = outcome;
  const isStopped = verdict === 'drop' || verdict === 'reject';
  const to = destination === null ? null : isOne ? formatEndpoint(destination) : 'each';
  const { node = '' } = leg.onward(outcome) ?? {};
  return {
    stops: stopsOf(told),
    way: {
      outcomes: [told.id, ...more.map((each) => each.told.id)],
      share: alike.reduce((sum, each) => sum + each.told.share, 0),
      mark: told.mark,
      title: isOne ? told.title : plural(titles.size, 'endpoint'),
      subtitle: isOne ? told.subtitle : node === '' ? '' : `on ${node}`,
      interface: isStopped ? null : out,
      packet: isStopped || source === null || to === null ? '' : `${formatEndpoint(source)} → ${to}`,
      changes: [told.sourceChange, isOne ? told.destinationChange : null].flatMap((each) => each ?? []),
      marks: told.marks,
      isStopped,
      onward: beyond(leg.onward(outcome)),
    },
  };
}

/** What the next node does, the same words for every endpoint there. */
function beyond(onward: Onward | null): string {
  return onward !== null && onward.ends === null
    ? `What ${onward.node} does with it is not known`
    : onwardNotice(onward);
}

/** The end is drawn by itself, and the interface above its arrow. */
function stopsOf({ stages }: NarrativeOutcome): readonly NarrativeStage[] {
  return stages
    .filter(({ hook }) => hook !== 'end')
    .map(({ hook, table, word, stepId }) => ({
      hook,
      table,
      word: word.startsWith('→') ? 'forward' : word,
      stepId,
    }));
}

/** Alike for ways to which the same happens, whatever else they pass. */
function happeningIn(stops: readonly NarrativeStage[]): string {
  return JSON.stringify(stops.filter(happens).map(({ hook, table, word }) => [hook, table, word]));
}

/** Why a reply does not come back: where none does, and where another does. */
const lostWords: Readonly<Partial<Record<ReplyEnd, readonly [all: string, some: string]>>> = {
  stopped: ['the answer is stopped on this node', 'the answer may be stopped on this node'],
  astray: ['the answer does not get to the sender', 'the answer may not get to the sender'],
  past: [
    'the answer goes past this node, and is not known to the sender',
    'the answer may go past this node, and is not known to the sender then',
  ],
  stranger: [
    'the answer comes from somebody whom the sender did not ask',
    'the answer may come from somebody whom the sender did not ask',
  ],
  itself: ['the receiver takes the packet for its own', 'the receiver may take the packet for its own'],
  unheard: ['the sender does not take the answer', 'the sender may not take the answer'],
};

/** Of a reply that comes back as it should, and of all that does not: from whom it seems to come, or why it does not. */
function backOf({ narrative, answer, flow }: PictureSubject): Picture['back'] {
  const { byOutcome } = answer.replies();
  const found = new Set<ReplyEnd>();
  const told = narrative.groups.flatMap(({ outcomes }) => outcomes);
  const nobody = new Set(told.flatMap(({ id, mark }) => (mark === 'unanswered' ? [id] : [])));
  answer.outcomes.forEach((outcome, at) => {
    if ((outcome.verdict !== 'forward' && outcome.verdict !== 'local') || nobody.has(`o${at}`)) return;
    for (const reply of byOutcome[at] ?? []) found.add(replyEnd(reply, outcome, flow));
  });
  return [...found].flatMap((end) => backWords(end, found.size > 1, flow));
}

/** `isOneOf`: other replies end otherwise. */
function backWords(end: ReplyEnd, isOneOf: boolean, flow: Flow): Picture['back'] {
  const [all, some] = lostWords[end] ?? [];
  if (all !== undefined && some !== undefined) return [{ words: isOneOf ? some : all, isLost: true }];
  if (end === 'open') return [{ words: 'what becomes of the answer is not known', isLost: false }];
  if (end !== 'answered') return [];
  const answers = isOneOf ? 'may answer' : 'answers';
  return [{ words: `${formatEndpoint(askedOf(flow))} ${answers} ${senderOf(flow)}`, isLost: false }];
}
