// Deutsch: bevor eine Seite zur anderen gebracht wird, neu beginnen, einen Server einrichten, der Link zum nächsten Gerät.

import type { join as joinInEnglish, link as linkInEnglish, reset as resetInEnglish, server as serverInEnglish } from './en-sync-setup';
import type { Wording } from './translation';
import { thousands } from './plain';

const zahl = (n: number): string => thousands(n, 'de-DE');
const many = (n: number, one: string, other: string): string => `${zahl(n)} ${n === 1 ? one : other}`;
const notes = (n: number): string => many(n, 'Notiz', 'Notizen');
const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toLocaleString('de-DE', { maximumFractionDigits: 1 })} MB`;

export const join: Wording<typeof joinInEnglish> = {
  title: { switch: 'Beide Seiten haben Notizen', shared: 'Diese Datenbank benutzen auch andere', guard: 'Eine andere Datenbank', pull: 'Von vorn abgleichen', push: 'Die Gegenseite neu aufbauen' },
  lead: {
    switch: 'Noch wurde nichts geändert. Wähle, was mit dem geschieht, was nur auf einer Seite ist.',
    guard: 'Weder hier noch dort wurde etwas geändert. Wähle, was mit dem geschieht, was nur auf einer Seite ist.',
    pull: 'Dieser Computer bekommt, was die Datenbank hat. Nimm das, wenn die Notizen hier nicht sind, wie sie sein sollen.',
    push: 'Die Datenbank bekommt, was dieser Computer hat. Nimm das, wenn die Notizen dort nicht sind, wie sie sein sollen.',
  },
  counting: 'Beide Seiten werden gezählt', countFailed: 'Die Datenbank ließ sich nicht zählen.',
  here: 'Dieser Computer', both: 'Auf beiden', notes,
  others: (n, examples) => `${many(n, 'Dokument', 'Dokumente')} dort ${n === 1 ? 'ist' : 'sind'} nicht von Sheaf (${examples.join(', ')}${n > examples.length ? ', …' : ''}). Ein anderes Programm benutzt diese Datenbank; eine eigene ist sicherer.`,
  accounts: (names) => `Notizen dort werden auch als ${names.join(', ')} abgeglichen. Zusammengeführt ständen sie in einer Liste.`,
  nothingInCommon: 'Keine Notiz ist auf beiden Seiten. Vielleicht gehören sie jemand anderem.',
  choice: 'Was geschieht',
  merge: 'Zusammenführen', mergeHint: 'Bringt beide zueinander. Auf keiner Seite wird gelöscht.',
  replaceRemote: 'Die Datenbank ersetzen',
  replaceRemoteHint: (n) => n === 0 ? 'Sie bekommt, was dieser Computer hat.' : `${notes(n)}, die nur dort ${n === 1 ? 'ist, wird' : 'sind, werden'} gelöscht, auch auf den anderen Geräten.`,
  replaceHere: 'Diesen Computer ersetzen',
  replaceHereHint: (n) => n === 0 ? 'Er bekommt, was die Datenbank hat.' : `${notes(n)}, die nur hier ${n === 1 ? 'ist, verlässt' : 'sind, verlassen'} diesen Computer.`,
  backup: 'Vorher kommt eine Kopie von allem auf diesem Computer in den Datenordner.',
  resumes: 'Wird es unterbrochen, geht es von selbst weiter.',
  doMerge: 'Zusammenführen', doReplaceRemote: (n) => n === 0 ? 'Die Datenbank ersetzen' : `${notes(n)} dort löschen`, doReplaceHere: (n) => n === 0 ? 'Diesen Computer ersetzen' : `${notes(n)} hier ersetzen`,
  moved: 'Die Zahlen sind andere als die, die du gelesen hast. Nichts wurde getan; sieh sie dir noch einmal an.',
  replaceRemoteAsk: 'Die Gegenseite ersetzen…', replaceHereAsk: 'Diesen Computer ersetzen…',
};

export const reset: Wording<typeof resetInEnglish> = {
  title: 'Neu beginnen', pull: 'Von vorn abgleichen…', push: 'Die Gegenseite neu aufbauen…', cancel: 'Stattdessen zusammenführen',
  pulling: (done, total) => `Von vorn, ${zahl(done)} von ${zahl(total)}`,
  pushing: (done, total) => `Neuaufbau, ${zahl(done)} von ${zahl(total)}`,
  waiting: { pull: 'Es geht von vorn weiter, sobald der Server antwortet.', push: 'Der Neuaufbau geht weiter, sobald der Server antwortet.', cancel: '' },
};

export const server: Wording<typeof serverInEnglish> = {
  title: 'Der Server', lead: 'Wer hineinkommt, was Telefone brauchen und was hindurchpasst.', look: 'Ansehen', looking: 'Der Server wird gefragt', failed: 'Der Server hat es nicht gesagt',
  access: 'Wer hineinkommt', open: 'Alle, ohne Passwort', openHint: 'Ohne Namen gefragt, zeigte die Datenbank ihren Inhalt. Wer die Adresse kennt, kann deine Notizen lesen und ändern.',
  party: 'Wer diesen Server erreicht, ist sein Verwalter: Noch wurde niemand dazu gemacht. Benenne zuerst einen auf den Seiten des Servers.',
  closed: 'Nur wer genannt ist', closedHint: 'Ohne Namen gefragt, zeigt die Datenbank nichts.',
  members: 'Mitglieder', admins: 'Verwalter', roles: 'Rollen', nobody: 'Niemand mit Namen',
  restrict: (name) => `Auf ${name} beschränken`, restrictMore: (name, n) => `Auf ${name} und ${many(n, 'weiteren', 'weitere')} beschränken`,
  restrictHint: 'Wer schon genannt ist, bleibt.', mayNot: 'Dieses Konto darf nicht ändern, wer hineinkommt. Wer den Server betreibt, kann es.',
  mobile: 'Telefone', mobileReady: 'Sie finden den Filter, den sie brauchen.', mobileMissing: 'Die Programme für Telefone brauchen einen Filter, der Anhänge auslässt.', prepare: 'Für Telefone vorbereiten',
  limits: 'Was hindurchpasst', limitsHint: 'Sendet bis zu 11 MB, die nirgends aufgehoben werden.', measure: 'Messen',
  takes: (bytes) => `${megabytes(bytes)} kamen hindurch.`, refuses: (bytes) => `${megabytes(bytes)} kamen nicht hindurch. Größere Notizen und Anhänge bleiben auf diesem Computer, bis die Grenze höher liegt (nginx: client_max_body_size).`,
  document: (bytes) => `Eine Notiz darf ${megabytes(bytes)} haben.`,
};

export const link: Wording<typeof linkInEnglish> = {
  title: 'Ein weiteres Gerät', lead: 'Ein Link trägt diese Einstellungen hinüber, verschlossen mit einer Passphrase deiner Wahl.', create: 'Link anlegen…', use: 'Link benutzen…',
  createTitle: 'Link für ein weiteres Gerät', createLead: 'Sende den Link, wie du willst, und die Passphrase auf einem anderen Weg.',
  useTitle: 'Link benutzen', useLead: 'Lege ihn auf dem anderen Gerät an: Einstellungen, Abgleich.',
  link: 'Link', placeholder: 'sheaf://setup/…', passphrase: 'Passphrase', tooShort: 'Mindestens 8 Zeichen. Wer den Link findet, kann so viele probieren, wie er will.',
  withPassword: 'Mit dem Passwort', withToken: 'Mit dem Token', tokenHint: 'Noch einmal: ein gespeichertes Token zeigt die App niemandem, auch nicht dem eigenen Fenster.', otherToken: 'Das ist nicht das Token, das hier benutzt wird.', withPasswordHint: 'Ohne es wird es auf dem anderen Gerät eingegeben.', password: (user) => `Passwort von ${user}`, passwordHint: 'Noch einmal: ein gespeichertes Passwort zeigt die App niemandem, auch nicht dem eigenen Fenster.', make: 'Anlegen', open: 'Felder ausfüllen', copy: 'Link kopieren', copied: 'Kopiert', noLink: 'Das ist kein solcher Link. Er beginnt mit sheaf://setup/.',
};
