import { optionNamed } from '../../../rules/iptables/names.ts';
import type { Match } from '../../../rules/iptables/nodes.ts';
import { readLongNumber } from '../../../values/numbers.ts';
import { type Answer, negateIf, presume } from '../../../kernel/answers.ts';
import type { Traffic } from '../../../kernel/conntrack/connection.ts';
import { totalOf } from '../../../kernel/conntrack/traffic.ts';
import { type MatchCompiler, openAnswer, unknownMatch, valueOf, whole } from './match.ts';
import { valueIn } from './reading.ts';

interface Settings {
  readonly from: number;
  readonly to: number;
  readonly negated: boolean;
  readonly direction: 'original' | 'reply' | 'both';
  readonly mode: 'packets' | 'bytes' | 'avgpkt';
}

/** `-m connbytes --connbytes 1000:2000 --connbytes-dir both --connbytes-mode bytes`: xt_connbytes.c. */
export const connbytes: MatchCompiler = (match, context) => {
  const settings = settingsOf(match);
  if (settings === null) return unknownMatch(match, context);
  const { negated, direction } = settings;
  const open = openAnswer(match, context);
  return whole(
    match,
    ({ connection, template }, run): Answer => {
      // Without a connection nothing matches, negated or not; a template counts nothing.
      if (connection === null || template !== null) return false;
      const { traffic: count } = connection;
      if (count === null) return open;
      const amount = amountOf(totalOf(count, direction), settings.mode);
      const fits = amount >= settings.from && amount <= settings.to;
      if (settings.mode === 'packets' || !count.lengthsAssumed) return fits !== negated;
      const claim = `the connection has had ${amount} bytes`;
      const message = `How much the connection has had is worked out from packets of which no length is given: ${amount} bytes.`;
      const asked = presume(
        true,
        `${run.scope}connbytes:${direction}:${settings.mode}`,
        'length-assumed',
        message,
        claim,
      );
      return negateIf(fits === negated, asked);
    },
    () => 'the connection has had another amount',
  );
};

function amountOf({ packets, bytes }: Traffic, mode: Settings['mode']): number {
  if (mode === 'packets') return packets;
  if (mode === 'bytes') return bytes;
  return packets === 0 ? 0 : Math.floor(bytes / packets);
}

function settingsOf(match: Match): Settings | null {
  const option = optionNamed(match.options, '--connbytes');
  const direction = wordOf(match, '--connbytes-dir', ['original', 'reply', 'both'] as const);
  const mode = wordOf(match, '--connbytes-mode', ['packets', 'bytes', 'avgpkt'] as const);
  const [first = '', last = ''] = option === null ? [] : valueOf(option).split(':');
  const from = first === '' ? 0n : valueIn(readLongNumber(first));
  const to = last === '' ? null : valueIn(readLongNumber(last));
  if (option === null || direction === null || mode === null || from === null) return null;
  if (last !== '' && to === null) return null;
  const negated = option.negation !== null && from !== to;
  return { from: Number(from), to: to === null ? Infinity : Number(to), negated, direction, mode };
}

function wordOf<T extends string>(match: Match, name: string, words: readonly T[]): T | null {
  const option = optionNamed(match.options, name);
  return words.find((word) => option !== null && word === valueOf(option)) ?? null;
}
