import { describe, expect, it } from 'vitest';

import { clock, dayMonth, fullDay, thousands, weekday, type Locale } from '../src/text/plain';

const LOCALES: Locale[] = ['en-GB', 'de-DE', 'ja-JP'];

describe('what is written by hand is what Intl writes', () => {
  it.each(LOCALES)('the days of two years in %s', (locale) => {
    const says = (options: Intl.DateTimeFormatOptions, time: number) => new Intl.DateTimeFormat(locale, options).format(time);
    for (let day = 0; day < 731; day += 1) {
      const time = new Date(2023, 0, 1 + day, day % 24, day % 60).getTime();
      expect(clock(time)).toBe(says({ hour: '2-digit', minute: '2-digit' }, time));
      expect(weekday(time, locale)).toBe(says({ weekday: 'short' }, time));
      expect(dayMonth(time, locale)).toBe(says({ day: 'numeric', month: 'short' }, time));
      expect(fullDay(time, locale)).toBe(says({ day: 'numeric', month: 'short', year: 'numeric' }, time));
    }
  });

  it.each(LOCALES)('numbers of every length in %s', (locale) => {
    for (const n of [0, 7, 99, 100, 999, 1000, 9999, 12_345, 999_999, 1_000_000, 1_234_567_890]) {
      expect(thousands(n, locale)).toBe(n.toLocaleString(locale));
    }
  });
});
