// The words of places: notebooks in order, one notebook alone, templates, saved searches, daily notes,
// a trash that empties itself.

export const organising = {
  templates: 'Templates', emptyTemplates: 'No templates', emptyTemplatesHint: 'Keep a note as a template and begin new notes with it.',
  searches: 'Searches',
  notebook: { up: 'Move up', down: 'Move down', focus: 'Show only this notebook', unfocus: 'Show all notebooks', focused: (name: string) => `Only ${name}` },
  icon: {
    choose: 'Icon…', of: (name: string) => `Icon of ${name}`, symbols: 'Symbols', own: 'Or a letter or emoji', use: 'Use it', changed: 'The icon was changed', hint: 'It travels with the notebook; Inkdrop shows it, too.',
    names: { book: 'Book', books: 'Books', archive: 'Box', calendar: 'Calendar', edit: 'Pen', list: 'List', quote: 'Quote', image: 'Picture', globe: 'Globe', computer: 'Computer', terminal: 'Terminal', server: 'Server', db: 'Database', cloud: 'Cloud', key: 'Key', lock: 'Lock', link: 'Link', clip: 'Paper clip', user: 'Person', sun: 'Sun', activity: 'Pulse', alert: 'Warning', eye: 'Eye', hash: 'Number sign', house: 'House', briefcase: 'Briefcase', star: 'Star', heart: 'Heart', bulb: 'Light bulb', code: 'Code', flask: 'Flask', school: 'School', music: 'Music', camera: 'Camera', plane: 'Paper plane', map: 'Map', cup: 'Cup', cart: 'Shopping cart', purse: 'Wallet', leaf: 'Leaf', paw: 'Paw', tools: 'Spanner', rocket: 'Rocket', flag: 'Flag', bell: 'Bell', moon: 'Moon', people: 'People', game: 'Game' },
  },
  template: { kept: (title: string) => `Kept “${title}” as a template`, find: 'Begin with a template', none: 'No template has this name', noneYet: 'No templates yet. Keep a note as a template first.', untitled: 'Untitled template', use: 'New note from this' },
  daily: { template: 'Daily note', weekday: (date: Date) => date.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }) },
  search: { save: 'Save this search…', saveTitle: 'Save the search', name: 'Name', saved: (name: string) => `Saved as “${name}”`, taken: 'Another search already has this name.', rename: 'Rename search…', renameTitle: (name: string) => `Rename ${name}`, delete: 'Delete search', deleted: (name: string) => `Deleted the search ${name}` },
  prefs: {
    trashDays: 'Empty the trash by itself', trashDaysHint: 'Notes that have waited in the trash for this long are deleted for good, on every device.', never: 'Never', days: (n: number) => `After ${n} days`,
    dailyNotebook: 'Daily notes', dailyNotebookHint: 'Where the note of the day is kept. A template called “Daily note” is what it begins with.', defaultNotebook: 'Default notebook',
  },
} as const;

export const organisingActions = {
  'note.makeTemplate': 'Keep as template', 'note.fromTemplate': 'New note from a template…', 'note.daily': 'Note of today', 'list.saveSearch': 'Save this search…', 'go.templates': 'Show templates',
  'organise.icon': 'Icon of this notebook…', 'organise.focus': 'Show only this notebook', 'organise.unfocus': 'Show all notebooks', 'organise.notebookUp': 'Move notebook up', 'organise.notebookDown': 'Move notebook down',
} as const;
