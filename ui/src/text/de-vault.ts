// Deutsch: Verschlüsselung der eigenen Datenbank.

import type { vault as vaultInEnglish } from './en-vault';
import type { Wording } from './translation';
import { thousands } from './plain';

const zahl = (n: number): string => thousands(n, 'de-DE');
const many = (n: number, one: string, other: string): string => `${zahl(n)} ${n === 1 ? one : other}`;

export const vault: Wording<typeof vaultInEnglish> = {
  title: 'Verschlüsselung',
  off: 'Aus', offHint: 'Wer den Server betreibt, kann lesen, was in der Datenbank steht. Inkdrops eigene Apps können es auch; sie brauchen es so.',
  on: 'Ein', onHint: 'Auf diesem Computer verschlüsselt, bevor etwas gesendet wird. Der Schlüssel liegt bei deinen Passwörtern, die Passphrase nirgends.',
  locked: 'Hier fehlt die Passphrase', lockedHint: 'Die Datenbank ist verschlüsselt. Es wird nichts gesendet und nichts empfangen, bevor ihre Passphrase an diesem Computer eingegeben ist.',
  turnOn: 'Verschlüsseln…', enter: 'Passphrase eingeben…', kit: 'Wiederherstellungsblatt…', change: 'Passphrase ändern…', turnOff: 'In eine offene Datenbank umziehen…',
  fromTheBeginning: 'Von Anfang an verschlüsseln…', fromTheBeginningHint: 'Noch ist sie leer. Später braucht es dazu einen Umzug in eine andere Datenbank.',

  passphrase: 'Passphrase', repeat: 'Noch einmal', fresh: 'Neue Passphrase', code: 'Wiederherstellungscode', useCode: 'Wiederherstellungscode benutzen', usePassphrase: 'Passphrase benutzen',
  differs: 'Die beiden sind nicht gleich.',
  short: 'Zehn Zeichen oder mehr.',
  strength: {
    weak: 'Leicht zu erraten für den, der den Server hat. Nimm einige Wörter dazu, die nicht zusammengehören.',
    fair: 'Hält Neugierige ab. Mit ein paar Wörtern mehr hält sie lange.',
    good: 'Gut. Fünf oder mehr Wörter, die nicht zusammengehören, errät kaum jemand.',
  },
  none: 'Wer den Server betreibt, darf beliebig oft raten. Sie sollte deshalb länger sein als ein Passwort: ein paar Wörter, die nicht zusammengehören.',

  create: { title: 'Datenbank verschlüsseln', lead: 'Von nun an wird alles auf diesem Computer verschlüsselt, bevor es gesendet wird. Deine anderen Geräte brauchen diese Passphrase einmal. Inkdrops eigene Apps können eine solche Datenbank nicht lesen.', do: 'Verschlüsseln', working: 'Der Schlüssel entsteht…' },
  move: {
    title: 'In eine verschlüsselte Datenbank umziehen', lead: (database) => `In ${database} sind schon Notizen, und ihre früheren Fassungen blieben lesbar. Alles wird in eine neue Datenbank kopiert und gezählt, erst dann wird diese benutzt. ${database} bleibt, wie sie ist.`,
    name: 'Neue Datenbank', do: 'Kopieren und wechseln', taken: 'Wähle einen Namen, den es noch nicht gibt.',
    plainTitle: 'In eine offene Datenbank umziehen', plainLead: (database) => `Alles wird in eine neue Datenbank kopiert, die andere Apps lesen können, und auch, wer den Server betreibt. ${database} bleibt, wie sie ist.`,
  },
  open: { title: 'Passphrase eingeben', lead: (database) => `${database} ist verschlüsselt. Die Passphrase wurde auf dem Gerät gewählt, das sie verschlüsselt hat.`, do: 'Öffnen', lost: 'Verloren? Auch der Wiederherstellungscode öffnet die Datenbank. Ohne beides kann niemand lesen, was dort ist, und niemand kann helfen; die Notizen auf deinen Geräten bleiben.' },
  confirm: { title: 'Wiederherstellungsblatt zeigen', lead: 'Gib die Passphrase der Datenbank ein.', do: 'Zeigen' },
  changing: { title: 'Passphrase ändern', lead: 'Die Notizen bleiben, wie sie sind, und Geräte, die schon dabei sind, bleiben es. Auch der Wiederherstellungscode bleibt.', do: 'Ändern' },

  recovery: {
    title: 'Dein Wiederherstellungsblatt', lead: 'Der Code öffnet die Datenbank, wenn die Passphrase verloren ist. Drucke ihn oder schreib ihn ab, und bewahre ihn nicht an diesem Computer auf. Ohne Code und ohne Passphrase kann niemand lesen, was dort ist, und niemand kann helfen.',
    print: 'Drucken…', copy: 'Kopieren', copied: 'Kopiert', copyFailed: 'Er ließ sich nicht kopieren. Schreib ihn ab.', printFailed: 'Es ließ sich nicht drucken. Kopiere den Code oder schreib ihn ab.', done: 'Ich habe ihn verwahrt',
    page: {
      title: 'Sheaf-Wiederherstellungsblatt', database: 'Datenbank', key: 'Schlüssel', code: 'Wiederherstellungscode', passphrase: 'Passphrase (falls du sie hier notieren willst)',
      what: 'Wer diesen Code hat, kann alle Notizen in der Datenbank lesen. Ein Passwort steht nicht darin: Um den Server zu erreichen, braucht es weiterhin das des Kontos.',
      how: 'So geht es: Einstellungen, Abgleich, Erweitert (CouchDB). Gib Adresse und Konto ein, dann „Passphrase eingeben…“ und „Wiederherstellungscode benutzen“.',
      nobody: 'Einen anderen Weg gibt es nicht. Weder wer Sheaf macht noch wer den Server betreibt kann die Datenbank öffnen.',
    },
  },

  conversion: {
    encrypting: 'Umzug in eine verschlüsselte Datenbank', decrypting: 'Umzug in eine offene Datenbank',
    stages: {
      receiving: (from) => `Alles von ${from} wird empfangen`, creating: (to) => `${to} wird angelegt`,
      copying: (done, total) => total === 0 ? 'Wird kopiert' : `Wird kopiert, ${zahl(done)} von ${zahl(total)}`, checking: 'Beide Datenbanken werden gezählt',
    },
    safe: (from) => `${from} wird nicht verändert. Danach geht der Abgleich weiter.`,
    cancel: 'Abbrechen', carryOn: 'Weitermachen', giveUp: 'Aufgeben',
    interrupted: 'Der Umzug wurde unterbrochen', failed: 'Der Umzug steht still', stillOld: (from) => `${from} ist in Gebrauch wie zuvor. Was schon kopiert ist, wird nicht noch einmal kopiert.`,
    giveUpHint: 'Beim Aufgeben verschwindet die unfertige Datenbank.',
    done: (to) => `${to} ist in Gebrauch`,
    counts: (notes, notebooks, tags, attachments) => `${many(notes, 'Notiz', 'Notizen')}, ${many(notebooks, 'Notizbuch', 'Notizbücher')}, ${many(tags, 'Schlagwort', 'Schlagwörter')} und ${many(attachments, 'Anhang', 'Anhänge')} sind dort, so viele wie zuvor.`,
    left: (n, from) => `${many(n, 'Dokument ließ', 'Dokumente ließen')} sich nicht lesen und ${n === 1 ? 'blieb' : 'blieben'} in ${from}.`,
    oldPlain: (from) => `In ${from} steht weiterhin alles offen. Richte deine anderen Geräte mit der neuen Datenbank ein, dann lösche die alte auf dem Server, und ihre Sicherungen.`,
    oldSealed: (from) => `${from} wurde nicht verändert. Richte deine anderen Geräte mit der neuen Datenbank ein, dann lösche die alte auf dem Server.`,
    read: 'Schließen',
  },
};
