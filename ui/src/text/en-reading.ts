// The words of the preview, of copying and of printing.

export const reading = {
  contents: 'Contents', noHeadings: 'Headings of the note appear here.',
  properties: 'Properties of the note',
  formulaFault: (why: string) => `This formula cannot be set: ${why}`,
  diagram: (labels: string) => labels === '' ? 'Diagram' : `Diagram: ${labels}`,
  diagramFault: 'This diagram cannot be drawn.', diagramOutside: 'This diagram wants something from the web, so it stays text.',
  wikiLink: (title: string) => `Note ${title}`,
  copied: { markdown: 'Copied as Markdown', html: 'Copied as HTML', rich: 'Copied with its format' }, copyFailed: 'The note could not be copied',
  copyAs: 'Copy as', copyKinds: { markdown: 'Markdown', html: 'HTML', rich: 'Formatted text' },
  print: 'Print…',
} as const;

export const readingActions = {
  'note.copyMarkdown': 'Copy note as Markdown', 'note.copyHtml': 'Copy note as HTML', 'note.copyRich': 'Copy note as formatted text', 'note.print': 'Print note…',
} as const;
