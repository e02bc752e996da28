/** Connections of real clients through one cluster's rules, and what the judge of sentences says of them. */
import type { Analysis } from '../../../src/kubeproxy/analysis.ts';
import { analysisOfFiles } from '../../../src/kubeproxy/analysis.ts';
import type { SnapshotFileName } from '../../../src/kernel/snapshot.ts';
import type { Reading } from '../../support/sentences/claims.ts';
import { Verdicts } from '../../support/sentences/complaint.ts';
import { readTold } from '../../support/sentences/grammar.ts';
import { factsOf, type NodeFacts } from '../../support/sentences/nodeFacts.ts';
import type { ClusterOfDump } from './clusters.ts';
import { handMade, handMadeSilence } from './handMade.ts';
import { heardOf, judgeHeard } from './judge.ts';
import { endpointsOf } from './objects.ts';
import { type Asked, questionsOf, STRANGERS } from './questions.ts';
import { toldOf } from './tell.ts';
import { type Place, World } from './world.ts';

export interface HeardComplaint {
  readonly kind: string;
  /** The question, what is wrong, what was told and what was heard, in a line. */
  readonly text: string;
}

export interface ClusterVerdict {
  readonly connections: number;
  readonly claims: number;
  readonly complaints: readonly HeardComplaint[];
}

/** `most`: so many questions at most, from all over; each is several connections, told with three sets of files. */
export async function connectAndJudge(
  { backend, rules, objects, routeLocalnet }: ClusterOfDump,
  most: number,
): Promise<ClusterVerdict> {
  const places = endpointsOf(objects);
  const strangers = Object.values(STRANGERS).flatMap(({ near, far }) => [near, far]);
  const pods = [...new Set([...places.map(({ address }) => address), ...strangers])];
  const sysctls = [`net.ipv4.conf.all.route_localnet=${routeLocalnet}`];
  const world = new World({ backend, rules, pods: pods.filter(isPod), sysctls });
  return judgeIn(world, places, objects, (facts) => spread(questionsOf(facts, places), most));
}

/** What settings a bridge of Pods has. */
export interface BridgeSettings {
  /** As the CNI plugin `bridge` calls it: off unless asked for. */
  readonly hairpin: boolean;
  /** Whether bridges ask the rules of IPv4; those of IPv6 they do. */
  readonly filtered: 0 | 1;
}

/** As `connectAndJudge`, through rules that no kube-proxy wrote. */
export async function connectByHand(
  routeLocalnet: 0 | 1,
  { hairpin, filtered }: BridgeSettings,
): Promise<ClusterVerdict> {
  const { rules, pods, places, asked } = handMade;
  const sysctls = [
    `net.ipv4.conf.all.route_localnet=${routeLocalnet}`,
    `net.bridge.bridge-nf-call-iptables=${filtered}`,
  ];
  const world = new World({ backend: 'nft', rules, pods, sysctls, hairpin });
  const verdict = await judgeIn(world, places, null, () => asked);
  // Rules alone do not tell of bridges: their answers take hairpin mode and filtering for granted, aloud.
  const isUsual = hairpin && filtered === 1;
  const complaints = verdict.complaints.filter(({ kind }) => isUsual || !kind.endsWith('(rules alone)'));
  return { ...verdict, complaints };
}

function spread<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, all.length / most);
  return all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** As `connectByHand`, where rules and routes keep refusals from those who are refused. Rules alone do not tell of routes. */
export async function connectInSilence(): Promise<ClusterVerdict> {
  const { rules, pods, places, asked, commands } = handMadeSilence;
  const world = new World({ backend: 'nft', rules, pods, commands });
  const verdict = await judgeIn(world, places, null, () => asked);
  return { ...verdict, complaints: verdict.complaints.filter(({ kind }) => !kind.endsWith('(rules alone)')) };
}

async function judgeIn(
  world: World,
  places: readonly Place[],
  objects: string | null,
  questions: (facts: NodeFacts) => readonly Asked[],
): Promise<ClusterVerdict> {
  try {
    await world.serve(places);
    const files = world.snapshot();
    const facts = factsOf(files);
    const asked = questions(facts);
    const heard = await world.ask(asked.map(({ question }) => question));
    const complaints: HeardComplaint[] = [];
    let claims = 0;
    for (const [title, analysis] of analysesOf(files, objects)) {
      for (const [index, each] of asked.entries()) {
        const verdict = await judgeOne(analysis, title, each, heard[index] ?? [], facts);
        claims += verdict.claims;
        complaints.push(...verdict.complaints);
      }
    }
    return { connections: heard.flat().length, claims, complaints };
  } finally {
    world.close();
  }
}

function isPod(address: string): boolean {
  return /^(?:10\.244|fd00:10:244)[.:]/.test(address);
}

/** With all of the node's files and the cluster's objects, without objects, and with rules alone. */
function analysesOf(
  files: ReadonlyMap<SnapshotFileName, string>,
  objects: string | null,
): readonly (readonly [title: string, analysis: Analysis])[] {
  const names: readonly SnapshotFileName[] = ['iptables-save.txt', 'ip6tables-save.txt'];
  const rules = new Map(names.map((name) => [name, files.get(name) ?? '']));
  return [
    ...(objects === null
      ? []
      : [['files and objects', analysisOfFiles(new Map([...files, ['objects.json', objects]]))] as const]),
    ['files', analysisOfFiles(files)],
    ['rules alone', analysisOfFiles(rules)],
  ];
}

async function judgeOne(
  analysis: Analysis,
  title: string,
  { question, from, to, client }: Asked,
  answers: readonly string[],
  facts: NodeFacts,
): Promise<Omit<ClusterVerdict, 'connections'>> {
  const told = await toldOf(analysis, from, to, question.protocol);
  const verdicts = new Verdicts();
  const reading = readTold(told);
  for (const sentence of reading.unread) verdicts.claim('a sentence that is not understood', false, sentence);
  judgeHeard(reading, { client, heard: answers.map(heardOf), takenForOthers: told.takenForOthers }, verdicts);
  judgeEndpoints(told.toNote, to, reading, answers, facts, verdicts);
  const words = [told.headline, ...told.details].join(' ');
  const complaints = verdicts.complaints.map(({ sort, kind, truth }) => ({
    kind: `${sort}: ${kind} (${title})`,
    text: `${title}: ${from} to ${to} ${question.protocol}: ${sort}, ${kind}: ${truth} | ${words} | ${tally(answers)}`,
  }));
  return {
    claims: verdicts.claims,
    complaints: [...new Map(complaints.map((each) => [each.kind, each])).values()],
  };
}

/** Whose endpoint the destination is said to be, and whose those are that answered. */
function judgeEndpoints(
  note: string,
  to: string,
  { headline }: Reading,
  answers: readonly string[],
  facts: NodeFacts,
  verdicts: Verdicts,
): void {
  const whose = /^endpoint of (\S+?)(?:,|$)/.exec(note)?.[1];
  if (whose !== undefined) {
    const own = facts.endpoints(to.startsWith('[') ? 6 : 4, whose);
    verdicts.claim('whose endpoint the destination is', own.includes(to), note);
  }
  const ends = headline === null || headline.open ? [] : headline.fates.map(({ end }) => end);
  const services = ends.flatMap((end) => (end.kind === 'passes' ? (end.service ?? []) : []));
  if (services.length === 0) return;
  for (const heard of answers.map(heardOf)) {
    if (heard.kind !== 'ok') continue;
    const own = services.flatMap((name) => facts.endpoints(heard.endpoint.startsWith('[') ? 6 : 4, name));
    verdicts.claim('endpoint of the Service', own.includes(heard.endpoint), heard.endpoint);
  }
}

/** `4 × TIMEOUT, 2 × OK …` */
function tally(answers: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return [...counts].map(([answer, count]) => `${count} × ${answer}`).join(', ');
}
