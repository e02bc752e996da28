/** What the traced ways show: whether packets arrive, and whether answers come back. */
import { groupBy } from '../../text/groupBy.ts';
import { IPVS } from '../../kernel/ruleAt.ts';
import type { FindingPlace } from '../findings/finding.ts';
import { NFT } from '../nftSource.ts';
import { cureOf, cureOfSetting } from '../findings/packet/cures.ts';
import { either, plural } from '../narrative/words.ts';
import { beforeNode } from '../services/passesBy.ts';
import { fromWords } from '../ways/vantages.ts';
import type { Way } from '../ways/way.ts';
import { MOST_FRONTENDS } from '../ways/ways.ts';
import type { DiagnosisStep, StepEvidence, StepState } from './diagnosis.ts';
import type { DiagnosisSubject } from './subject.ts';

export function pathsStep(ways: readonly Way[], subject: DiagnosisSubject): DiagnosisStep {
  const step = traced(ways, subject);
  const message = `${step.message}${assumedWords(ways)}${noPodWords(ways)}`;
  return {
    ...step,
    message,
    standing: `${subject.name}: ${message}`,
    evidence: [...step.evidence, ...beforeThisNode(ways, subject)],
  };
}

/** Assumptions under which packets arrive: one of each kind, those of fewest ways first, since the others hold for all. */
function assumedWords(ways: readonly Way[]): string {
  const passing = ways.filter(({ verdict }) => verdict === 'forward' || verdict === 'local');
  const all = passing.flatMap(({ assumes }) => assumes);
  const kinds = [...groupBy(all, ({ code }) => code).values()].sort((a, b) => a.length - b.length);
  if (kinds.length === 0) return '';
  const said = kinds.slice(0, MOST_ASSUMED).flatMap(([first]) => first?.message ?? []);
  const left = kinds.length - said.length;
  const more =
    left > 0
      ? ` ${plural(left, 'assumption')} of other kinds ${left === 1 ? 'is' : 'are'} in the traces.`
      : '';
  return ` Assumed: ${said.join(' ')}${more}`;
}

const MOST_ASSUMED = 3;

/** Of a pod nothing is said where none is known. */
function noPodWords(ways: readonly Way[]): string {
  const isKnown = ways.some(({ vantage }) => vantage === 'pod' || vantage === 'given');
  return isKnown || ways.length === 0 ? '' : ' From a pod nothing was traced: no address of one is known.';
}

/** What is left to look at where clients outside come by a node port or a load balancer. */
function beforeThisNode(ways: readonly Way[], { analysis }: DiagnosisSubject): readonly StepEvidence[] {
  const isOutside = ways.some(({ vantage, to }) => vantage === 'outside' && to.kind !== 'clusterIP');
  const provider = analysis.objects?.nodes.find((node) => node.provider !== '')?.provider ?? '';
  return isOutside ? [{ says: beforeNode(provider) }] : [];
}

function traced(ways: readonly Way[], { ports, name }: DiagnosisSubject): DiagnosisStep {
  const left = ports.reduce((sum, { frontends }) => sum + frontends.length, 0) - MOST_FRONTENDS;
  const unread =
    left > 0 ? ` ${plural(left, 'frontend')} more ${left === 1 ? 'was' : 'were'} not traced.` : '';
  if (ways.length === 0) return pathStep('unknown', 'There is no frontend that could be traced.', []);
  const stopped = ways.filter(
    ({ verdict, isMeant }) => !isMeant && (verdict === 'drop' || verdict === 'reject'),
  );
  if (stopped.length > 0)
    return pathStep(
      'fail',
      `${causeWords(stopped)}${cureWords(stopped)}${elsewhere(ways, stopped)}${unread}`,
      stopped,
    );
  const taken = ways.filter(({ cause, isMeant }) => cause?.kind === 'taken' && !isMeant);
  if (taken.length > 0)
    return pathStep(
      'fail',
      `${causeWords(taken)} That is no endpoint of ${name}.${cureOfCause(taken)}${elsewhere(ways, taken)}${unread}`,
      taken,
    );
  const nobodys = ways.filter(({ isToNobody }) => isToNobody);
  if (nobodys.length > 0)
    return pathStep('fail', `${causeWords(nobodys)}${elsewhere(ways, nobodys)}${unread}`, nobodys);
  const partly = ways.filter(({ verdict }) => verdict === 'mixed');
  const lost = partly.filter(({ cause, isMeant }) => cause !== null && !isMeant);
  if (lost.length > 0)
    return pathStep('fail', `${causeWords(lost)}${cureOfCause(lost)}${elsewhere(ways, lost)}${unread}`, lost);
  const open = ways.filter(({ verdict }) => verdict === 'unknown');
  if (open.length > 0) return pathStep('unknown', `${causeWords(open)}${unread}`, open);
  if (partly.length > 0) return pathStep('warn', `${causeWords(partly)}${unread}`, partly);
  const meant = ways.filter(({ isMeant }) => isMeant);
  const asked = new Set(ways.map(({ vantage }) => vantage));
  const places = asked.has('given') ? fromWords.given : `from each of ${plural(asked.size, 'place')}`;
  const but =
    meant.length === 0
      ? ''
      : ', but where the traffic policy or the source ranges of the Service itself refuse them';
  return pathStep('ok', `Packets pass this node ${places} to each frontend${but}.${unread}`, ways);
}

export function repliesStep(ways: readonly Way[], name: string): DiagnosisStep {
  const lost = ways.filter(({ verdict, isToNobody }) => verdict === 'unanswered' && !isToNobody);
  const step = (state: StepState, message: string): DiagnosisStep => ({
    id: 'replies',
    state,
    message,
    standing: `${name}: ${message}`,
    evidence: lost.map(evidenceOf),
  });
  if (lost.length > 0) return step('fail', `${causeWords(lost)}${cureOfCause(lost)}`);
  const passing = ways.filter(({ verdict }) => verdict === 'forward' || verdict === 'local');
  return passing.length === 0
    ? step('unknown', 'No packet passes, so that nothing is answered.')
    : step('ok', 'Answers come back through this node to who asked.');
}

function pathStep(state: StepState, message: string, ways: readonly Way[]): DiagnosisStep {
  return { id: 'paths', state, message, evidence: ways.map(evidenceOf) };
}

function evidenceOf({ frontend, vantage, headline, at, packet }: Way): StepEvidence {
  return {
    says: `${frontend} ${fromWords[vantage]}: ${headline}`,
    packet,
    ...(at === null ? {} : { at }),
  };
}

/** The cause that most ways share, with the ways that have it: `From outside to node port 30080/TCP: Dropped by …`. */
function causeWords(ways: readonly Way[]): string {
  const causes = [...groupBy(ways, ({ headline }) => headline).values()].sort((a, b) => b.length - a.length);
  const [most = []] = causes;
  const froms = either([...new Set(most.map(({ vantage }) => fromWords[vantage]))], 'and');
  const tos = [...new Set(most.map(({ frontend }) => frontend))];
  const to = tos.length > 2 ? plural(tos.length, 'frontend') : tos.join(' and ');
  return `${froms.charAt(0).toUpperCase()}${froms.slice(1)} to ${to}: ${most[0]?.headline ?? ''}`;
}

/** Of somebody's own rule; kube-proxy's say what to do where they are told of. */
function cureWords(stopped: readonly Way[]): string {
  if (stopped.every(isForeign)) return ' Accept these packets before that rule, or change the rule.';
  return cureOfCause(stopped);
}

/** Of the rule of somebody else's, the policy or the setting of the kernel that ends packets, or keeps their answers. */
function cureOfCause(ways: readonly Way[]): string {
  const [cause] = ways.flatMap((way) => way.cause ?? []);
  if (cause === undefined) return '';
  const { at, words } = cause;
  const cure = at === null || isOwn(at) ? cureOfSetting(words) : cureOf(cause);
  return cure === null ? '' : ` ${cure}`;
}

function isForeign({ at }: Way): boolean {
  return at !== null && 'chain' in at && !isOwn(at);
}

/** Whether kube-proxy wrote it, in whatever mode: who changes that has it written anew. */
function isOwn(at: FindingPlace): boolean {
  if (!('chain' in at)) return false;
  const { source, table, chain } = at;
  return chain.startsWith('KUBE-') || source === IPVS || (source === NFT && table.endsWith(' kube-proxy'));
}

/** From where the Service is reached all the same. */
function elsewhere(ways: readonly Way[], stopped: readonly Way[]): string {
  const bad = new Set(stopped.map(({ vantage }) => vantage));
  const good = [
    ...new Set(
      ways
        .filter(({ verdict }) => verdict === 'forward' || verdict === 'local')
        .map(({ vantage }) => vantage),
    ),
  ].filter((each) => !bad.has(each));
  return good.length === 0
    ? ''
    : ` It is reached ${either(
        good.map((each) => fromWords[each]),
        'and',
      )}.`;
}
