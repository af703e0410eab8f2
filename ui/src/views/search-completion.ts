// What the search box offers while a qualifier is typed: the qualifiers themselves, and the notebooks,
// tags, statuses and things a note can have.

import type { NoteStatus, Sidebar } from '../ipc/generated';
import type { IconName } from '../parts/icons';
import { text } from '../text';
import { statusClass, statusIcon, statuses, tagColor } from './glyphs';

export interface Offer {
  label: string;
  hint: string;
  icon?: IconName;
  iconClass?: string;
  dot?: string;
  /** What takes the place of the token. */
  insert: string;
}

export interface Offers {
  from: number;
  to: number;
  /** A value is chosen from the start; a qualifier only when asked for. */
  eager: boolean;
  offers: Offer[];
}

type Qualifier = keyof typeof text.finding.qualifiers;

const icons: Record<Qualifier, IconName> = { book: 'book', tag: 'tag', status: 'st-active', title: 'text', body: 'notes', has: 'check', updated: 'calendar', created: 'calendar' };
const MOST = 8;

const quoted = (value: string): string => (/[\s"]/.test(value) ? `"${value.replaceAll('"', '')}"` : value);
const fits = (value: string, typed: string): boolean => value.toLowerCase().includes(typed.toLowerCase());

export function offersAt(query: string, caret: number, organisation: Sidebar): Offers | null {
  const before = query.slice(0, caret);
  const token = /(?:^|\s)(-?)(?:([a-z]+):)?("[^"]*|[^\s"]*)$/iu.exec(before);
  if (token === null) return null;
  const [, minus = '', named, typed = ''] = token;
  const from = caret - typed.length - (named === undefined ? 0 : named.length + 1) - minus.length;
  const wanted = typed.replace(/^"/, '');
  if (named === undefined) {
    if (typed.length < 1 || typed.startsWith('"')) return null;
    const offers = (Object.keys(text.finding.qualifiers) as Qualifier[]).filter((q) => q.startsWith(typed.toLowerCase())).map((q): Offer => ({ label: `${minus}${q}:`, hint: text.finding.qualifiers[q], icon: icons[q], insert: `${minus}${q}:` }));
    return offers.length === 0 ? null : { from, to: caret, eager: false, offers };
  }
  const fitting = values(named.toLowerCase(), wanted, organisation).slice(0, MOST);
  // One that is written out already needs no list.
  if (fitting.some((o) => o.insert.toLowerCase() === wanted.toLowerCase())) return null;
  const offers = fitting.map((offer) => ({ ...offer, insert: `${minus}${named.toLowerCase()}:${quoted(offer.insert)} ` }));
  if (offers.length === 0) return null;
  return { from, to: caret, eager: true, offers };
}

function values(qualifier: string, typed: string, { notebooks, tags }: Sidebar): Offer[] {
  switch (qualifier) {
    case 'book': return notebooks.filter((b) => fits(b.name, typed)).map((b) => ({ label: b.name, hint: text.number(b.notes), icon: 'book', insert: b.name }));
    case 'tag': return tags.filter((t) => fits(t.name, typed)).sort((a, b) => b.notes - a.notes).map((t) => ({ label: t.name, hint: text.number(t.notes), dot: tagColor(t.color), insert: t.name }));
    case 'status': return statuses.filter((s) => fits(text.status[s], typed) || fits(s, typed)).map((s: NoteStatus) => ({ label: text.status[s], hint: s, icon: statusIcon[s], iconClass: statusClass[s], insert: s }));
    case 'has': return (Object.keys(text.finding.has) as (keyof typeof text.finding.has)[]).filter((h) => fits(h, typed) || fits(text.finding.has[h], typed)).map((h) => ({ label: text.finding.has[h], hint: h, icon: 'check', insert: h }));
    case 'updated':
    case 'created': return (Object.keys(text.finding.days) as (keyof typeof text.finding.days)[]).filter((d) => fits(d, typed) || fits(text.finding.days[d], typed)).map((d) => ({ label: text.finding.days[d], hint: d, icon: 'calendar', insert: d }));
    default: return [];
  }
}
