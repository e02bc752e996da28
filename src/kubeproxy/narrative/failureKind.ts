/** What kind of test a rule failed first, so that a hundred rules for other addresses are one row. */

export const failureKinds = [
  'destination',
  'source',
  'port',
  'protocol',
  'interface',
  'mark',
  'set',
  'state',
  'chance',
  'other',
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** The first that fits counts: `ip daddr @blocked` asks a set. */
const patterns: readonly (readonly [FailureKind, RegExp])[] = [
  // `--match-set blocked src`, `ip daddr . th dport @service-ips`
  ['set', /--match-set|@[\w-]/u],
  // `--probability 0.5`, `numgen random mod 2`
  ['chance', /--(?:probability|every)\b|numgen|jhash/u],
  // `-d 10.96.0.10/32`, `! --dst-range 10.0.0.1-10.0.0.9`, `ip6 daddr fd00::1`, `fib daddr type local`
  ['destination', /^(?:! )?(?:-d|--dst|--destination)\b|--dst-(?:range|type)\b|\bdaddr\b/u],
  ['source', /^(?:! )?(?:-s|--src|--source)\b|--src-(?:range|type)\b|\bsaddr\b/u],
  // `--dport 53`, `--dports 80,443`, `tcp dport 53`
  ['port', /--(?:[ds]ports?|ports|(?:destination|source)-ports?)\b|\b[ds]port\b/u],
  ['protocol', /^(?:! )?-p\b|--protocol\b|\b(?:l4proto|nexthdr|protocol)\b/u],
  ['interface', /^(?:! )?-[io]\b|--(?:in|out)-interface\b|--physdev|\b[io]if(?:name)?\b/u],
  // `--mark 0x4000/0x4000`, `meta mark & 0x4000 != 0`, `ct mark 1`
  ['mark', /--mark\b|\bmark\b/u],
  ['state', /--(?:ct)?state\b|\bct (?:state|status)\b/u],
];

/** `failing`: the words of the rule that failed, `! -d 10.244.0.0/16`. */
export function failureKind(failing: string): FailureKind {
  return patterns.find(([, pattern]) => pattern.test(failing))?.[0] ?? 'other';
}
