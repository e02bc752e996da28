import { optionNamed } from '../../../rules/iptables/names.ts';
import type { Match } from '../../../rules/iptables/nodes.ts';
import { formatAddress } from '../../../values/address.ts';
import { readAddress } from '../../../values/networks.ts';
import { readNumber, MAX_32 } from '../../../values/numbers.ts';
import { type Answer, negateIf, presume } from '../../../kernel/answers.ts';
import type { Family } from '../../../kernel/flow.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { RecentLists } from '../state/recentLists.ts';
import { type CompiledMatch, type MatchCompiler, unknownMatch, valueOf } from './match.ts';
import { valueIn } from './reading.ts';

/**
 * `-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-X --mask 255.255.255.255 --rsource`: net/netfilter/xt_recent.c.
 * A trace knows what its own packets left in a list; that nobody else is in it is taken for granted.
 */
export const recent: MatchCompiler = (match, context) => {
  const settings = settingsOf(match, context.family);
  if (settings === null) return unknownMatch(match, context);
  const compiled: CompiledMatch = {
    span: match,
    stateful: true,
    leavesTrace: settings.command !== 'rcheck',
    test: (packet, run) => negateIf(settings.negated, perform(settings, packet, run)),
    why: () =>
      settings.negated
        ? `list ${settings.list} remembers the address`
        : `list ${settings.list} does not remember the address`,
  };
  return [compiled];
};

type Command = 'set' | 'rcheck' | 'update' | 'remove';

interface Settings {
  readonly command: Command;
  readonly negated: boolean;
  readonly list: string;
  readonly mask: bigint;
  readonly end: 'source' | 'destination';
  readonly hitCount: number;
  readonly sameTtl: boolean;
}

const commands: readonly Command[] = ['set', 'rcheck', 'update', 'remove'];

function settingsOf(match: Match, family: Family): Settings | null {
  const command = commands.find((name) => optionNamed(match.options, `--${name}`) !== null);
  if (command === undefined) return null;
  const mask = optionNamed(match.options, '--mask');
  const hits = optionNamed(match.options, '--hitcount');
  const full = family === 4 ? 0xffffffffn : (1n << 128n) - 1n;
  const name = optionNamed(match.options, '--name');
  return {
    command,
    negated: optionNamed(match.options, `--${command}`)?.negation !== null,
    list: name === null ? 'DEFAULT' : valueOf(name),
    mask: mask === null ? full : (valueIn(readAddress(valueOf(mask), family))?.value ?? full),
    end: optionNamed(match.options, '--rdest') === null ? 'source' : 'destination',
    hitCount: hits === null ? 0 : (valueIn(readNumber(valueOf(hits), MAX_32)) ?? 0),
    sameTtl: optionNamed(match.options, '--rttl') !== null,
  };
}

/** Sets and removes at once; a check of a list that this trace has not filled is taken to find nobody. */
function perform(settings: Settings, packet: Packet, run: Run): Answer {
  const address = packet[settings.end] & settings.mask;
  if (settings.command === 'set') {
    run.state(RecentLists).add(settings.list, address, packet.ttl);
    return true;
  }
  const found = isRemembered(settings, address, packet, run);
  if (found && settings.command === 'remove') run.state(RecentLists).remove(settings.list, address);
  if (found && settings.command === 'update') run.state(RecentLists).add(settings.list, address, packet.ttl);
  return found;
}

function isRemembered(settings: Settings, address: bigint, packet: Packet, run: Run): boolean {
  const entry = run.state(RecentLists).find(settings.list, address);
  if (entry !== null) {
    return entry.hits >= settings.hitCount && (!settings.sameTtl || entry.ttl === packet.ttl);
  }
  if (run.state(RecentLists).wasRemoved(settings.list, address)) return false;
  const text = formatAddress({ family: packet.family, value: address });
  const asked = presume(
    false,
    `recent:${settings.list}`,
    'recent-empty',
    `List ${settings.list} is taken to be empty: what the kernel remembers of recent clients is not in a snapshot.`,
    `list ${settings.list} remembers ${text}`,
  );
  const remembered = run.ask(asked);
  if (remembered) run.state(RecentLists).add(settings.list, address, packet.ttl);
  return remembered;
}
