// Where a menu opens: beside what was clicked, or where the pointer is.

export interface Rectangle { left: number; top: number; right: number; bottom: number }

export function anchorOf(element: Element): Rectangle {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return { left, top, right, bottom };
}

/** The pointer; the element itself when the menu key opened it (then the event has no position). */
export function anchorAt(event: MouseEvent, element: Element): Rectangle {
  if (event.clientX === 0 && event.clientY === 0) return anchorOf(element);
  return { left: event.clientX, right: event.clientX, top: event.clientY, bottom: event.clientY };
}
