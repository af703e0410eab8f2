// The words of the editor: what can be inserted, tables, pictures, outline, its preferences.

import { thousands } from './plain';

export const editing = {
  attaching: (name: string) => `Adding ${name}…`,
  attachFailed: (name: string) => `${name} could not be added. It is where it was.`,
  tooLarge: (name: string, size: string, limit: string) => `${name} has ${size}; attachments can have ${limit}. It is where it was.`,
  attachLabel: 'Pictures and files for this note',
  resizePicture: 'Drag to resize',
  pictureMenu: 'Picture', pictureSize: { small: 'Small', medium: 'Medium', large: 'Large', full: 'Full width', natural: 'Its own size' },
  noPicture: 'The caret is not on a picture',
  pastePlainHint: (keys: string) => `Press ${keys} to paste without formatting`,
  table: 'Table', align: 'Align column', row: 'Row', column: 'Column', cut: 'Cut', copy: 'Copy', paste: 'Paste',
  alignments: { left: 'Left', center: 'Centre', right: 'Right', none: 'As in the text' },
  goToLine: { title: 'Go to line', label: (lines: number) => `Line, 1 to ${thousands(lines, 'en-GB')}`, action: 'Go', wrong: (lines: number) => `Type a number from 1 to ${thousands(lines, 'en-GB')}, with a column after a colon if you like.` },
  outline: { title: 'Outline', find: 'Find a heading', none: 'No heading has this name', empty: 'Headings of the note appear here. Begin a line with # and a space.', untitled: 'Empty heading', close: 'Hide outline', level: (n: number) => `Level ${n}` },
  focus: { leave: 'Leave focus mode' },
  vim: { normal: 'Normal', insert: 'Insert', visual: 'Visual', replace: 'Replace' },
  counts: {
    label: 'Length of the text', words: 'Words', characters: 'Characters', letters: 'Without spaces', time: 'Reading time', minutes: (n: number) => n === 1 ? '1 min' : `${n} min`,
    selected: (n: number, all: string) => `${thousands(n, 'en-GB')} of ${all}`, all: 'All', selection: 'Selection',
  },
  extracted: (title: string) => `“${title}” is a note of its own now`,
  insert: 'Insert',
  slashGroups: { blocks: 'Blocks', lists: 'Lists', inline: 'In the line', callouts: 'Callouts' },
  /** `name`: what is typed after the slash. `words`: other words that find it. */
  slash: {
    heading1: { name: 'h1', words: ['title', 'heading'] }, heading2: { name: 'h2', words: ['heading'] }, heading3: { name: 'h3', words: ['heading'] }, heading4: { name: 'h4', words: ['heading'] },
    list: { name: 'list', words: ['bullets', 'unordered', 'ul'] }, numbers: { name: 'numbered', words: ['ordered', 'ol', '1'] }, task: { name: 'task', words: ['todo', 'checkbox', 'check'] },
    table: { name: 'table', words: ['grid'] }, codeBlock: { name: 'code', words: ['fence', 'pre', 'source'] }, quote: { name: 'quote', words: ['blockquote', 'citation'] }, rule: { name: 'rule', words: ['divider', 'hr', 'line', 'separator'] },
    calloutNote: { name: 'note', words: ['callout', 'alert', 'info'] }, calloutTip: { name: 'tip', words: ['callout', 'alert', 'hint'] }, calloutImportant: { name: 'important', words: ['callout', 'alert'] },
    calloutWarning: { name: 'warning', words: ['callout', 'alert'] }, calloutCaution: { name: 'caution', words: ['callout', 'alert', 'danger'] },
    link: { name: 'link', words: ['url', 'address'] }, attach: { name: 'image', words: ['picture', 'photo', 'file', 'attachment', 'upload'] }, footnote: { name: 'footnote', words: ['reference'] }, noteLink: { name: 'note-link', words: ['wiki', 'backlink', 'internal'] },
    date: { name: 'date', words: ['today', 'day'] }, time: { name: 'time', words: ['now', 'clock'] },
  },
} as const;

export const editingActions = {
  'edit.paragraph': 'Plain paragraph', 'edit.codeBlock': 'Code block', 'edit.rule': 'Horizontal rule', 'edit.footnote': 'Footnote', 'edit.attach': 'Picture or file…', 'edit.date': 'Date of today', 'edit.time': 'Date and time',
  'edit.calloutNote': 'Callout: note', 'edit.calloutTip': 'Callout: tip', 'edit.calloutImportant': 'Callout: important', 'edit.calloutWarning': 'Callout: warning', 'edit.calloutCaution': 'Callout: caution',
  'edit.indent': 'Indent', 'edit.outdent': 'Outdent', 'edit.lineUp': 'Move line up', 'edit.lineDown': 'Move line down', 'edit.copyLine': 'Copy line down', 'edit.deleteLine': 'Delete line', 'edit.selectLine': 'Select line',
  'edit.nextOccurrence': 'Select the next occurrence too', 'edit.allOccurrences': 'Select all occurrences', 'edit.cursorAbove': 'Add a caret above', 'edit.cursorBelow': 'Add a caret below',
  'edit.pastePlain': 'Paste as plain text', 'edit.findNext': 'Next match', 'edit.findPrevious': 'Previous match', 'edit.pictureSize': 'Size of picture…',
  'note.extract': 'New note from selection', 'table.insert': 'Insert table', 'table.format': 'Align the source of the table', 'table.rowAbove': 'Insert row above', 'table.rowBelow': 'Insert row below', 'table.rowUp': 'Move row up', 'table.rowDown': 'Move row down', 'table.rowDelete': 'Delete row',
  'table.columnLeft': 'Insert column before', 'table.columnRight': 'Insert column after', 'table.columnBack': 'Move column back', 'table.columnOn': 'Move column on', 'table.columnDelete': 'Delete column',
  'table.alignLeft': 'Align column left', 'table.alignCenter': 'Centre column', 'table.alignRight': 'Align column right', 'table.alignNone': 'Column without alignment', 'table.delete': 'Delete table',
  'go.line': 'Go to line…', 'go.heading': 'Go to heading…',
  'view.outline': 'Show or hide outline', 'view.focus': 'Focus mode', 'view.typewriter': 'Typewriter scrolling', 'view.vim': 'Vim keys', 'view.spelling': 'Check spelling', 'view.lineNumbers': 'Line numbers', 'view.readableWidth': 'Readable line length',
} as const;

export const writingPrefs = {
  groups: { look: 'Look', typing: 'Typing', pasting: 'Pasting and pictures', attention: 'Focus' },
  highlightLine: 'Highlight the current line', highlightLineHint: 'A light tint behind the line with the caret.',
  wrapLines: 'Wrap long lines', wrapLinesHint: 'Off: long lines are scrolled sideways.',
  showWhitespace: 'Show spaces and tabs', showWhitespaceHint: 'Spaces as dots, tabs as arrows.',
  indent: 'Indentation', indentHint: 'One step of the Tab key outside of lists and tables.', indentWidths: (n: number) => `${n} spaces`, indentTab: 'Tab',
  closeBrackets: 'Close brackets', closeBracketsHint: 'Typing ( adds ). Over a selection, brackets and marks go around it.',
  smartTypography: 'Typographic signs', smartTypographyHint: 'Quotation marks, dashes and dots as printers set them, never in code. Undo gives back what was typed.',
  slashCommands: 'Slash commands', slashCommandsHint: 'Typing / at the start of a word offers tables, headings, dates and more.',
  pasteMarkdown: 'Paste formatted text as Markdown', pasteMarkdownHint: (keys: string) => `Headings, lists, links and tables from other programs keep their form. ${keys} pastes plain text.`,
  imagePreviews: 'Show pictures in the text', imagePreviewsHint: 'Below the line that names them. Pictures from the web follow the setting below.',
  vim: 'Vim keys', vimHint: 'Modes and commands of Vim in the text. :w saves, :q goes to the list.',
  language: 'Language of texts', languageHint: 'For spelling, quotation marks and line breaks.', languageSystem: 'As this computer',
  typewriter: 'Typewriter scrolling', typewriterHint: 'The line with the caret keeps its height on the screen. Always on in focus mode.',
  dimOthers: 'Step back in focus mode', dimOthersHint: 'Paragraphs without the caret are dimmed.',
} as const;
