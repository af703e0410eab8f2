// How a link to a note is written. Apart from the completion that offers them: who only writes one needs no editor for it.

export function linkText({ id, title }: { id: string; title: string }, untitled: string): string {
  const label = title === '' ? untitled : title;
  return `[${label.replace(/[[\]\\]/g, '\\$&')}](inkdrop://note/${id.replace(/^note:/, '')})`;
}
