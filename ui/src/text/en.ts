// Every word the window says. Voice: plain, present tense, sentence case; what happened, what is
// safe, what to do. "…" ends a label only when more questions follow.

import { activity } from './en-activity';
import { customising, customisingActions } from './en-customising';
import { diagnosis } from './en-diagnosis';
import { account } from './en-account';
import { vault } from './en-vault';
import { editing, editingActions, writingPrefs } from './en-editing';
import { finding, findingActions } from './en-finding';
import { organising, organisingActions } from './en-organising';
import { problems } from './en-problems';
import { reading, readingActions } from './en-reading';
import { sync } from './en-sync';
import { conflictTexts, historyTexts, timeActions } from './en-time';
import { thousands } from './plain';

const many = (n: number, one: string, other: string): string => `${thousands(n, 'en-GB')} ${n === 1 ? one : other}`;

export const en = {
  /** Of dates and numbers. */
  locale: 'en-GB',
  app: { name: 'Sheaf' },
  problems,
  activity,
  sync,
  account,
  vault,
  diagnosis,
  editing,
  reading,
  finding,
  organising,
  customising,

  notes: (n: number) => many(n, 'note', 'notes'),
  attachments: (n: number) => many(n, 'attachment', 'attachments'),
  number: (n: number) => thousands(n, 'en-GB'),
  untitled: 'Untitled',
  windowTitle: (note: string) => `${note} – Sheaf`,

  common: {
    cancel: 'Cancel', close: 'Close', rename: 'Rename', back: 'Back', done: 'Done', undo: 'Undo', tryAgain: 'Try again', technical: 'Technical detail',
    create: 'Create', show: 'Show',
  },

  sidebar: {
    label: 'Sidebar', show: 'Show sidebar', hide: 'Hide sidebar',
    all: 'All notes', pinned: 'Pinned', conflicts: 'Conflicts', trash: 'Trash',
    places: 'Notes', notebooks: 'Notebooks', statuses: 'Status', tags: 'Tags', bin: 'Trash',
    newNotebook: 'New notebook', newTag: 'New tag', preferences: 'Preferences', help: 'Help',
    expand: 'Expand', collapse: 'Collapse', resize: 'Width of the sidebar',
  },

  status: { none: 'No status', active: 'Active', onHold: 'On hold', completed: 'Completed', dropped: 'Dropped' },

  notebook: {
    newInside: 'New notebook inside…', new: 'New notebook…', rename: 'Rename notebook…', move: 'Move notebook…', delete: 'Delete notebook…',
    nameLabel: 'Name', newTitle: 'New notebook', newInsideTitle: (parent: string) => `New notebook in ${parent}`, renameTitle: (name: string) => `Rename ${name}`,
    moveTitle: (name: string) => `Move ${name} to…`, topLevel: 'Top level', search: 'Find a notebook', noMatch: 'No notebook has this name',
    deleteTitle: (name: string) => `Delete ${name}?`,
    deleteBody: (notes: number) => notes === 0
      ? 'It holds no notes. Notebooks inside it are deleted with it.'
      : `${many(notes, 'note moves', 'notes move')} to the trash and can be restored from there. Notebooks inside it are deleted with it.`,
    deleteDo: 'Delete notebook', deleted: (name: string, notes: number) => notes === 0 ? `Deleted ${name}` : `Deleted ${name}; ${many(notes, 'note is', 'notes are')} in the trash`,
    default: 'Default notebook', defaultCannotGo: 'The default notebook stays: new notes need a place.',
    cycle: 'A notebook cannot move into itself or one of its own notebooks.',
  },

  tag: {
    new: 'New tag…', rename: 'Rename tag…', colour: 'Colour', delete: 'Delete tag…', nameLabel: 'Name', newTitle: 'New tag', renameTitle: (name: string) => `Rename ${name}`,
    deleteTitle: (name: string) => `Delete the tag ${name}?`,
    deleteBody: (notes: number) => notes === 0 ? 'No note carries it.' : `It is taken off ${many(notes, 'note', 'notes')}. The notes stay.`,
    deleteDo: 'Delete tag', deleted: (name: string) => `Deleted the tag ${name}`,
    taken: 'Another tag already has this name.',
    colours: {
      default: 'Default', red: 'Red', orange: 'Orange', yellow: 'Yellow', olive: 'Olive', green: 'Green', teal: 'Teal', blue: 'Blue', violet: 'Violet',
      purple: 'Purple', pink: 'Pink', brown: 'Brown', grey: 'Grey', black: 'Black',
    },
    find: 'Find or create a tag', create: (name: string) => `Create “${name}”`, add: 'Tag', addLabel: 'Add a tag', remove: (name: string) => `Remove the tag ${name}`,
    edit: (name: string) => `Tag ${name}`, removeHere: 'Remove from this note', showNotes: 'Show its notes', none: 'No tag has this name',
  },

  list: {
    label: 'Notes', resize: 'Width of the list', newNote: 'New note', search: 'Search', searchAll: 'Search all notes', searchIn: (place: string) => `Search ${place}`,
    clear: 'Clear search', scopeAll: 'Searching everywhere; search only here instead', scopeHere: 'Searching only here; search everywhere instead',
    scopeFixed: 'Searching everywhere',
    sort: 'Sort', sortBy: (key: string) => `Sorted by ${key}`,
    sortKeys: { updated: 'Updated', created: 'Created', title: 'Title', relevance: 'Best match' },
    newest: 'Newest first', oldest: 'Oldest first', aToZ: 'A to Z', zToA: 'Z to A',
    found: (found: string, total: number | null, place: string) => ({ found, rest: total === null ? ` in ${place}` : ` of ${thousands(total, 'en-GB')} in ${place}` }),
    notSearched: (n: number) => `${many(n, 'note', 'notes')} that just arrived can’t be searched yet.`,
    atLeast: (n: number) => `${thousands(n, 'en-GB')}+`,
    conflicted: 'Conflicted', notSent: 'Not sent', pinned: 'Pinned',
    tasks: (done: number, all: number) => `${done} of ${all} tasks done`,
    emptyAll: 'No notes yet', emptyIn: (place: string) => `Nothing in ${place} yet`, emptyHint: 'Notes you make here appear in this list.',
    emptyPinned: 'Nothing pinned', emptyPinnedHint: 'Pin a note to find it here.', emptyTrash: 'The trash is empty', emptyTrashHint: 'Deleted notes wait here until you empty it.',
    emptyConflicts: 'No conflicts', emptyConflictsHint: 'Every note has one version.',
    nothing: (query: string) => `No note has “${query}”`, searched: (n: number, place: string) => `Searched ${many(n, 'note', 'notes')} in ${place}.`, searchedAll: 'Searched all notes.',
    emptyTrashButton: 'Empty trash…', selected: (n: number) => `${many(n, 'note', 'notes')} selected`,
    failed: 'The list could not be read',
    more: 'More about this note', today: 'Today', yesterday: 'Yesterday',
  },

  bulk: {
    hint: 'Actions apply to all of them.', move: 'Move to…', status: 'Status', tags: 'Tags…', pin: 'Pin', unpin: 'Unpin', trash: 'Move to trash', restore: 'Restore', delete: 'Delete for good…',
    clear: 'Clear selection',
  },

  note: {
    title: 'Title', text: 'Text', notebookLabel: (name: string) => `Notebook ${name}, move…`, statusLabel: (status: string) => `Status ${status}`,
    inTrash: 'In the trash', template: 'Template', path: '/',
    menu: 'More', write: 'Write', sideBySide: 'Side by side', read: 'Read', view: 'View',
    back: 'Back to the note before', forward: 'Forward', backToList: 'Back to the list',
    moveTitle: (n: number) => n === 1 ? 'Move note to…' : `Move ${n} notes to…`,
    pin: 'Pin', unpin: 'Unpin', duplicate: 'Duplicate', copyLink: 'Copy link', trash: 'Move to trash', restore: 'Restore', deleteForGood: 'Delete for good…', move: 'Move to…', status: 'Status', tags: 'Tags…',
    deleteTitle: (n: number) => n === 1 ? 'Delete this note for good?' : `Delete ${n} notes for good?`,
    deleteBody: 'They leave the trash and cannot be brought back.', deleteBodyOne: 'It leaves the trash and cannot be brought back.',
    deleteDo: (n: number) => n === 1 ? 'Delete 1 note' : `Delete ${n} notes`,
    emptyTrashTitle: 'Empty the trash?', trashed: (n: number) => n === 1 ? 'Moved to the trash' : `Moved ${n} notes to the trash`,
    restored: (n: number) => n === 1 ? 'Restored' : `Restored ${n} notes`, deleted: (n: number) => n === 1 ? 'Deleted for good' : `Deleted ${n} notes for good`,
    moved: (n: number, place: string) => n === 1 ? `Moved to ${place}` : `Moved ${n} notes to ${place}`, linkCopied: 'Link copied', copyFailed: 'The link could not be copied',
    nothingOpen: 'No note chosen', gone: 'This note is gone', goneHint: 'It was deleted on another device. What you typed is still in this window.', keepGone: 'Keep as a new note',
    created: (when: string) => `Created ${when}`, updated: (when: string) => `Updated ${when}`,
    trashNotice: 'This note is in the trash', trashHint: 'Restore it to go on writing.',
    missing: 'That note is not on this computer', missingTitle: (name: string) => `No note is called “${name}”`, makeMissing: 'It can be made now, beside the note with the link.', makeMissingDo: 'Make the note', linkRefused: 'This link cannot be opened',
    heldBack: {
      titleTooLong: (chars: number, max: number) => `The title has ${chars} characters; other devices take ${max}. The note stays on this computer. Shorten the title and it is sent.`,
      bodyTooLong: (chars: number, max: number) => `The text has ${thousands(chars, 'en-GB')} characters; other devices take ${thousands(max, 'en-GB')}. The note stays on this computer. Split it and both parts are sent.`,
      malformed: 'It breaks a rule of the shared format. It stays on this computer, whole.',
      refused: 'The server refused it. It stays on this computer, whole.',
    },
  },

  editor: {
    placeholder: 'Write', saved: 'Saved', saving: 'Saving…', unsaved: 'Edited',
    tasks: (done: number, all: number) => `${done} of ${all} tasks`, words: (n: number) => many(n, 'word', 'words'), position: (line: number, column: number) => `Ln ${line}, Col ${column}`,
    addingImage: 'Adding the picture…', imageFailed: 'The picture could not be added', remoteImage: (host: string) => `Picture from ${host}`, showImage: 'Show',
    callouts: { note: 'Note', tip: 'Tip', important: 'Important', warning: 'Warning', caution: 'Caution' },
    preview: 'Preview', emptyPreview: 'Nothing to show yet.',
  },

  find: {
    find: 'Find', replace: 'Replace', next: 'Next match', previous: 'Previous match', replaceOne: 'Replace', replaceAll: 'Replace all', close: 'Close', caseSensitive: 'Match case',
    regexp: 'Regular expression', wholeWord: 'Whole words', none: 'No matches', count: (at: number, all: number) => at === 0 ? `${all} matches` : `${at} of ${all}`, tooMany: (all: number) => `more than ${all}`,
    label: 'Find in this note', showReplace: 'Show or hide replace', inSelection: 'Only in the selection', replaced: (n: number) => n === 1 ? 'Replaced 1 match' : `Replaced ${thousands(n, 'en-GB')} matches`, selectAll: 'Select all matches', invalid: 'Not a regular expression',
  },

  conflict: conflictTexts,
  history: historyTexts,

  palette: {
    label: 'Commands', placeholder: 'Find a command', none: 'No command has this name', best: 'Best match', choose: 'choose', run: 'run', count: (n: number, all: number) => `${n} of ${all} commands`,
    openPlaceholder: 'Find a note', openLabel: 'Notes', openNone: 'No note has this', open: 'open', apart: 'in its own window', recent: 'Recently changed',
  },

  support: {
    title: 'Support bundle', lead: 'Everything that somebody who helps needs to see, as one text. Nothing is sent: read it, save it, and send it yourself. It holds no passwords, no titles and no text of notes.',
    copy: 'Copy', copied: 'The support bundle is on the clipboard', save: 'Save', hint: 'Versions, the newest diagnosis, crashes and the end of the log. You read it before it is saved.', look: 'Look at it…',
  },

  about: { version: (version: string) => `Version ${version}`, words: 'Notes in Markdown, kept on this computer and in step with a server of your own.', licence: 'Free software under the MIT or the Apache 2.0 licence.', data: 'Your notes are in', copy: 'Copy version', copied: 'The version is on the clipboard' },
  shortcuts: { title: 'Keyboard shortcuts', lead: 'Every command is also in the palette.' },

  groups: { note: 'This note', notes: 'Notes', conflict: 'Conflicts', list: 'List', edit: 'Text', table: 'Table', view: 'View', go: 'Go', organise: 'Notebooks and tags', sync: 'Sync', app: 'Sheaf' },

  actions: {
    ...editingActions,
    ...readingActions,
    ...findingActions,
    ...organisingActions,
    ...customisingActions,
    ...timeActions,
    'note.new': 'New note', 'note.open': 'Open a note…', 'note.duplicate': 'Duplicate note', 'note.copyLink': 'Copy link to note', 'note.window': 'Open note in its own window', 'note.quick': 'Quick note', 'app.close': 'Close window', 'app.quit': 'Quit Sheaf', 'note.move': 'Move to notebook…', 'note.tags': 'Edit tags…',
    'note.pin': 'Pin or unpin', 'note.trash': 'Move to trash', 'note.restore': 'Restore from trash', 'note.delete': 'Delete for good…', 'note.status.none': 'Status: none', 'note.status.active': 'Status: active',
    'note.status.onHold': 'Status: on hold', 'note.status.completed': 'Status: completed', 'note.status.dropped': 'Status: dropped', 'note.save': 'Save and sync now',
    'note.undoTrash': 'Undo move to trash',
    'list.searchAll': 'Search all notes', 'list.searchHere': 'Search this list', 'list.selectAll': 'Select all notes', 'list.sort.updated': 'Sort by updated', 'list.sort.created': 'Sort by created', 'list.sort.title': 'Sort by title',
    'list.next': 'Next note', 'list.previous': 'Previous note',
    'edit.find': 'Find in note', 'edit.replace': 'Find and replace', 'edit.undo': 'Undo', 'edit.redo': 'Redo', 'edit.bold': 'Bold', 'edit.italic': 'Italic', 'edit.code': 'Code', 'edit.strike': 'Strikethrough', 'edit.link': 'Link',
    'edit.heading1': 'Heading 1', 'edit.heading2': 'Heading 2', 'edit.heading3': 'Heading 3', 'edit.heading4': 'Heading 4', 'edit.heading5': 'Heading 5', 'edit.heading6': 'Heading 6',
    'edit.quote': 'Quote', 'edit.list': 'Bulleted list', 'edit.numbers': 'Numbered list', 'edit.task': 'Task', 'edit.toggleTask': 'Check or uncheck task',
    'view.write': 'Write', 'view.split': 'Side by side', 'view.read': 'Read', 'view.toggleRead': 'Write or read', 'view.sidebar': 'Show or hide sidebar', 'view.list': 'Show or hide list',
    'view.theme.system': 'Theme: system', 'view.theme.light': 'Theme: light', 'view.theme.dark': 'Theme: dark', 'view.larger': 'Larger text', 'view.smaller': 'Smaller text', 'view.textReset': 'Text size back to 16', 'view.zoomIn': 'Zoom in', 'view.zoomOut': 'Zoom out', 'view.zoomReset': 'Zoom back to 100 %',
    'go.back': 'Back', 'go.forward': 'Forward', 'go.sidebar': 'Go to sidebar', 'go.list': 'Go to list', 'go.editor': 'Go to text', 'go.all': 'Show all notes', 'go.pinned': 'Show pinned notes', 'go.trash': 'Show trash',
    'go.conflicts': 'Show conflicts',
    'organise.newNotebook': 'New notebook…', 'organise.newTag': 'New tag…', 'organise.emptyTrash': 'Empty trash…',
    'sync.now': 'Sync now', 'sync.pause': 'Pause sync', 'sync.resume': 'Resume sync', 'sync.preferences': 'Sync preferences', 'sync.diagnose': 'Network diagnosis', 'sync.activity': 'Sync activity',
    'app.preferences': 'Preferences', 'app.palette': 'All commands', 'app.shortcuts': 'Keyboard shortcuts', 'app.dataFolder': 'Open the data folder', 'app.logFolder': 'Open the log folder', 'app.support': 'Support bundle…', 'app.about': 'About Sheaf',
  },

  welcome: {
    title: 'Welcome to Sheaf', lead: 'Your notes live on this computer. Where else they go is up to you.', write: 'Write the first note', writeHint: 'Markdown, saved as you type',
    connect: 'Connect sync', connectHint: 'A Sheaf server, or your own CouchDB database. Notes already there come to you.', before: 'Press', after: 'at any time to find every command.',
  },

  prefs: {
    title: 'Preferences', back: 'Back to notes', sections: { general: 'General', appearance: 'Appearance', editor: 'Editor', keys: 'Keys', sync: 'Sync', diagnosis: 'Network diagnosis', activity: 'Sync activity' },
    theme: 'Theme', themes: { system: 'System', light: 'Light', dark: 'Dark' }, themeHint: 'System follows the light or dark setting of this computer.',
    textSize: 'Text size', textSizeHint: 'In the editor and the preview, 12 to 24 pixels.', pixels: (n: number) => `${n} px`, zoom: 'Zoom', zoomHint: 'Everything in the window.', percent: (n: number) => `${n} %`, smaller: 'Smaller', larger: 'Larger',
    readableWidth: 'Readable line length', readableWidthHint: 'Lines end after about 80 characters, also in a wide window.',
    lineNumbers: 'Line numbers', lineNumbersHint: 'Shown left of the text.', spellCheck: 'Check spelling', spellCheckHint: 'Marks words the dictionaries of this computer do not know.',
    remoteImages: 'Load pictures from the web', remoteImagesHint: 'Off: a picture from another host is shown only when you ask, so nobody learns that you opened the note.',
    writing: writingPrefs,
    keepRunning: 'Keep running in the background', keepRunningHint: 'Closing the window leaves Sheaf in the tray, and it goes on syncing. Start Sheaf again, or use the tray icon, to bring the window back.',
    verboseLogging: 'Detailed log', verboseLoggingHint: 'Writes more into the log file. Note texts and passwords never appear in it.',
    data: 'Notes', dataHint: (notes: string, attachments: string) => `${notes} and ${attachments} on this computer.`, log: 'Log', openFolder: 'Open folder', version: 'Version',
    saveFailed: 'The setting could not be saved', sample: 'Quick zephyrs blow, vexing daft Jim.',
  },

  boot: { failed: 'Sheaf could not open the notes', retry: 'Try again' },
  palettePreview: 'Preview',
  menu: 'Menu',
  closing: { failed: 'Not everything could be saved', body: 'The text is still in this window. Stay to try again, or close and lose the newest words.', stay: 'Stay', close: 'Close and lose them' },
} as const;

export type ActionId = keyof typeof en.actions;
