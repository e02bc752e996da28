import { optionNamed } from '../../../rules/iptables/names.ts';
import type { Match } from '../../../rules/iptables/nodes.ts';
import type { Span } from '../../../text/span.ts';
import { formatAddress } from '../../../values/address.ts';
import { readAddress } from '../../../values/networks.ts';
import { readNumber, MAX_32 } from '../../../values/numbers.ts';
import { presume } from '../../../kernel/answers.ts';
import type { Packet } from '../../../kernel/packet.ts';
import type { Run } from '../../../kernel/run.ts';
import { type RecentEntry, RecentLists } from '../state/recentLists.ts';
import {
  type CompiledMatch,
  type MatchCompiler,
  type RuleContext,
  unknownMatch,
  UNPLACED,
  valueOf,
} from './match.ts';
import { valueIn } from './reading.ts';

/**
 * `-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-X --mask 255.255.255.255 --rsource`: net/netfilter/xt_recent.c.
 * A trace knows what its own packets left in a list; that nobody else is in it is taken for granted.
 */
export const recent: MatchCompiler = (match, context) => {
  const settings = settingsOf(match, context);
  return settings === null ? unknownMatch(match, context) : [compiledOf(settings, match)];
};

/** `-m recent --set --name KUBE-SEP-X --rsource` and the like, by the list's name. Its place is not told. */
export function listMatch(command: Command, list: string, context: RuleContext): CompiledMatch {
  return compiledOf({ ...plainSettings(list, context), command }, UNPLACED);
}

function compiledOf(settings: Settings, span: Span): CompiledMatch {
  return {
    span,
    stateful: true,
    leavesTrace: settings.command !== 'rcheck',
    test: (packet, run) => perform(settings, packet, run),
    why: () =>
      settings.negated
        ? `list ${settings.list} remembers the address`
        : `list ${settings.list} does not remember the address`,
  };
}

type Command = 'set' | 'rcheck' | 'update' | 'remove';

interface Settings {
  readonly command: Command;
  readonly negated: boolean;
  readonly list: string;
  readonly mask: bigint;
  readonly maskDisputed: boolean;
  readonly end: 'source' | 'destination';
  readonly hitCount: number;
  readonly sameTtl: boolean;
}

const commands: readonly Command[] = ['set', 'rcheck', 'update', 'remove'];

function settingsOf(match: Match, context: RuleContext): Settings | null {
  const command = commands.find((name) => optionNamed(match.options, `--${name}`) !== null);
  if (command === undefined) return null;
  const hits = optionNamed(match.options, '--hitcount');
  const name = optionNamed(match.options, '--name');
  return {
    ...plainSettings(name === null ? 'DEFAULT' : valueOf(name), context),
    command,
    negated: optionNamed(match.options, `--${command}`)?.negation !== null,
    end: optionNamed(match.options, '--rdest') === null ? 'source' : 'destination',
    hitCount: hits === null ? 0 : (valueIn(readNumber(valueOf(hits), MAX_32)) ?? 0),
    sameTtl: optionNamed(match.options, '--rttl') !== null,
  };
}

/** Of a rule that says no more than the list: its mask is that of all its rules. */
function plainSettings(list: string, { family, around }: RuleContext): Omit<Settings, 'command'> {
  const full = family === 4 ? 0xffffffffn : (1n << 128n) - 1n;
  const mask = around.recentMask(list);
  return {
    negated: false,
    list,
    mask: mask === null ? full : (valueIn(readAddress(mask.text, family))?.value ?? full),
    maskDisputed: mask?.disputed === true,
    end: 'source',
    hitCount: 0,
    sameTtl: false,
  };
}

/** Sets and removes at once; a check of a list that this trace has not filled is taken to find nobody. */
function perform(settings: Settings, packet: Packet, run: Run): boolean {
  const { command, list, negated } = settings;
  const lists = run.state(RecentLists);
  if (settings.maskDisputed) {
    run.assume(
      `recent-mask:${list}`,
      'recent-mask',
      `Rules of list ${list} have different masks; the first that was loaded counts for all, and is taken to be the first here.`,
    );
  }
  const address = packet[settings.end] & settings.mask;
  const ttl = ttlBefore(packet);
  const entry = entryOf(settings, address, ttl, packet, run);
  if (entry === null) {
    if (command !== 'set') return negated;
    lists.begin(list, address, ttl);
    return !negated;
  }
  const found = command === 'set' || command === 'remove' || hasHits(settings, entry, address, packet, run);
  const result = found !== negated;
  if (command === 'remove') lists.remove(list, address, entry);
  // An update is noted where the rule’s whole answer, with its `!`, is yes.
  if (command === 'set' || (command === 'update' && result)) lists.update(entry, ttl);
  return result;
}

/** What this trace has put on a list may have been there before, with more packets than it counts. */
function hasHits(
  { list, hitCount }: Settings,
  entry: RecentEntry,
  address: bigint,
  { family }: Packet,
  run: Run,
): boolean {
  if (entry.hits >= hitCount) return true;
  const claim = `list ${list} remembers ${hitCount} packets of ${formatAddress({ family, value: address })}`;
  const message = `List ${list} is taken to hold no more packets than those of this trace: what the kernel remembers of recent clients is not in a snapshot.`;
  if (!run.ask(presume(false, `recent-hits:${list}:${hitCount}`, 'recent-empty', message, claim)))
    return false;
  entry.hits = hitCount;
  return true;
}

/** "Use TTL as seen before forwarding": one more, where the packet is on its way out and no process here made it. */
function ttlBefore(packet: Packet): number {
  return packet.ttl + (packet.output !== null && !packet.local ? 1 : 0);
}

function entryOf(
  settings: Settings,
  address: bigint,
  ttl: number,
  packet: Packet,
  run: Run,
): RecentEntry | null {
  const { list, command } = settings;
  const lists = run.state(RecentLists);
  const entry = lists.find(list, address, settings.sameTtl ? ttl : null);
  if (entry !== null || command === 'set' || lists.knows(list, address)) return entry;
  const text = formatAddress({ family: packet.family, value: address });
  const asked = presume(
    false,
    `recent:${list}`,
    'recent-empty',
    `List ${list} is taken to be empty: what the kernel remembers of recent clients is not in a snapshot.`,
    `list ${list} remembers ${text}`,
  );
  return run.ask(asked) ? lists.begin(list, address, ttl, settings.hitCount) : null;
}
