// Numbers and days of the first frame, written by hand: the first question to `Intl` costs WebKit 16 to 47 ms, and the list cannot
// be drawn without a date. Everything later asks `Intl`, which says the same (tests/plain.test.ts).

export type Locale = 'en-GB' | 'de-DE' | 'ja-JP';

interface Writing {
  /** Between thousands. */
  mark: string;
  /** From Sunday on. */
  weekdays: readonly string[];
  /** `month` from 0, as dates count. */
  day: (day: number, month: number) => string;
  year: (day: string, year: number) => string;
}

const WRITINGS: Record<Locale, Writing> = {
  'en-GB': {
    mark: ',',
    weekdays: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
    day: (day, month) => `${day} ${['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'][month]}`,
    year: (day, year) => `${day} ${year}`,
  },
  'de-DE': {
    mark: '.',
    weekdays: ['So', 'Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa'],
    day: (day, month) => `${day}. ${['Jan.', 'Feb.', 'März', 'Apr.', 'Mai', 'Juni', 'Juli', 'Aug.', 'Sept.', 'Okt.', 'Nov.', 'Dez.'][month]}`,
    year: (day, year) => `${day} ${year}`,
  },
  'ja-JP': {
    mark: ',',
    weekdays: ['日', '月', '火', '水', '木', '金', '土'],
    day: (day, month) => `${month + 1}月${day}日`,
    year: (day, year) => `${year}年${day}`,
  },
};

/** `12,345`: whole numbers. */
export function thousands(n: number, locale: Locale): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, WRITINGS[locale].mark);
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `09:05`. */
export function clock(time: number): string {
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `Tue`. */
export const weekday = (time: number, locale: Locale): string => WRITINGS[locale].weekdays[new Date(time).getDay()] ?? '';

/** `14 Nov`. */
export function dayMonth(time: number, locale: Locale): string {
  const date = new Date(time);
  return WRITINGS[locale].day(date.getDate(), date.getMonth());
}

/** `14 Nov 2024`. */
export const fullDay = (time: number, locale: Locale): string => WRITINGS[locale].year(dayMonth(time, locale), new Date(time).getFullYear());
