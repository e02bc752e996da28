import { canonicalName, optionNamed } from '../../../rules/iptables/names.ts';
import type { Match } from '../../../rules/iptables/nodes.ts';
import { formatAddress } from '../../../values/address.ts';
import { maskOf } from '../../../rules/iptables/values/masks.ts';
import { presume, question } from '../../../kernel/answers.ts';
import type { Family } from '../../../kernel/flow.ts';
import type { Packet } from '../../../kernel/packet.ts';
import { placeText } from '../../../kernel/ruleAt.ts';
import type { Run } from '../../../kernel/run.ts';
import { tableNameOf } from '../program/hashTables.ts';
import { type Bucket, Buckets } from '../state/buckets.ts';
import { type MatchCompiler, type RuleContext, unknownMatch, valueOf, whole } from './match.ts';
import { type RateLimit, rateOfHashlimit, rateOfLimit } from './rates.ts';

/** Which bucket a packet takes from. */
type OwnerOf = (packet: Packet) => object | string;

/** `-m limit --limit 5/min --limit-burst 3` */
export const limit: MatchCompiler = (match, context) =>
  limited(match, context, {
    rate: rateOfLimit(match),
    above: false,
    ownerOf: () => context.rule,
    disputed: null,
  });

/** `-m hashlimit --hashlimit-above 5/min --hashlimit-mode srcip --hashlimit-name x` */
export const hashlimit: MatchCompiler = (match, context) => {
  const above = optionNamed(match.options, '--hashlimit-above');
  const option = above ?? optionNamed(match.options, '--hashlimit-upto');
  const name = tableNameOf(match);
  const { maker, disputed } = context.around.hashTable(name) ?? { maker: match, disputed: false };
  const ownerOf = ownerOfHash(maker, context.family);
  if (option === null || ownerOf === null) return unknownMatch(match, context);
  const isAbove = (above !== null) !== (option.negation !== null);
  const rate = rateOfTable(match, maker);
  return limited(match, context, { rate, above: isAbove, ownerOf, disputed: disputed ? name : null });
};

interface Settings {
  readonly rate: RateLimit | null;
  /** Matches what is above the rate. */
  readonly above: boolean;
  readonly ownerOf: OwnerOf;
  /** The table whose rules do not say the same of it; null where they do. */
  readonly disputed: string | null;
}

/** The rate is that of the table, unless the rule counts bytes, or packets, otherwise than who made it. */
function rateOfTable(match: Match, maker: Match): RateLimit | null {
  const [own, shared] = [rateOfHashlimit(match), rateOfHashlimit(maker)];
  const isAlike = own?.ofBytes === shared?.ofBytes && measures(match) === measures(maker);
  return isAlike ? shared : own;
}

function measures(match: Match): boolean {
  return optionNamed(match.options, '--hashlimit-rate-match') !== null;
}

function limited(
  match: Match,
  context: RuleContext,
  { rate, above, ownerOf, disputed }: Settings,
): ReturnType<MatchCompiler> {
  if (rate === null) return unknownMatch(match, context);
  const fresh = presume(
    true,
    `limit:${placeText(context.at)}`,
    'limit-assumed',
    `The rate limit (${canonicalName(match)}) of ${smallWords(context)} is taken not to be used up.`,
    `the rate is within the limit of ${smallWords(context)}`,
  );
  return whole(
    match,
    (packet, run) => {
      if (disputed !== null) {
        run.assume(
          `hashlimit-table:${disputed}`,
          'hashlimit-table',
          `Rules of the hashlimit table ${disputed} say different things of it; the first that was loaded counts for all, and is taken to be the first here.`,
        );
      }
      const bucket = run.state(Buckets).of(ownerOf(packet), rate.full);
      // The rate of a table may be above what one packet is: then nothing need be taken for granted.
      const isFirst = bucket.asked++ === 0;
      const hasRoom = rate.take(bucket, packet.length);
      if (rate.ofBytes && packet.lengthAssumed) assumeLength(packet, run);
      const isWithin = hasRoom ? run.ask(fresh) : !isFirst && isFilled(bucket, rate, context, run);
      return isWithin !== above;
    },
    () => (above ? 'the rate is below the limit' : 'the rate limit is used up'),
    { stateful: true, leavesTrace: true },
  );
}

/** `rule 1 in filter/INPUT` */
function smallWords({ at }: RuleContext): string {
  return `rule ${at.index + 1} in ${at.table}/${at.chain}`;
}

/** Of a slower rate nothing comes back while the packets of a trace pass, seconds a packet. */
const SLOW = 10;

/** The packets before used it up; whether time has given some of it back. */
function isFilled({ asked }: Bucket, { refill }: RateLimit, context: RuleContext, run: Run): boolean {
  const key = `limit-again:${placeText(context.at)}:${asked}`;
  const message = `The packets of this trace use up the rate limit of ${smallWords(context)}, if they follow each other at once.`;
  const claim = `time has filled the rate limit of ${smallWords(context)} again before packet ${asked} of it`;
  return run.ask(
    refill >= SLOW
      ? presume(false, key, 'limit-assumed', message, claim)
      : question(key, 'limit-unknown', message, claim),
  );
}

function assumeLength({ length }: Packet, run: Run): void {
  const message = `The packet’s length is not given; it is taken to be ${length} bytes, without payload and options.`;
  run.assume('length:limit', 'length-assumed', message);
}

/** `hashlimit_init_dst`: rules with one name share a table. Null where a mask makes no sense. */
function ownerOfHash(match: Match, family: Family): OwnerOf | null {
  const modes = optionNamed(match.options, '--hashlimit-mode');
  const wanted = new Set(modes === null ? [] : valueOf(modes).split(','));
  const sourceMask = wantedMask(match, '--hashlimit-srcmask', family);
  const destinationMask = wantedMask(match, '--hashlimit-dstmask', family);
  if (sourceMask === null || destinationMask === null) return null;
  const name = tableNameOf(match);
  const addressText = (value: bigint): string => formatAddress({ family, value });
  return (packet) =>
    [
      `hashlimit ${family} ${name}`,
      wanted.has('srcip') ? (packet.sourceUnknown ? '?' : addressText(packet.source & sourceMask)) : '',
      wanted.has('dstip') ? addressText(packet.destination & destinationMask) : '',
      wanted.has('srcport') ? (packet.sourcePort ?? 0) : '',
      wanted.has('dstport') ? (packet.destinationPort ?? 0) : '',
    ].join(' ');
}

const EVERY_BIT = -1n;

function wantedMask(match: Match, name: string, family: Family): bigint | null {
  const option = optionNamed(match.options, name);
  return option === null ? EVERY_BIT : maskOf(valueOf(option), family);
}
