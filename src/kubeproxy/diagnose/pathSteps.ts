/** What the traced ways show: whether packets arrive, and whether answers come back. */
import { groupBy } from '../../text/groupBy.ts';
import { either, plural } from '../narrative/words.ts';
import { fromWords } from '../ways/vantages.ts';
import type { Way } from '../ways/way.ts';
import { MOST_FRONTENDS } from '../ways/ways.ts';
import type { DiagnosisStep, StepEvidence, StepState } from './diagnosis.ts';
import type { DiagnosisSubject } from './subject.ts';

export function pathsStep(ways: readonly Way[], { ports }: DiagnosisSubject): DiagnosisStep {
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
  const open = ways.filter(({ verdict }) => verdict === 'unknown');
  if (open.length > 0) return pathStep('unknown', `${causeWords(open)}${unread}`, open);
  const partly = ways.filter(({ verdict }) => verdict === 'mixed');
  if (partly.length > 0) return pathStep('warn', `${causeWords(partly)}${unread}`, partly);
  const meant = ways.filter(({ isMeant }) => isMeant);
  const places = plural(new Set(ways.map(({ vantage }) => vantage)).size, 'place');
  const but =
    meant.length === 0
      ? ''
      : ', but where the traffic policy or the source ranges of the Service itself refuse them';
  return pathStep(
    'ok',
    `Packets pass this node from each of ${places} to each frontend${but}.${unread}`,
    ways,
  );
}

export function repliesStep(ways: readonly Way[]): DiagnosisStep {
  const lost = ways.filter(({ verdict }) => verdict === 'unanswered');
  const step = (state: StepState, message: string): DiagnosisStep => ({
    id: 'replies',
    state,
    message,
    evidence: lost.map(evidenceOf),
  });
  if (lost.length > 0) return step('fail', causeWords(lost));
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
  return stopped.every(isForeign) ? ' Accept these packets before that rule, or change the rule.' : '';
}

function isForeign({ at }: Way): boolean {
  return at !== null && 'chain' in at && !at.chain.startsWith('KUBE-');
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
