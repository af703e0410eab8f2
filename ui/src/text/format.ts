// Times as people read them. `now` is passed in, so that a list and its test agree.

import { text } from '.';
import { clock, dayMonth, fullDay, weekday, type Locale } from './plain';

/** The catalogue's type knows it as a word. */
const locale = text.locale as Locale;

/** Made when it is first needed, and never by the first list (plain.ts). */
function formatter(options: Intl.DateTimeFormatOptions): { format: (time: number) => string } {
  let made: Intl.DateTimeFormat | undefined;
  return { format: (time) => (made ??= new Intl.DateTimeFormat(locale, options)).format(time) };
}

const clockSeconds = formatter({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const exact = formatter({ day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' });

const DAY = 86_400_000;

const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

/** `14:31`, `Yesterday`, `Tue`, `14 Nov`, `14 Nov 2024`. */
export function listDate(time: number, now: number): string {
  // Rounded, because a day with a change of clocks is not 24 hours long.
  const days = Math.round((midnight(now) - midnight(time)) / DAY);
  if (days <= 0) return clock(time);
  if (days === 1) return text.list.yesterday;
  if (days < 7) return weekday(time, locale);
  return new Date(time).getFullYear() === new Date(now).getFullYear() ? dayMonth(time, locale) : fullDay(time, locale);
}

/** `14:32` today, otherwise with the day. */
export function lastTime(time: number, now: number): string {
  return midnight(time) === midnight(now) ? clock(time) : `${listDate(time, now)}, ${clock(time)}`;
}

/** `Yesterday, 15:52 to 16:20`: the day is said once. */
export function span(from: number, to: number, now: number): string {
  const [begin, end] = [lastTime(from, now), lastTime(to, now)];
  if (begin === end) return begin;
  return text.activity.span(begin, midnight(from) === midnight(to) ? clock(to) : end);
}

/** A day in reach goes by its name; what is older is looked for by its month. */
const NAMED_DAYS = 14;
const longDay = formatter({ weekday: 'long', day: 'numeric', month: 'long' });
const month = formatter({ month: 'long' });
const monthYear = formatter({ month: 'long', year: 'numeric' });

const daysSince = (time: number, now: number): number => Math.round((midnight(now) - midnight(time)) / DAY);

/** Heading over versions: `Today`, `Yesterday`, `Monday 16 November`, `October`. */
export function dayName(time: number, now: number): string {
  const days = daysSince(time, now);
  if (days <= 0) return text.list.today;
  if (days === 1) return text.list.yesterday;
  if (days < NAMED_DAYS) return longDay.format(time);
  return (new Date(time).getFullYear() === new Date(now).getFullYear() ? month : monthYear).format(time);
}

/** A time below that heading. */
export function timeInDay(time: number, now: number): string {
  return daysSince(time, now) < NAMED_DAYS ? clock(time) : `${dayMonth(time, locale)}, ${clock(time)}`;
}

/** `340 kB`, `2.1 MB`. */
export function bytes(n: number): string {
  if (n < 1_000_000) return `${Math.max(1, Math.round(n / 1_000)).toLocaleString(locale)} kB`;
  return `${(n / 1_000_000).toLocaleString(locale, { maximumFractionDigits: 1 })} MB`;
}

export const exactTime = (time: number): string => exact.format(time);
export const timeOfDay = (time: number): string => clockSeconds.format(time);

/** `12 s ago`. */
export function ago(time: number, now: number): string {
  const { rail } = text.sync;
  const seconds = Math.max(0, Math.round((now - time) / 1000));
  if (seconds < 5) return rail.justNow;
  if (seconds < 60) return rail.secondsAgo(seconds);
  if (seconds < 3600) return rail.minutesAgo(Math.floor(seconds / 60));
  if (seconds < 86_400) return rail.hoursAgo(Math.floor(seconds / 3600));
  return rail.daysAgo(Math.floor(seconds / 86_400));
}

/** Counts down in whole steps (40 s, 30 s, 20 s, 10 s), `null` when it is time. */
export function wait(until: number, now: number): string | null {
  const { foot } = text.sync;
  const seconds = Math.ceil((until - now) / 1000);
  if (seconds <= 0) return null;
  if (seconds > 90) return foot.minutes(Math.ceil(seconds / 60));
  return foot.seconds(seconds <= 10 ? seconds : Math.ceil(seconds / 10) * 10);
}

/** The language of a text as far as its letters tell, so that Han characters get the right glyphs. */
export function languageOf(sample: string): string | undefined {
  if (/[\u3040-\u30ff]/.test(sample)) return 'ja';
  if (/[\uac00-\ud7af]/.test(sample)) return 'ko';
  return undefined;
}
