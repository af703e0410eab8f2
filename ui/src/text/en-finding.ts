// The words of searching, of the switcher, and of links between notes.

export const finding = {
  qualifiers: {
    book: 'Notebook', tag: 'Tag', status: 'Status', title: 'Words of the title', body: 'Words of the text', has: 'What a note has', updated: 'When it was changed', created: 'When it was made',
  },
  days: { today: 'Today', yesterday: 'Yesterday', week: 'This week', month: 'This month', year: 'This year', '7d': 'The last 7 days', '30d': 'The last 30 days', '1y': 'The last year' },
  has: { task: 'Tasks', todo: 'Open tasks', attachment: 'Attachments', image: 'Pictures', link: 'Links', code: 'Code', math: 'Formulas', tag: 'Tags', conflict: 'A conflict' },
  completions: 'Ways to narrow the search', chooseValue: 'choose', takeValue: 'take',
  inTexts: 'In the text',
  newNote: (title: string) => `New note “${title}”`, newNoteHint: 'Nothing fits? Make it',
  links: {
    title: 'Links to this note', close: 'Hide links', linked: (n: number) => n === 1 ? '1 note links here' : `${n} notes link here`, unlinked: (n: number) => n === 1 ? '1 note names it without a link' : `${n} notes name it without a link`,
    none: 'No note links here yet', noneHint: 'Type [[ in another note to link to this one.', more: 'Only the newest texts were read; there may be more.', link: 'Link', linkThis: (title: string) => `Turn the mention in ${title} into a link`,
    made: 'Linked', changedMeanwhile: 'The text changed meanwhile; nothing was written.',
  },
  relinked: (n: number, title: string) => n === 1 ? `1 link now says “${title}”` : `${n} notes now link to “${title}”`,
  linkNote: 'Link to a note',
} as const;

export const findingActions = {
  'view.links': 'Show or hide links to this note', 'edit.linkNote': 'Link to a note…', 'list.sort.relevance': 'Sort by best match',
} as const;
