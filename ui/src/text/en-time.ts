// Words for what happened to a note: conflicts, versions, deletions.

import { thousands } from './plain';

const many = (n: number, one: string, more: string): string => `${thousands(n, 'en-GB')} ${n === 1 ? one : more}`;

export const conflictTexts = {
  page: 'Decide conflicts', back: 'Back to notes', list: 'Conflicts', kept: 'Both versions are kept until you finish. Any choice can be undone.',
  mine: 'Mine', result: 'Result', theirs: 'Theirs', resultHint: 'What will be saved', here: (when: string) => `This computer, ${when}`, there: (when: string) => `Another computer, ${when}`,
  keepAllMine: 'Keep all of mine', keepAllTheirs: 'Keep all of theirs', previous: 'Previous place', next: 'Next place',
  keepMine: 'Keep mine', keepTheirs: 'Keep theirs', keepBoth: 'Keep both', edit: 'Edit…', keptMark: 'Kept', keptBoth: 'Both kept, mine first', edited: 'Edited', open: 'Not decided yet',
  takenMine: 'Changed here only, taken', takenTheirs: 'Changed there only, taken', agreed: 'Changed the same way', merged: 'Both changes fit together', joined: 'Joined', byWinner: 'Taken; both changed it',
  place: (n: number, all: number) => `Place ${n} of ${all}`, placeState: (place: string, state: string) => `${place}: ${state}`,
  fields: { title: 'Title', notebook: 'Notebook', status: 'Status', pinned: 'Pin', tags: 'Tags' }, isPinned: 'Pinned', notPinned: 'Not pinned', noTags: 'No tags', noNotebook: 'No notebook', join: 'Join',
  same: (names: string) => `${names}: same`, byThemselves: (n: number) => (n === 1 ? 'One text change merged by itself' : `${n} text changes merged by themselves`), unknownBase: 'Where the versions parted is no longer known',
  progress: (done: number, all: number) => `${done} of ${all} decided`, nothingToDecide: 'Nothing to decide by hand', finish: 'Finish', later: 'Decide later', undo: 'Undo', redo: 'Redo',
  places: (title: boolean, n: number) => [title ? 'Title' : '', n > 0 ? `Text, ${many(n, 'place', 'places')}` : ''].filter((part) => part !== '').join('; ') || 'Fits together', ofAll: (done: number, all: number) => `${done} of ${all}`,
  versions: (n: number, all: number) => `Version ${n} of ${all}`, otherVersions: (n: number) => `${many(n, 'more version stays', 'more versions stay')} for afterwards.`,
  stale: 'Another version has arrived.', staleHint: 'Nothing was changed. What you decided is kept wherever the text is still the same.',
  gone: 'This note has one version now', goneHint: 'It was decided on another computer, or deleted. What each version said is in its history.',
  none: 'No conflicts', noneHint: 'Every note has one version.', unchanged: (n: number) => many(n, 'unchanged line', 'unchanged lines'),
  editLabel: 'Text of this place', editKeep: 'Keep this text', empty: 'Nothing here', removed: 'Removed',
  many: 'Decide all…', manyOf: (n: number) => `Decide ${many(n, 'conflict', 'conflicts')}`, rules: { provable: 'Put together what fits', mine: 'Keep mine', newest: 'Keep the newest' },
  ruleTitle: (n: number) => `Decide ${many(n, 'conflict', 'conflicts')} at once`,
  ruleBody: {
    provable: 'Only notes where no word is lost are decided. The others stay as they are.',
    mine: 'Each note says what was written on this computer. What the other version said stays in its history, and you can take this back.',
    newest: 'Each note says what was written last, by the clocks of the computers that wrote. What the other version said stays in its history, and you can take this back.',
  },
  ruleDo: (n: number) => `Decide ${many(n, 'note', 'notes')}`,
  done: 'Kept. What each version said is in the history.', doneMany: (n: number, left: number) => `${many(n, 'note', 'notes')} decided.${left > 0 ? ` ${many(left, 'stays', 'stay')} for you to decide.` : ''}`,
  reopened: 'All versions are there again.', decide: 'Decide…',
} as const;

export const historyTexts = {
  page: 'Versions', back: 'Back to note', list: 'Versions', note: 'Sheaf keeps a version per editing session.', current: 'Current', now: 'now',
  reasons: { edited: '', arrived: '', merged: 'Merge', decided: 'Conflict', restored: 'Kept', deleted: 'Deleted' },
  why: {
    edited: 'Before it was edited', arrived: 'Before an edit arrived', merged: 'Before it was merged', decided: 'One side of a conflict', restored: 'Before a version was restored', deleted: 'Before it was deleted',
  },
  words: (added: number, removed: number) => (added + removed === 0 ? 'no change' : `${[added > 0 ? `+${added}` : '', removed > 0 ? `−${removed}` : ''].filter((p) => p !== '').join(' ')} ${added + removed === 1 ? 'word' : 'words'}`),
  wordsLong: (added: number, removed: number) => (added + removed === 0 ? 'the same words' : [added > 0 ? `${many(added, 'word', 'words')} added` : '', removed > 0 ? `${many(removed, 'word', 'words')} removed` : ''].filter((p) => p !== '').join(', ')),
  first: (words: number) => `First, ${many(words, 'word', 'words')}`,
  comparedWith: (when: string, before: string, words: string) => `${when} compared with ${before}: ${words}`, alone: (when: string) => `${when}, the first version`, text: (when: string) => when, currentName: 'now',
  views: { text: 'Text', changes: 'Changes', now: 'Against now' }, view: 'What is shown', copy: 'Copy text', copied: 'Text copied', restore: (when: string) => `Restore ${when}`, restoreCopy: 'Restore as a copy',
  hint: 'Restoring keeps the current text as a version of its own.', isCurrent: 'This is what the note says now.', sameText: 'Nothing is different.', emptyText: 'No text',
  unchanged: (n: number) => many(n, 'unchanged line', 'unchanged lines'), title: 'Title', notebook: 'Notebook', status: 'Status', tags: 'Tags', noTags: 'No tags', noNotebook: 'No notebook', from: 'was', wasLabel: (before: string, after: string) => `was ${before}, is ${after}`,
  restored: (when: string) => `The version of ${when} is back. The text before it is in the history.`, copied2: 'A copy of that version was made.', undone: 'Taken back.',
  none: 'No former versions yet', noneHint: 'The first one is kept when you come back to this note and change it.', added: 'Added', removed: 'Removed', changed: 'Changed',
  keep: 'Keep former versions', keepHint: 'Also the last texts of notes that another computer deleted. Older ones are forgotten.', keepFor: (days: number) => (days === 0 ? 'Without limit' : days === 365 ? 'One year' : `${days} days`), size: (bytes: string) => `They take ${bytes} on this computer.`,
  deleted: {
    title: 'Deleted on another computer', lead: 'Their last texts are kept here until the versions are forgotten.', strip: (n: number) => `${many(n, 'note was', 'notes were')} deleted on another computer`, show: 'Show', restore: 'Bring back', forget: 'Forget for good', forgetAll: 'Forget all…',
    when: (when: string) => `Deleted ${when}`, none: 'Nothing was deleted on another computer.', restored: 'The note is back.', forgetTitle: (n: number) => `Forget ${many(n, 'deleted note', 'deleted notes')} for good?`,
    forgetBody: 'Their last texts are removed from this computer. This cannot be undone.', forgetDo: (n: number) => `Forget ${many(n, 'note', 'notes')}`,
  },
} as const;

export const timeActions = {
  'note.conflict': 'Decide conflict…', 'note.history': 'Versions of this note…', 'go.deleted': 'Notes deleted on another computer…', 'go.merge': 'Decide conflicts…',
  'merge.next': 'Next place to decide', 'merge.previous': 'Previous place to decide', 'merge.mine': 'Keep mine', 'merge.both': 'Keep both', 'merge.theirs': 'Keep theirs', 'merge.edit': 'Edit this place',
  'merge.allMine': 'Keep all of mine', 'merge.allTheirs': 'Keep all of theirs', 'merge.undo': 'Undo a choice', 'merge.redo': 'Redo a choice', 'merge.finish': 'Finish this conflict', 'merge.takeBack': 'Take back the last decision over a conflict',
  'history.next': 'Older version', 'history.previous': 'Newer version', 'history.restore': 'Restore this version', 'history.copy': 'Restore this version as a copy',
} as const;
