import { optionNamed } from '../../../rules/iptables/names.ts';
import type { Match } from '../../../rules/iptables/nodes.ts';
import { formatAddress } from '../../../values/address.ts';
import { maskOf } from '../../../rules/iptables/values/masks.ts';
import { MAX_32, readNumber } from '../../../values/numbers.ts';
import { presume } from '../../../kernel/answers.ts';
import { placeText } from '../../../kernel/ruleAt.ts';
import { ConnectionCounts } from '../../../kernel/conntrack/counts.ts';
import { type MatchCompiler, type RuleContext, ruleWords, unknownMatch, valueOf, whole } from './match.ts';
import { valueIn } from './reading.ts';

interface Settings {
  readonly limit: number;
  /** Matches above the limit; else up to it. */
  readonly above: boolean;
  readonly mask: bigint;
  readonly end: 'source' | 'destination';
}

/** Whether the last packet that a rule of iptables counted found nothing counted, not even its own connection. */
class LastCount {
  isNothing = false;
}

/**
 * `-m connlimit --connlimit-above 10 --connlimit-mask 24 --connlimit-saddr`: xt_connlimit.c. It takes a count of 0 for a lack of memory,
 * and throws the packet away.
 */
export const connlimit: MatchCompiler = (match, context) => {
  const settings = settingsOf(match, context);
  if (settings === null) return unknownMatch(match, context);
  const { limit, above, mask, end } = settings;
  return whole(
    match,
    (packet, run) => {
      const last = run.state(LastCount);
      last.isNothing = false;
      if (end === 'source' && packet.sourceUnknown) return !above;
      const network = packet[end] & mask;
      const count = run.state(ConnectionCounts).count(context.rule, network, 'none', packet, run);
      last.isNothing = count === 0;
      if (last.isNothing) return false;
      if (count > limit) return above;
      const address = formatAddress({ family: packet.family, value: network });
      const claim = `${address} has no more connections than those of this trace`;
      const asked = presume(
        true,
        `connlimit:${placeText(context.at)}:${address}`,
        'connlimit-assumed',
        `${ruleWords(context)} counts connections: ${address} is taken to have none but those of this trace.`,
        claim,
      );
      return run.ask(asked) !== above;
    },
    () =>
      above ? 'there are no more connections than the limit' : 'there are more connections than the limit',
    {
      stateful: true,
      leavesTrace: true,
      hotDrop: (_, run) =>
        run.state(LastCount).isNothing
          ? `${ruleWords(context)} counts connections, and all that it had counted here are closed: the kernel then drops a packet of an established one`
          : null,
    },
  );
};

const EVERY_BIT = -1n;

function settingsOf(match: Match, { family }: RuleContext): Settings | null {
  const above = optionNamed(match.options, '--connlimit-above');
  const option = above ?? optionNamed(match.options, '--connlimit-upto');
  const limit = option === null ? null : valueIn(readNumber(valueOf(option), MAX_32));
  const maskOption = optionNamed(match.options, '--connlimit-mask');
  const mask = maskOption === null ? EVERY_BIT : maskOf(valueOf(maskOption), family);
  if (option === null || limit === null || mask === null) return null;
  return {
    limit,
    above: (above !== null) !== (option.negation !== null),
    mask,
    end: optionNamed(match.options, '--connlimit-daddr') === null ? 'source' : 'destination',
  };
}
