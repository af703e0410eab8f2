// Deutsch: die Netzdiagnose, alles um die Sätze der Befunde herum.

import type { FixKind } from '../ipc/generated';
import { checks, findings } from './de-findings';
import type { diagnosis as diagnosisInEnglish } from './en-diagnosis';
import { grouped, type FixWords } from './en-diagnosis';
import type { Wording } from './translation';
import { thousands } from './plain';

const zahl = (n: number): string => thousands(n, 'de-DE');
const many = (n: number, one: string, other: string): string => `${zahl(n)} ${n === 1 ? one : other}`;
const decimal = (n: number): string => n.toLocaleString('de-DE', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const megabytes = (bytes: number): string => bytes >= 1_000_000 ? `${decimal(bytes / 1_000_000)} MB` : `${Math.round(bytes / 1000)} kB`;

const back = 'Auf dieser Seite lässt es sich zurücknehmen.';

function fix(kind: FixKind, inForce: boolean): FixWords {
  switch (kind.kind) {
    case 'useAddress': return {
      do: `${kind.address} benutzen`, title: `${kind.address} benutzen?`, done: `Die Adresse ist ${kind.address}`,
      body: inForce ? `Abgeglichen wird von nun an mit dieser Adresse, mit demselben Namen, Passwort und derselben Datenbank. Weder hier noch dort wird gelöscht. ${back}` : 'Es wird mit dieser Adresse noch einmal geprüft. Nichts wird eingestellt.',
    };
    case 'useDatabase': return {
      do: `Die Datenbank ${kind.name} benutzen`, title: `Die Datenbank ${kind.name} benutzen?`, done: `Die Datenbank ist ${kind.name}`,
      body: inForce ? `Abgeglichen wird von nun an mit dieser Datenbank. Vorher werden die Notizen hier gesichert. ${back}` : 'Es wird mit diesem Namen noch einmal geprüft. Nichts wird eingestellt.',
    };
    case 'trustCertificate': return {
      do: 'Diesem Zertifikat trauen…', title: `Diesem Zertifikat von ${kind.server} trauen?`, done: `Dem Zertifikat ${grouped(kind.sha256).slice(0, 19)}… wird bei ${kind.server} getraut`,
      body: `Tu es nur, wenn der Server denselben Fingerabdruck zeigt: ${grouped(kind.sha256)}. Sheaf traut dann diesem einen Zertifikat, bei diesem Server, bis es sich ändert. ${back}`,
    };
    case 'createDatabase': return {
      do: `${kind.name} anlegen`, title: `Die Datenbank ${kind.name} anlegen?`, done: `Die Datenbank ${kind.name} wurde angelegt`,
      body: 'Auf dem Server entsteht eine leere Datenbank, sonst ändert sich dort nichts. Solange sie leer ist, lässt es sich auf dieser Seite zurücknehmen.',
    };
    case 'restrictSecurity': return {
      do: `Auf ${kind.user} beschränken`, title: `Die Datenbank auf ${kind.user} beschränken?`, done: `Nur ${kind.user} und die Verwalter kommen hinein`,
      body: `Nur ${kind.user}, die Verwalter und wer dort schon genannt ist, dürfen sie von nun an lesen. Geräte, die ohne Namen abgleichen, sind ausgesperrt. ${back}`,
    };
    case 'smallerBatches': return {
      do: `Höchstens ${megabytes(kind.bytes)} auf einmal senden`, title: `Höchstens ${megabytes(kind.bytes)} auf einmal senden?`, done: `Höchstens ${megabytes(kind.bytes)} werden auf einmal gesendet`,
      body: `Der Abgleich stellt diesem Server kleinere Anfragen, was etwas länger dauert. ${back}`,
    };
    case 'askEvery': return {
      do: `Alle ${kind.seconds} Sekunden fragen`, title: `Alle ${kind.seconds} Sekunden fragen?`, done: `Nach Änderungen wird alle ${kind.seconds} Sekunden gefragt`,
      body: `Sheaf fragt diesen Server alle ${kind.seconds} Sekunden nach Änderungen, statt eine stille Verbindung zu halten. ${back}`,
    };
    case 'preferIpv4': return { do: 'IPv4 für diesen Server benutzen', title: 'IPv4 für diesen Server benutzen?', done: 'Für diesen Server wird IPv4 benutzt', body: `Sheaf lässt die IPv6-Adressen dieses Servers aus. ${back}` };
    case 'withoutProxy': return {
      do: 'Ohne den Proxy gehen', title: 'Ohne den Proxy zu diesem Server gehen?', done: 'Dieser Server wird ohne den Proxy erreicht',
      body: `Sheaf verbindet sich mit diesem Server unmittelbar und lässt die Proxy-Einstellungen des Systems beiseite. ${back}`,
    };
    case 'retryStuck': return {
      do: `${many(kind.documents, 'Dokument', 'Dokumente')} noch einmal versuchen`, title: `${many(kind.documents, 'Dokument', 'Dokumente')} noch einmal versuchen?`, done: `${many(kind.documents, 'Dokument wurde', 'Dokumente wurden')} noch einmal versucht`,
      body: 'Sie werden mit dem nächsten Abgleich noch einmal gesendet. Was wieder abgelehnt wird, bleibt ganz hier.',
    };
  }
}

const counted = (n: number, one: string, other: string): string => n === 1 ? `Ein ${one}` : `${zahl(n)} ${other}`;

export const diagnosis: Wording<typeof diagnosisInEnglish> = {
  title: 'Netzdiagnose', fix, grouped, checks, findings,
  groups: { computer: 'Dieser Computer', address: 'Adresse', connection: 'Verbindung', certificate: 'Zertifikat', server: 'Server', signIn: 'Anmeldung', database: 'Datenbank', changes: 'Laufende Änderungen', encryption: 'Verschlüsselung', sync: 'Abgleich' },
  lead: {
    idle: 'Sieht sich jeden Schritt zwischen diesem Computer und deinem Server an und sagt in einfachen Worten, was im Weg steht. Kein anderer Rechner wird gefragt.',
    safe: (target) => `${target}. Deine Notizen auf diesem Computer sind sicher.`,
    nowhere: 'Der Abgleich ist aus. Gib eine Adresse ein, um sie anzusehen, bevor du sie benutzt; nichts wird eingestellt.',
  },
  verdict: {
    running: 'Sieht nach…', healthy: 'Alles ist, wie es sein soll', incomplete: 'Nicht alles wurde gefragt',
    problems: (failed, warnings) => [failed > 0 ? counted(failed, 'Problem', 'Probleme') : '', warnings > 0 ? (failed > 0 && warnings === 1 ? 'eine Warnung' : warnings === 1 ? 'Eine Warnung' : `${zahl(warnings)} Warnungen`) : ''].filter((part) => part !== '').join(', '),
  },
  address: 'Adresse', addressPlaceholder: 'https://user:password@host:port/database', check: 'Prüfen', addressHint: 'Ein Passwort darin dient nur dieser Prüfung und wird nirgends aufgehoben.', another: 'Eine andere Adresse prüfen…', own: 'Die geltende Adresse prüfen',
  progress: (done, all) => `${done} von ${all} geprüft`, progressLabel: 'Prüfungen',
  run: 'Prüfen', again: 'Noch einmal', stop: 'Anhalten', copy: 'Bericht kopieren', save: 'Bericht sichern', copied: 'Der Bericht ist in der Zwischenablage', copyFailed: 'Der Bericht ließ sich nicht kopieren', saved: (path) => `Gesichert als ${path}`,
  deep: 'Die stille Verbindung 40 Sekunden lang beobachten', deepHint: 'Die meisten Proxys, die eine kappen, tun es nach 30.',
  hideNames: 'Namen von Rechnern weglassen',
  redacted: 'Im Bericht stehen keine Passwörter, keine Titel und kein Text.',
  means: 'Was das heißt', todo: 'Was zu tun ist', code: (check, code) => `${check} · ${code}`,
  states: { waiting: 'Wartet', running: 'Sieht nach', passed: 'Gut', notNeeded: 'Nicht nötig', warning: 'Ansehen', failed: 'Halt', skipped: 'Ausgelassen', cancelled: 'Nicht gefragt' },
  skipped: (cause) => `Ausgelassen: Es beruht auf „${cause}“`, cancelled: 'Beendet, bevor danach gefragt wurde', waiting: 'Wartet',
  copyLine: 'Diese Zeile kopieren', lineCopied: 'Die Zeile ist in der Zwischenablage',
  applied: 'Von hier aus getan', undo: 'Zurücknehmen', undone: 'Zurückgenommen', fixFailed: 'Das gelang nicht',
  ms: (n) => n < 1000 ? `${n} ms` : `${decimal(n / 1000)} s`, seconds: (n) => `${decimal(n)} s`,
  openLoginPage: 'Anmeldeseite öffnen',
  open: 'Diagnose…', likely: (what) => `Wahrscheinlich: ${what}.`,
};
