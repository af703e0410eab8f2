// What stands behind `updated:` and `created:`, as `crates/query/src/dates.rs` reads it.

const day = (year: number, month: number, date: number): number => new Date(year, month, date).getTime();

/** First moment, and the first behind it. */
function days(text: string, now: number): [number, number] | null {
  const today = new Date(now);
  const [y, m, d] = [today.getFullYear(), today.getMonth(), today.getDate()];
  const tomorrow = day(y, m, d + 1);
  const named: Record<string, [number, number]> = {
    today: [day(y, m, d), tomorrow], yesterday: [day(y, m, d - 1), day(y, m, d)], week: [day(y, m, d - (today.getDay() + 6) % 7), tomorrow], month: [day(y, m, 1), tomorrow], year: [day(y, 0, 1), tomorrow],
  };
  if (named[text] !== undefined) return named[text];
  const back = /^(\d{1,4})([dwmy])$/.exec(text);
  if (back !== null) {
    const n = Number(back[1]);
    const from = { d: day(y, m, d - n), w: day(y, m, d - 7 * n), m: day(y, m - n, d), y: day(y - n, m, d) }[back[2] ?? ''];
    return from === undefined ? null : [from, tomorrow];
  }
  const date = /^(\d{1,4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/.exec(text);
  if (date === null) return null;
  const [year, month, dayOf] = [Number(date[1]), date[2], date[3]];
  if (month === undefined) return [day(year, 0, 1), day(year + 1, 0, 1)];
  if (dayOf === undefined) return [day(year, Number(month) - 1, 1), day(year, Number(month), 1)];
  return [day(year, Number(month) - 1, Number(dayOf)), day(year, Number(month) - 1, Number(dayOf) + 1)];
}

/** Whether a moment is meant; words that name no day mean none. */
export function within(moment: number, value: string, now: number): boolean {
  const range = value.split('..');
  if (range.length === 2) {
    const [first = '', last = ''] = range;
    const [from, until] = [first === '' ? null : days(first, now), last === '' ? null : days(last, now)];
    if ((first !== '' && from === null) || (last !== '' && until === null) || (from === null && until === null)) return false;
    return (from === null || moment >= from[0]) && (until === null || moment < until[1]);
  }
  const sign = /^(>=|<=|>|<)?(.*)$/.exec(value);
  const meant = days(sign?.[2] ?? '', now);
  if (meant === null) return false;
  switch (sign?.[1]) {
    case '>=': return moment >= meant[0];
    case '<=': return moment < meant[1];
    case '>': return moment >= meant[1];
    case '<': return moment < meant[0];
    default: return moment >= meant[0] && moment < meant[1];
  }
}
