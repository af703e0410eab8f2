// What is being dragged inside the window. The browser's own data is only readable on drop, and a
// row has to know earlier whether it accepts.

export type Dragged = { kind: 'notes'; ids: readonly string[] } | { kind: 'notebook'; id: string };

let current: Dragged | null = null;

export const dragged = (): Dragged | null => current;

export function endDrag(): void {
  current = null;
}

function start(event: DragEvent, what: Dragged, label: string): void {
  current = what;
  event.dataTransfer?.setData('text/plain', label);
  if (event.dataTransfer !== null) event.dataTransfer.effectAllowed = 'move';
}

export function startNotesDrag(event: DragEvent, ids: readonly string[], label: string): void {
  start(event, { kind: 'notes', ids }, label);
}

export function startNotebookDrag(event: DragEvent, id: string): void {
  start(event, { kind: 'notebook', id }, '');
}
