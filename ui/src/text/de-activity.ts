// Der Verlauf des Abgleichs.

import type { activity as activityInEnglish } from './en-activity';
import type { Wording } from './translation';
import { thousands } from './plain';

const zahl = (n: number): string => thousands(n, 'de-DE');
const many = (n: number, one: string, other: string): string => `${zahl(n)} ${n === 1 ? one : other}`;

export const activity: Wording<typeof activityInEnglish> = {
  title: 'Verlauf des Abgleichs', lead: 'Was gesendet und empfangen wurde. Der Verlauf bleibt auf diesem Computer und enthält keine Texte.', kinds: { pulled: 'Empfangen', pushed: 'Gesendet', merged: 'Zusammengeführt', conflict: 'Konflikt', quarantined: 'Nicht genommen', skipped: 'Übergangen' }, all: 'Alles', filter: 'Was geschehen ist', search: 'Titel suchen', list: 'Sitzungen, die neueste zuerst',
  deletion: { pulled: 'Löschung empfangen', pushed: 'Löschung gesendet' }, counts: { pulled: (n) => `${zahl(n)} empfangen`, pushed: (n) => `${zahl(n)} gesendet`, merged: (n) => `${zahl(n)} zusammengeführt`, conflicts: (n) => many(n, 'Konflikt', 'Konflikte'), quarantined: (n) => `${zahl(n)} nicht genommen`, skipped: (n) => `${zahl(n)} übergangen` },
  span: (a, b) => `${a} bis ${b}`, times: (n) => `${zahl(n)}-mal`, tries: (n) => `${zahl(n)}-mal versucht`, more: (n) => `und ${many(n, 'weiteres Dokument', 'weitere Dokumente')}`, nameless: { note: 'Eine Notiz, die nicht mehr hier ist', other: 'Keine Notiz' }, untold: 'Ohne Titel', open: (n) => `${n} öffnen`,
  retry: 'Noch einmal', skip: 'Übergehen', retried: 'Sheaf versucht es noch einmal.', skipped: 'Sheaf schweigt darüber, bis es sich ändert.', stuck: { title: 'Wird nicht abgeglichen', lead: 'Das bleibt ganz, wo es ist. Alles andere wird abgeglichen.', all: 'Alle noch einmal', skippedHint: 'Übergangen; mit einem neuen Grund meldet es sich wieder' },
  reasons: { unreadable: 'Es hat nicht die Form einer Notiz oder ist verschlossen. Auf dem Server bleibt es unberührt.' }, copy: 'Verlauf kopieren', save: 'Verlauf sichern', copied: 'Ohne Titel kopiert', older: 'Ältere folgen beim Blättern.', empty: 'Noch nichts abgeglichen', emptyHint: 'Was gesendet und empfangen wird, erscheint hier.', off: 'Der Abgleich ist aus. Was vorher gesendet und empfangen wurde, steht hier.', nothing: 'Dazu steht nichts im Verlauf', clear: 'Alles zeigen',
};
