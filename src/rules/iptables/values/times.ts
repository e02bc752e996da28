/** The values of `-m time`, as extensions/libxt_time.c reads them (1.8.9). */
import { fault, type Reading, value } from '../../../values/reading.ts';

const TIME = 'is not a time of day such as 08:30 or 23:59:59';
const DATE = 'is not a date such as 2026-11-29T08:30:00, of a year from 1970 to 2038';

/** `8:30`, `23:59:59`; the minutes may be left out, not their colon. */
export function readTimeOfDay(text: string): Reading<string> {
  const [hours = '', minutes, seconds = ''] = text.split(':');
  const read = minutes !== undefined && text.split(':').length <= 3;
  return read && isUpTo(hours, 23) && isUpTo(minutes, 59) && isUpTo(seconds, 59) ? value(text) : fault(TIME);
}

/** `2026-11-29T08:30:00`; the end may be left out anywhere. */
export function readDate(text: string): Reading<string> {
  const found = /^([^-]+)(?:-([^-]*)(?:-([^-T]*)(?:T([^:]*)(?::([^:]*)(?::([^:]*))?)?)?)?)?$/.exec(text);
  if (found === null) return fault(DATE);
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = found;
  const inYears = isUpTo(year, 2038) && Number(year) >= 1970;
  const inDay = isUpTo(hour, 23) && isUpTo(minute, 59) && isUpTo(second, 59);
  return inYears && isUpTo(month, 12) && isUpTo(day, 31) && inDay ? value(text) : fault(DATE);
}

/** `1,15,31` */
export function readMonthDays(text: string): Reading<string> {
  const wrong = text.split(',').find((day) => !isUpTo(day, 31));
  return wrong === undefined ? value(text) : fault('is not a list of days of a month, such as 1,15,31');
}

const DAYS: ReadonlySet<string> = new Set(['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su']);

/** `Mon,Tue,7`: two letters of a day count. A comma may end the list. */
export function readWeekDays(text: string): Reading<string> {
  const days = text.replace(/,$/, '').split(',');
  const wrong = days.find(
    (day) =>
      !DAYS.has(day.slice(0, 2)) && !/^\s*[-+]?(?:0x[\da-f]*[1-9a-f]|0[0-7]*[1-7]|[1-9]\d*)\s*$/i.test(day),
  );
  return wrong === undefined
    ? value(text)
    : fault('is not a list of days of the week, such as Mon,Tue or 1,2');
}

/** Whether strtoul reads all of `digits`, to no more than `most`; nothing is 0. */
function isUpTo(digits: string, most: number): boolean {
  return /^\s*\+?\d*$/.test(digits) && Number(digits) <= most;
}
