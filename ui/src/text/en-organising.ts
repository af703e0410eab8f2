// The words of places: notebooks in order, one notebook alone, templates, saved searches, daily notes,
// a trash that empties itself.

export const organising = {
  templates: 'Templates', emptyTemplates: 'No templates', emptyTemplatesHint: 'Keep a note as a template and begin new notes with it.',
  searches: 'Searches',
  notebook: { up: 'Move up', down: 'Move down', focus: 'Show only this notebook', unfocus: 'Show all notebooks', focused: (name: string) => `Only ${name}` },
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
  'organise.focus': 'Show only this notebook', 'organise.unfocus': 'Show all notebooks', 'organise.notebookUp': 'Move notebook up', 'organise.notebookDown': 'Move notebook down',
} as const;
