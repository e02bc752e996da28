/** What a capture shows of a connection's fate, beside what our trace says of it. */
import { formatEndpoint } from '../../kernel/endpoint.ts';
import { readPlace } from '../../kernel/ruleAt.ts';
import type { Outcome } from '../../kernel/trace.ts';
import { percent } from '../words/percent.ts';
import type { LaidConnection, LaidPacket, Stage } from './laidBeside.ts';

export interface Answered {
  /** `logged`: the packets stand in a log of rules, which does not tell. */
  readonly kind: 'answered' | 'refused' | 'unanswered' | 'logged';
  /** Sentences in plain text; hold text of the capture. */
  readonly words: readonly string[];
}

export function answeredOf({ packets, outcomes, problem }: LaidConnection): Answered {
  const of = (stage: Stage): readonly LaidPacket[] => packets.filter((each) => each.stage === stage);
  const replies = of('reply-after').filter(({ captured }) => !isReset(captured.packet.flags));
  const hasReset = of('reply-after').length > replies.length;
  const own = problem ?? ownWords(outcomes);
  if (packets.some(({ captured }) => captured.isLogged)) return { kind: 'logged', words: [LOGGED, own] };
  if (replies.length > 0) return { kind: 'answered', words: ['Answered.', own] };
  if (hasReset) return { kind: 'refused', words: ['Refused: the answer is a reset.', own] };
  return { kind: 'unanswered', words: [silence(of('request-before')), whereLost(of), own] };
}

const LOGGED = 'A rule has logged it; that does not tell whether it was answered.';

function isReset(flags: readonly string[]): boolean {
  return flags.includes('RST');
}

/** With `-i any` one packet is seen on each interface that it passes: only those of the first one are counted. */
function silence(seen: readonly LaidPacket[]): string {
  const at = seen[0]?.captured.packet.input;
  const requests = seen.filter(({ captured }) => captured.packet.input === at);
  const times = requests.flatMap(({ captured }) => captured.seconds ?? []);
  const [first, last] = [times[0], times.at(-1)];
  if (requests.length < 2 || first === undefined || last === undefined)
    return 'Not answered in this capture.';
  return `Never answered: sent ${requests.length} times in ${(last - first).toFixed(1)} s.`;
}

/** As far as the capture saw it: it may not have listened where the packet went. */
function whereLost(of: (stage: Stage) => readonly LaidPacket[]): string {
  const left = of('request-after')[0]?.captured.packet;
  if (of('reply-before').length > 0) return 'The reply came to this node, and was not seen behind it.';
  if (left === undefined) return 'It was not seen behind the rules of this node.';
  return `It was seen behind the rules${left.output === null ? '' : `, out by ${left.output}`}; no reply to it was seen.`;
}

/** So many ends are named. */
const MOST_ENDS = 5;

function ownWords(outcomes: readonly Outcome[]): string {
  const ends = outcomes.slice(0, MOST_ENDS).map((outcome) => {
    const share = outcomes.length === 1 ? '' : `${percent(outcome.probability)} `;
    return `${share}${endWords(outcome)}`;
  });
  const more = outcomes.length > MOST_ENDS ? ` and ${outcomes.length - MOST_ENDS} more` : '';
  return `Our own trace: ${ends.join(', ')}${more}.`;
}

function endWords({ verdict, destination, by, reason }: Outcome): string {
  const to = destination === null ? '' : ` ${formatEndpoint(destination)}`;
  switch (verdict) {
    case 'forward':
      return `forwarded to${to}`;
    case 'local':
      return `delivered to this node at${to}`;
    case 'drop':
    case 'reject':
      return `${verdict === 'drop' ? 'dropped' : 'rejected'} by ${placeWords(by)}${reason === null ? '' : ` (${reason})`}`;
    default:
      return 'not known';
  }
}

/** `filter/FORWARD/0` → `rule 1 of filter FORWARD` */
function placeWords(by: string | null): string {
  const place = by === null ? null : readPlace(by);
  if (place === null) return by === null || by === 'kernel' ? 'the kernel' : by;
  const { table, chain, index } = place;
  return index === 'policy' ? `the policy of ${table} ${chain}` : `rule ${index + 1} of ${table} ${chain}`;
}
