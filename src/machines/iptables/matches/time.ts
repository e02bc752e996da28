import { optionNamed } from '../../../rules/iptables/names.ts';
import type { Match } from '../../../rules/iptables/nodes.ts';
import { readDate, readDayTime, readMonthDays, readWeekDays } from '../../../rules/iptables/values/time.ts';
import type { Reading } from '../../../values/reading.ts';
import type { Clock } from '../../../kernel/flow.ts';
import { type MatchCompiler, openAnswer, unknownMatch, valueOf, whole } from './match.ts';
import { valueIn } from './reading.ts';

const DAY = 24 * 3600;
/** What iptables writes where no end is given: the last second of 32 bits, in 2038. */
const LAST_DATE = 0x7fffffff;

interface Settings {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly stop: number;
  readonly monthDays: (day: number) => boolean;
  readonly weekDays: (day: number) => boolean;
  readonly contiguous: boolean;
  readonly local: boolean;
}

/** `-m time --timestart 23:00 --timestop 01:00 --weekdays Mon,Tue --contiguous --kerneltz`: xt_time.c. */
export const time: MatchCompiler = (match, context) => {
  const settings = settingsOf(match);
  if (settings === null) return unknownMatch(match, context);
  const open = openAnswer(match, context);
  return whole(
    match,
    (_packet, run) => {
      const now = secondsOf(run.shared.flow.clock, settings.local);
      return now === null ? open : isWithin(now, settings);
    },
    () => 'the packet comes at another time',
  );
};

/** Since 1970, in UTC or the kernel’s time zone; null where it is not known. */
function secondsOf(clock: Clock | undefined, local: boolean): number | null {
  if (clock === undefined) return null;
  const seconds = Math.floor(Date.parse(clock.utc) / 1000);
  if (!local) return seconds;
  return clock.minutesWest === undefined ? null : seconds - 60 * clock.minutesWest;
}

function isWithin(now: number, settings: Settings): boolean {
  const { from, to, start, stop } = settings;
  if (now < from || now > to) return false;
  const inDay = ((now % DAY) + DAY) % DAY;
  const past = start >= stop;
  if (past ? inDay < start && inDay > stop : inDay < start || inDay > stop) return false;
  // What lies past midnight belongs to the day before.
  const belongs = past && settings.contiguous && inDay <= stop ? now - DAY : now;
  const date = new Date(belongs * 1000);
  return (
    settings.weekDays(date.getUTCDay() === 0 ? 7 : date.getUTCDay()) && settings.monthDays(date.getUTCDate())
  );
}

function settingsOf(match: Match): Settings | null {
  const read = <T>(name: string, reader: (text: string) => Reading<T>, missing: T): T | null => {
    const option = optionNamed(match.options, name);
    return option === null ? missing : valueIn(reader(valueOf(option)));
  };
  const has = (name: string): boolean => optionNamed(match.options, name) !== null;
  const from = read('--datestart', readDate, 0);
  const to = read('--datestop', readDate, LAST_DATE);
  const start = read('--timestart', readDayTime, 0);
  const stop = read('--timestop', readDayTime, DAY - 1);
  const monthDays = daysOf(match, '--monthdays', readMonthDays);
  const weekDays = daysOf(match, '--weekdays', readWeekDays);
  if (from === null || to === null || start === null || stop === null) return null;
  if (monthDays === null || weekDays === null) return null;
  const local = has('--kerneltz') || has('--localtz');
  return { from, to, start, stop, monthDays, weekDays, contiguous: has('--contiguous'), local };
}

function daysOf(
  match: Match,
  name: string,
  read: (text: string) => Reading<ReadonlySet<number>>,
): ((day: number) => boolean) | null {
  const option = optionNamed(match.options, name);
  if (option === null) return () => true;
  const days = valueIn(read(valueOf(option)));
  return days === null ? null : (day) => days.has(day) !== (option.negation !== null);
}
