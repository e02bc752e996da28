/** The values of `-m time`: libxt_time.c. */
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** `2020-01-02T03:04:05`, or a beginning of it → seconds since 1970, in UTC; null for anything else. */
export function readDate(text: string): number | null {
  const parts = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:T(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?)?)?$/.exec(
    text,
  );
  if (parts === null) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

/** `23:00:00`, `23:00` → seconds since midnight; null for anything else. */
export function readDayTime(text: string): number | null {
  const parts = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?$/.exec(text);
  if (parts === null) return null;
  const [hour = 0, minute = 0, second = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : null;
}

/** `1,5,31` → the days of a month; null for anything else. */
export function readMonthDays(text: string): ReadonlySet<number> | null {
  const days = text.split(',').map((part) => (/^\d{1,2}$/.test(part) ? Number(part) : 0));
  return days.every((day) => day >= 1 && day <= 31) ? new Set(days) : null;
}

/** `Mon,Tue`, `1,7` → the days of a week, Monday 1; null for anything else. */
export function readWeekDays(text: string): ReadonlySet<number> | null {
  const days = text.split(',').map((part) => {
    if (/^[1-7]$/.test(part)) return Number(part);
    return part.length < 2 ? 0 : DAYS.findIndex((day) => day.startsWith(part.toLowerCase().slice(0, 3))) + 1;
  });
  return days.every((day) => day > 0) ? new Set(days) : null;
}
