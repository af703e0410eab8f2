// Deutsch: was mit einer Notiz geschah. Konflikte, Fassungen, Löschungen.

import type { conflictTexts as conflictsInEnglish, historyTexts as historyInEnglish, timeActions as actionsInEnglish } from './en-time';
import type { Wording } from './translation';
import { thousands } from './plain';

const zahl = (n: number): string => thousands(n, 'de-DE');
const many = (n: number, one: string, other: string): string => `${zahl(n)} ${n === 1 ? one : other}`;

export const conflictTexts: Wording<typeof conflictsInEnglish> = {
  page: 'Konflikte entscheiden', back: 'Zurück zu den Notizen', list: 'Konflikte', kept: 'Beide Fassungen bleiben, bis du fertig bist. Jede Wahl lässt sich zurücknehmen.',
  mine: 'Meine', result: 'Ergebnis', theirs: 'Die andere', resultHint: 'Was gesichert wird', here: (when) => `Dieser Computer, ${when}`, there: (when) => `Ein anderer Computer, ${when}`,
  keepAllMine: 'Alles von mir behalten', keepAllTheirs: 'Alles von dort behalten', previous: 'Vorige Stelle', next: 'Nächste Stelle',
  keepMine: 'Meine behalten', keepTheirs: 'Die andere behalten', keepBoth: 'Beide behalten', edit: 'Bearbeiten…', keptMark: 'Behalten', keptBoth: 'Beide behalten, meine zuerst', edited: 'Bearbeitet', open: 'Noch nicht entschieden',
  takenMine: 'Nur hier geändert, übernommen', takenTheirs: 'Nur dort geändert, übernommen', agreed: 'Gleich geändert', merged: 'Beide Änderungen passen zusammen', joined: 'Zusammengefügt', byWinner: 'Übernommen; beide haben es geändert',
  place: (n, all) => `Stelle ${n} von ${all}`, placeState: (place, state) => `${place}: ${state}`,
  fields: { title: 'Titel', notebook: 'Notizbuch', status: 'Status', pinned: 'Angeheftet', tags: 'Schlagwörter' }, isPinned: 'Angeheftet', notPinned: 'Nicht angeheftet', noTags: 'Keine Schlagwörter', noNotebook: 'Kein Notizbuch', join: 'Zusammenfügen',
  same: (names) => `${names}: gleich`, byThemselves: (n) => (n === 1 ? 'Eine Änderung am Text fügte sich von selbst ein' : `${n} Änderungen am Text fügten sich von selbst ein`), unknownBase: 'Wo die Fassungen auseinandergingen, ist nicht mehr bekannt',
  progress: (done, all) => `${done} von ${all} entschieden`, nothingToDecide: 'Nichts von Hand zu entscheiden', finish: 'Abschließen', later: 'Später entscheiden', undo: 'Rückgängig', redo: 'Wiederholen',
  places: (title, n) => [title ? 'Titel' : '', n > 0 ? `Text, ${many(n, 'Stelle', 'Stellen')}` : ''].filter((part) => part !== '').join('; ') || 'Passt zusammen', ofAll: (done, all) => `${done} von ${all}`,
  versions: (n, all) => `Fassung ${n} von ${all}`, otherVersions: (n) => (n === 1 ? 'Noch 1 Fassung bleibt für danach.' : `Noch ${zahl(n)} Fassungen bleiben für danach.`),
  stale: 'Eine weitere Fassung ist gekommen.', staleHint: 'Nichts wurde geändert. Was du entschieden hast, gilt überall, wo der Text noch derselbe ist.',
  gone: 'Diese Notiz hat jetzt eine Fassung', goneHint: 'Sie wurde auf einem anderen Computer entschieden oder gelöscht. Was jede Fassung sagte, steht in ihrem Verlauf.',
  none: 'Keine Konflikte', noneHint: 'Jede Notiz hat eine Fassung.', unchanged: (n) => many(n, 'unveränderte Zeile', 'unveränderte Zeilen'),
  editLabel: 'Text dieser Stelle', editKeep: 'Diesen Text behalten', empty: 'Nichts an dieser Stelle', removed: 'Entfernt',
  many: 'Alle entscheiden…', manyOf: (n) => `${many(n, 'Konflikt', 'Konflikte')} entscheiden`, rules: { provable: 'Zusammenfügen, was passt', mine: 'Meine behalten', newest: 'Die neueste behalten' },
  ruleTitle: (n) => `${many(n, 'Konflikt', 'Konflikte')} auf einmal entscheiden`,
  ruleBody: {
    provable: 'Entschieden werden nur Notizen, bei denen kein Wort verloren geht. Die anderen bleiben, wie sie sind.',
    mine: 'Jede Notiz sagt, was auf diesem Computer geschrieben wurde. Was die andere Fassung sagte, bleibt in ihrem Verlauf, und du kannst es zurücknehmen.',
    newest: 'Jede Notiz sagt, was zuletzt geschrieben wurde, nach den Uhren der Computer, auf denen es geschah. Was die andere Fassung sagte, bleibt in ihrem Verlauf, und du kannst es zurücknehmen.',
  },
  ruleDo: (n) => `${many(n, 'Notiz', 'Notizen')} entscheiden`,
  done: 'Behalten. Was jede Fassung sagte, steht im Verlauf.', doneMany: (n, left) => `${many(n, 'Notiz', 'Notizen')} entschieden.${left > 0 ? ` ${many(left, 'bleibt', 'bleiben')} für dich.` : ''}`,
  reopened: 'Alle Fassungen sind wieder da.', decide: 'Entscheiden…',
};

export const historyTexts: Wording<typeof historyInEnglish> = {
  page: 'Fassungen', back: 'Zurück zur Notiz', list: 'Fassungen', note: 'Sheaf behält von jeder Sitzung eine Fassung.', current: 'Aktuell', now: 'jetzt',
  reasons: { edited: '', arrived: '', merged: 'Zusammengeführt', decided: 'Konflikt', restored: 'Behalten', deleted: 'Gelöscht' },
  why: {
    edited: 'Vor dem Bearbeiten', arrived: 'Bevor eine Änderung ankam', merged: 'Vor dem Zusammenführen', decided: 'Eine Seite eines Konflikts', restored: 'Bevor eine Fassung zurückgeholt wurde', deleted: 'Vor dem Löschen',
  },
  words: (added, removed) => (added + removed === 0 ? 'keine Änderung' : `${[added > 0 ? `+${zahl(added)}` : '', removed > 0 ? `−${zahl(removed)}` : ''].filter((p) => p !== '').join(' ')} ${added + removed === 1 ? 'Wort' : 'Wörter'}`),
  wordsLong: (added, removed) => (added + removed === 0 ? 'dieselben Wörter' : [added > 0 ? `${many(added, 'Wort', 'Wörter')} dazu` : '', removed > 0 ? `${many(removed, 'Wort', 'Wörter')} entfernt` : ''].filter((p) => p !== '').join(', ')),
  first: (words) => `Die erste, ${many(words, 'Wort', 'Wörter')}`,
  comparedWith: (when, before, words) => `${when} verglichen mit ${before}: ${words}`, alone: (when) => `${when}, die erste Fassung`, text: (when) => when, currentName: 'jetzt',
  views: { text: 'Text', changes: 'Änderungen', now: 'Gegen jetzt' }, view: 'Was gezeigt wird', copy: 'Text kopieren', copied: 'Text kopiert', restore: (when) => `${when} zurückholen`, restoreCopy: 'Als Kopie zurückholen',
  hint: 'Beim Zurückholen bleibt der jetzige Text als eigene Fassung.', isCurrent: 'Das sagt die Notiz jetzt.', sameText: 'Nichts ist anders.', emptyText: 'Kein Text',
  unchanged: (n) => many(n, 'unveränderte Zeile', 'unveränderte Zeilen'), title: 'Titel', notebook: 'Notizbuch', status: 'Status', tags: 'Schlagwörter', noTags: 'Keine Schlagwörter', noNotebook: 'Kein Notizbuch', from: 'war', wasLabel: (before, after) => `war ${before}, ist ${after}`,
  restored: (when) => `Die Fassung von ${when} ist wieder da. Der Text davor steht im Verlauf.`, copied2: 'Von dieser Fassung wurde eine Kopie gemacht.', undone: 'Zurückgenommen.',
  none: 'Noch keine früheren Fassungen', noneHint: 'Die erste entsteht, wenn du zu dieser Notiz zurückkommst und sie änderst.', added: 'Dazugekommen', removed: 'Entfernt', changed: 'Geändert',
  keep: 'Frühere Fassungen behalten', keepHint: 'Auch die letzten Texte von Notizen, die ein anderer Computer gelöscht hat. Ältere werden vergessen.', keepFor: (days) => (days === 0 ? 'Unbegrenzt' : days === 365 ? 'Ein Jahr' : `${days} Tage`), size: (bytes) => `Sie brauchen ${bytes} auf diesem Computer.`,
  deleted: {
    title: 'Auf einem anderen Computer gelöscht', lead: 'Ihre letzten Texte bleiben hier, bis die Fassungen vergessen werden.', strip: (n) => `${many(n, 'Notiz wurde', 'Notizen wurden')} auf einem anderen Computer gelöscht`, show: 'Zeigen', restore: 'Zurückholen', forget: 'Endgültig vergessen', forgetAll: 'Alle vergessen…',
    when: (when) => `Gelöscht ${when}`, none: 'Auf einem anderen Computer wurde nichts gelöscht.', restored: 'Die Notiz ist wieder da.', forgetTitle: (n) => `${many(n, 'gelöschte Notiz', 'gelöschte Notizen')} endgültig vergessen?`,
    forgetBody: 'Ihre letzten Texte werden von diesem Computer entfernt. Das lässt sich nicht zurücknehmen.', forgetDo: (n) => `${many(n, 'Notiz', 'Notizen')} vergessen`,
  },
};

export const timeActions: Wording<typeof actionsInEnglish> = {
  'note.conflict': 'Konflikt entscheiden…', 'note.history': 'Fassungen dieser Notiz…', 'go.deleted': 'Auf anderen Computern gelöschte Notizen…', 'go.merge': 'Konflikte entscheiden…',
  'merge.next': 'Nächste Stelle zum Entscheiden', 'merge.previous': 'Vorige Stelle zum Entscheiden', 'merge.mine': 'Meine behalten', 'merge.both': 'Beide behalten', 'merge.theirs': 'Die andere behalten', 'merge.edit': 'Diese Stelle bearbeiten',
  'merge.allMine': 'Alles von mir behalten', 'merge.allTheirs': 'Alles von dort behalten', 'merge.undo': 'Eine Wahl zurücknehmen', 'merge.redo': 'Eine Wahl wiederholen', 'merge.finish': 'Diesen Konflikt abschließen', 'merge.takeBack': 'Die letzte Entscheidung über einen Konflikt zurücknehmen',
  'history.next': 'Ältere Fassung', 'history.previous': 'Neuere Fassung', 'history.restore': 'Diese Fassung zurückholen', 'history.copy': 'Diese Fassung als Kopie zurückholen',
};
