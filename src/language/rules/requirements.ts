/** What an extension cannot do without, and what it takes once: the `XTOPT_MAND` and `x6_fcheck` of iptables/extensions. */
import type { MatchDefinition, TargetDefinition } from '../../iptables/catalogue/definitions.ts';
import type { Match, Option, Target } from '../../iptables/nodes.ts';
import type { TableScope } from './tableScope.ts';

/** Each row is satisfied by any one of its options. */
type Needs = readonly (readonly string[])[];

const needsOfMatch: ReadonlyMap<string, Needs> = new Map([
  ['addrtype', [['--src-type', '--dst-type']]],
  ['comment', [['--comment']]],
  ['connmark', [['--mark']]],
  [
    'conntrack',
    [
      [
        '--ctstate',
        '--ctproto',
        '--ctorigsrc',
        '--ctorigdst',
        '--ctreplsrc',
        '--ctrepldst',
        '--ctorigsrcport',
        '--ctorigdstport',
        '--ctreplsrcport',
        '--ctrepldstport',
        '--ctstatus',
        '--ctexpire',
        '--ctdir',
      ],
    ],
  ],
  ['icmp', [['--icmp-type']]],
  ['icmp6', [['--icmpv6-type']]],
  ['iprange', [['--src-range', '--dst-range']]],
  ['length', [['--length']]],
  ['mark', [['--mark']]],
  ['owner', [['--uid-owner', '--gid-owner', '--socket-exists']]],
  [
    'physdev',
    [['--physdev-in', '--physdev-out', '--physdev-is-in', '--physdev-is-out', '--physdev-is-bridged']],
  ],
  ['recent', [['--set', '--rcheck', '--update', '--remove']]],
  ['set', [['--match-set']]],
  ['state', [['--state']]],
  ['statistic', [['--mode'], ['--probability', '--every']]],
  ['string', [['--algo'], ['--string', '--hex-string']]],
  ['ttl', [['--ttl-eq', '--ttl-lt', '--ttl-gt']]],
  ['hl', [['--hl-eq', '--hl-lt', '--hl-gt']]],
]);

const needsOfTarget: ReadonlyMap<string, Needs> = new Map([
  [
    'CONNMARK',
    [['--set-xmark', '--set-mark', '--and-mark', '--or-mark', '--xor-mark', '--save-mark', '--restore-mark']],
  ],
  ['DNAT', [['--to-destination']]],
  ['DSCP', [['--set-dscp', '--set-dscp-class']]],
  ['MARK', [['--set-xmark', '--set-mark', '--and-mark', '--or-mark', '--xor-mark']]],
  ['NETMAP', [['--to']]],
  ['SNAT', [['--to-source']]],
]);

/** A `policy` match repeats its options for each element. */
const repeating: ReadonlySet<string> = new Set(['policy']);

/** Reports a needed option that is missing, and one that is given twice. */
export function checkRequirements(
  scope: TableScope,
  extension: Match | Target,
  definition: MatchDefinition | TargetDefinition,
): void {
  const needs = (extension.kind === 'match' ? needsOfMatch : needsOfTarget).get(definition.name);
  for (const need of needs ?? []) checkNeed(scope, extension, need);
  if (extension.options.length > 1 && !repeating.has(definition.name)) checkOnce(scope, extension.options);
}

function checkNeed({ reporter }: TableScope, extension: Match | Target, need: readonly string[]): void {
  const has = extension.options.some(
    ({ definition }) => definition !== null && need.includes(definition.name),
  );
  if (!has) reporter.report('missing-option', extension.name, { name: extension.name.text, options: need });
}

/** Reports the second of two options that are the same. */
export function checkOnce({ reporter }: TableScope, options: readonly Option[]): void {
  for (let index = 1; index < options.length; index++) {
    const option = options[index];
    if (option?.definition === undefined || option.definition === null) continue;
    const earlier = firstWith(options, index, option.definition);
    if (earlier === null) continue;
    reporter.report(
      'repeated-option',
      option,
      { option: option.name.text },
      { related: [{ span: earlier, message: 'It stands here first.' }] },
    );
  }
}

function firstWith(
  options: readonly Option[],
  before: number,
  definition: Option['definition'],
): Option | null {
  for (let index = 0; index < before; index++) {
    const option = options[index];
    if (option !== undefined && option.definition === definition) return option;
  }
  return null;
}
