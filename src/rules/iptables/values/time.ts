/** The values of `-m time`, as extensions/libxt_time.c reads them (1.8.9). */
import { fault, type Reading, value } from '../../../values/reading.ts';

const TIME = 'is not a time of day such as 08:30 or 23:59:59';
const DATE = 'is not a date such as 2026-11-29T08:30:00, of a year from 1970 to 2038';

/** `2020-01-02T03:04:05`, or a beginning of it → seconds since 1970, in UTC. */
export function readDate(text: string): Reading<number> {
  const found = /^([^-]+)(?:-([^-]*)(?:-([^-T]*)(?:T([^:]*)(?::([^:]*)(?::([^:]*))?)?)?)?)?$/.exec(text);
  if (found === null) return fault(DATE);
  const [, first = '', ...rest] = found;
  const year = upTo(first, 2038);
  const [month = 1, day = 1, hour = 0, minute = 0, second = 0] = rest.map((part, index) =>
    part === undefined ? undefined : upTo(part, [12, 31, 23, 59, 59][index] ?? 0),
  );
  if (year === null || year < 1970) return fault(DATE);
  if (month === null || day === null || hour === null || minute === null || second === null)
    return fault(DATE);
  return value(Date.UTC(year, month - 1, day, hour, minute, second) / 1000);
}

/** `23:00:00`, `23:00` → seconds since midnight; what stands behind a colon may be left out. */
export function readDayTime(text: string): Reading<number> {
  const parts = text.split(':');
  const [hour, minute, second = 0] = parts.map((part, index) => upTo(part, index === 0 ? 23 : 59));
  if (parts.length > 3 || hour === undefined || minute === undefined) return fault(TIME);
  if (hour === null || minute === null || second === null) return fault(TIME);
  return value(hour * 3600 + minute * 60 + second);
}

/** `1,5,31` → the days of a month; of each iptables reads two characters. */
export function readMonthDays(text: string): Reading<ReadonlySet<number>> {
  const days = text.split(',').map((day) => upTo(day.slice(0, 2), 31));
  return days.every((day) => day !== null)
    ? value(new Set(days))
    : fault('is not a list of days of a month, such as 1,15,31');
}

const DAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'];

/** `Mon,Tue`, `1,7` → the days of a week, Monday 1: two letters of a name count. A comma may end the list. */
export function readWeekDays(text: string): Reading<ReadonlySet<number>> {
  const days = text.replace(/,$/, '').split(',').map(weekDay);
  return days.every((day) => day !== 0)
    ? value(new Set(days))
    : fault('is not a list of days of the week, such as Mon,Tue or 1,2');
}

/** 0 for none. */
function weekDay(text: string): number {
  const named = DAYS.indexOf(text.slice(0, 2)) + 1;
  if (named > 0) return named;
  const [, sign = '', digits = ''] = /^\s*([-+]?)(0x[\da-f]+|0[0-7]*|[1-9]\d*)\s*$/i.exec(text) ?? [];
  const number = digits === '' ? 0 : Number(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return sign === '-' ? -number : number;
}

/** The number that strtoul reads of all of `digits`, nothing being 0; null where it reads less, or it is more than `most`. */
function upTo(digits: string, most: number): number | null {
  return /^\s*\+?\d*$/.test(digits) && Number(digits) <= most ? Number(digits) : null;
}
