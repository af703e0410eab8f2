// Deutsch: ein Konto bei einem Sheaf-Server.

import type { account as accountInEnglish } from './en-account';
import type { Wording } from './translation';

export const account: Wording<typeof accountInEnglish> = {
  option: 'Sheaf-Server', optionHint: 'Verschlüsselt, bevor etwas diesen Computer verlässt. Betreibe ihn selbst mit einem einzigen Programm, oder nimm einen, dem du traust.',
  ways: 'Konto', signIn: 'Anmelden', signUp: 'Neues Konto',
  address: 'Adresse', addressPlaceholder: 'https://notes.example.org', addressHint: 'So, wie der Server sie beim Start nennt. Andere Server für Standard Notes gehen auch.',
  email: 'E-Mail', emailPlaceholder: 'anna@example.org', emailHint: 'Nur der Name des Kontos. Es wird nichts dorthin gesendet.',
  password: 'Passwort', repeat: 'Noch einmal', code: 'Wiederherstellungscode',
  useCode: 'Wiederherstellungscode benutzen', usePassword: 'Passwort benutzen',
  passwordHint: 'Auf diesem Computer werden daraus die Schlüssel deiner Notizen gemacht. Der Server sieht es nie, und niemand kann es zurücksetzen.',
  short: 'Acht Zeichen oder mehr.', differs: 'Die beiden sind nicht gleich.', plainHttp: 'Einfaches http zu einem anderen Computer: Die Notizen bleiben verschlüsselt, aber andere sehen, dass und wann du abgleichst. Nimm https, wo du kannst.',
  doSignIn: 'Anmelden', doSignUp: 'Konto anlegen', working: 'Aus dem Passwort werden Schlüssel gemacht…', answers: (host) => `Unter ${host} antwortet ein Sheaf-Server.`, missing: 'Trage zuerst Adresse, E-Mail und Passwort ein.',
  older: { what: 'Dieses Konto ist geschützt, wie ältere Programme es tun', body: 'Wer in den Server eindringt, kann sein Passwort leichter erraten. Du kannst es öffnen und danach aufwerten; Programme, die nur die ältere Art kennen, können es dann nicht mehr öffnen.', open: 'Trotzdem öffnen' },
  upgrade: { what: 'Dieses Konto lässt sich besser schützen', body: 'Es ist noch so, wie ein älteres Programm es anlegte. Beim Aufwerten entstehen neue Schlüssel aus einem Passwort deiner Wahl.', do: 'Aufwerten…' },
  keyring: 'Im Schlüsselbund des Systems liegen die Schlüssel, nie das Passwort.',
  keyringOther: 'Die Schlüssel liegen dort, wo Passwörter liegen; das Passwort selbst nicht.',

  signedIn: (display) => `Angemeldet: ${display}`, signedOut: (display) => `Abgemeldet: ${display}`, protectedBy: 'Auf diesem Computer verschlüsselt, bevor etwas gesendet wird.',
  hideSizes: 'Größen verbergen', hideSizesHint: 'Füllt Notizen auf wenige Größen auf, damit der Server eine kurze nicht von einer langen unterscheiden kann. Braucht dort etwas mehr Platz.',
  changePassword: 'Passwort ändern…', kit: 'Wiederherstellungscode…', leave: 'Abmelden…', remove: 'Konto löschen…',
  again: 'Melde dich wieder an, um weiterzumachen. Was du inzwischen geschrieben hast, bleibt und wird gesendet.',

  suspicious: { title: 'Der Server tat, was ein ehrlicher nie tut', dismiss: 'Gelesen' },
  warnings: {
    older: (name) => `Er gab eine ältere Fassung von „${name}“ zurück. Die neuere bleibt und wurde noch einmal gesendet.`,
    forked: (name) => `Er zeigte diesem Gerät von „${name}“ einen anderen Verlauf als zuvor. Vergleiche mit deinen anderen Geräten.`,
    retyped: (name) => `Er sagt, „${name}“ sei etwas anderes, als geschrieben wurde. Es wurde nicht angerührt.`,
    missing: (name) => `Er gibt „${name}“ nicht heraus, obwohl ein anderes Gerät es geschrieben hat.`,
    deleted: (name) => `Er löschte „${name}“, was keines deiner Geräte mit Sheaf tat. Der letzte Text ist noch auf diesem Computer.`,
    altered: (name) => `Was er für „${name}“ herausgab, hat keines deiner Geräte geschrieben. Es wurde nicht übernommen; was hier ist, bleibt.`,
  },

  change: { title: 'Passwort ändern', lead: 'Die Notizen bleiben, wie sie sind, und nichts wird neu gesendet; nur ihre Schlüssel werden neu verschlossen. Andere Geräte fragen beim nächsten Abgleich nach dem neuen Passwort.', current: 'Jetziges Passwort', fresh: 'Neues Passwort', repeat: 'Neues Passwort noch einmal', do: 'Passwort ändern' },
  upgradeTitle: 'Konto aufwerten', upgradeLead: 'Macht neue, stärkere Schlüssel. Du kannst dasselbe Passwort wieder eingeben. Andere Geräte fragen beim nächsten Abgleich danach.', upgradeDo: 'Aufwerten',
  recovery: {
    title: 'Dein Wiederherstellungscode', lead: 'Er öffnet das Konto, wenn das Passwort verloren ist. Niemand sonst kann das; heb ihn also auf, wo nur du ihn findest: auf Papier oder in einem Passwortspeicher.',
    copy: 'Kopieren', copied: 'Kopiert', copyFailed: 'Er ließ sich nicht kopieren. Wähle ihn aus und kopiere ihn von Hand, oder schreib ihn auf.', done: 'Ich habe ihn aufgehoben',
    text: (email, address, code) => `Sheaf-Wiederherstellungscode\n\nKonto:  ${email}\nServer: ${address}\n\n${code}\n\nWer diesen Code hat, kann alle Notizen des Kontos lesen. Einzugeben unter\nEinstellungen, Abgleich, Sheaf-Server, Wiederherstellungscode benutzen.\n`,
  },
  show: { title: 'Wiederherstellungscode zeigen', lead: 'Gib das Passwort des Kontos ein.', do: 'Zeigen' },
  removal: { title: 'Konto löschen', lead: 'Alles auf dem Server wird gelöscht, für alle deine Geräte und endgültig. Die Notizen auf diesem Computer bleiben.', do: 'Konto löschen' },
  leaving: {
    title: 'Abmelden', keep: 'Die Notizen auf diesem Computer behalten', keepHint: 'Sie bleiben, wie sie sind, und werden nicht mehr abgeglichen.', drop: 'Sie von diesem Computer nehmen', dropHint: 'Vorher werden alle gesendet; sie bleiben auf dem Server. Frühere Fassungen, die hier liegen, gehen mit.', do: 'Abmelden',
  },
  file: {
    title: 'Alle Notizen als Datei', lead: 'Notizen, Notizbücher und Schlagwörter als JSON, wie jedes Programm für Standard Notes es liest und schreibt. Die Datei ist nicht verschlüsselt; Bilder und andere Anhänge sind nicht darin.',
    save: 'Exportieren', take: 'Importieren…', taking: 'Eine Datei mit Notizen', saved: (path) => `Gespeichert als ${path}. Wer die Datei hat, kann sie lesen.`,
    taken: (notes, others) => `${notes === 1 ? 'Eine Notiz wurde' : `${notes} Notizen wurden`} übernommen${others === 0 ? '.' : others === 1 ? ', dazu ein Notizbuch oder Schlagwort.' : `, dazu ${others} Notizbücher und Schlagwörter.`}`,
    nothing: 'Nichts darin ist neu.', here: (n) => `${n === 1 ? 'Ein Eintrag war' : `${n} Einträge waren`} schon hier.`, skipped: (n) => `${n === 1 ? 'Ein Eintrag ist' : `${n} Einträge sind`} von einer Art, die Sheaf nicht kennt, oder verschlüsselt, und ${n === 1 ? 'blieb' : 'blieben'} draußen.`,
    refused: 'Das ist keine Datei mit Notizen. Nichts wurde geändert.',
  },
};
