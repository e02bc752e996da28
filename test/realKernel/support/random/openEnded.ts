/** Matches that a flow does not answer: what the kernel did must be one of the ways that stay open, and a way that cannot be may not. */
import type { Feature, RulePlace } from './feature.ts';

function open({ random, protocol, hook, not }: RulePlace): readonly string[] {
  const ended = hook === 'PREROUTING' || hook === 'INPUT' || hook === 'FORWARD' ? 'in' : 'out';
  return [
    `-m string ${not}--algo ${random.pick(['bm', 'kmp'])} --string "GET /" --from ${random.pick([0, 40])}`,
    `-m string --algo bm ${not}--hex-string "|00 00|" --icase`,
    `-m cpu ${not}--cpu ${random.below(2)}`,
    ...(hook === null ? [] : [`-m policy --dir ${ended} --pol ${random.pick(['none', 'ipsec'])}`]),
    ...(protocol === 'tcp'
      ? [`-m tcpmss ${not}--mss 1:1400`, `-m tcp ${not}--tcp-option ${random.pick([2, 3, 8])}`]
      : []),
    ...(protocol === 'tcp' && (hook === 'PREROUTING' || hook === 'INPUT' || hook === 'FORWARD')
      ? [`-m osf ${not}--genre Linux --ttl 0`]
      : []),
    ...(hook === 'OUTPUT' || hook === 'POSTROUTING' || hook === 'INPUT'
      ? [`-m cgroup ${not}--cgroup 5`]
      : []),
  ];
}

/** The engine's question where a rule has one of them (docs/what-stays-open.md). */
export const OPEN_ENDED = /asks for (?:string|cpu|policy|tcpmss|--tcp-option|osf|cgroup|--path|--cgroup)\b/;

export const openEnded: readonly Feature[] = [
  {
    name: 'matches that stay open',
    matches: (place) => (place.random.chance(0.3) ? [place.random.pick(open(place))] : []),
    inRule: /-m (?:string|cpu|policy|tcpmss|osf|cgroup)\b|--tcp-option/,
  },
];
