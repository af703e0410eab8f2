// Menus of the text: of a table, of a picture.

import type { EditorView } from '@codemirror/view';

import { editor } from '../actions/editor-handle';
import { capsOf } from '../actions/registry';
import { pictureAt, pictureNear, resizePicture } from '../editor/pictures';
import { sizeOf } from '../editor/image-size';
import { tableAt } from '../editor/table-commands';
import type { TextCommand } from '../editor/text-commands';
import { anchorOf } from '../parts/anchor';
import { app } from '../state/app.svelte';
import type { Anchor, MenuItem } from '../state/overlays.svelte';
import { text, type ActionId } from '../text';

const does = (action: ActionId, command: TextCommand, more: Partial<MenuItem> = {}): MenuItem => ({ label: text.actions[action], keys: capsOf(action), run: () => { editor()?.run(command); }, ...more });

export function tableItems(view: EditorView): MenuItem[] {
  const found = tableAt(view.state);
  if (found === null) return [];
  const words = text.editing;
  const { table, cell } = found;
  const last = table.rows.length - 1;
  const align = table.align[cell.column];
  const alignment = (kind: keyof typeof words.alignments, command: TextCommand): MenuItem => ({ label: words.alignments[kind], checked: align === kind, run: () => { editor()?.run(command); } });
  const clipboard = (label: string, command: 'cut' | 'copy'): MenuItem => ({ label, icon: 'copy', disabled: view.state.selection.main.empty, run: () => { view.focus(); document.execCommand(command); } });
  return [
    clipboard(words.cut, 'cut'),
    clipboard(words.copy, 'copy'),
    does('table.rowAbove', 'tableRowAbove', { icon: 'plus', separated: true }),
    does('table.rowBelow', 'tableRowBelow', { icon: 'plus' }),
    does('table.rowUp', 'tableRowUp', { icon: 'up', disabled: cell.row === 0 }),
    does('table.rowDown', 'tableRowDown', { icon: 'down', disabled: cell.row === last }),
    does('table.columnLeft', 'tableColumnLeft', { icon: 'plus', separated: true }),
    does('table.columnRight', 'tableColumnRight', { icon: 'plus' }),
    does('table.columnBack', 'tableColumnBack', { icon: 'left', disabled: cell.column === 0 }),
    does('table.columnOn', 'tableColumnOn', { icon: 'right', disabled: cell.column === table.align.length - 1 }),
    { label: words.align, icon: 'text', children: [alignment('left', 'tableAlignLeft'), alignment('center', 'tableAlignCenter'), alignment('right', 'tableAlignRight'), alignment('none', 'tableAlignNone')] },
    does('table.rowDelete', 'tableRowDelete', { icon: 'trash', danger: true, separated: true }),
    does('table.columnDelete', 'tableColumnDelete', { icon: 'trash', danger: true }),
    does('table.delete', 'tableDelete', { icon: 'trash', danger: true }),
  ];
}

const widths = { small: '25%', medium: '50%', large: '75%', full: '100%' } as const;

function show(view: EditorView, at: number, anchor: Anchor): void {
  const picture = pictureAt(view.state, at);
  if (picture === null) return;
  const { width, height } = sizeOf(picture.alt);
  const words = text.editing.pictureSize;
  const set = (value: string | null) => (): void => {
    const now = pictureAt(view.state, at);
    if (now !== null && !view.state.readOnly) view.dispatch(resizePicture(now, value));
    view.focus();
  };
  app.overlays.showMenu(text.editing.pictureMenu, [
    ...(Object.keys(widths) as (keyof typeof widths)[]).map((name): MenuItem => ({ label: words[name], checked: width === widths[name], run: set(widths[name]) })),
    { label: words.natural, checked: width === null && height === null, separated: true, run: set(null) },
  ], anchor);
}

export function pictureMenu(view: EditorView, at: number, element: HTMLElement): void {
  const { left, top, right } = anchorOf(element);
  // Below the top edge: a tall picture must not push the menu off the screen.
  show(view, at + 1, { left, top, right, bottom: top + 4 });
}

/** For the picture at the caret. */
export function pictureMenuAtCaret(view: EditorView): void {
  const picture = pictureNear(view.state);
  const caret = view.coordsAtPos(view.state.selection.main.head);
  if (picture === null || caret === null) {
    app.overlays.say({ icon: 'image', message: text.editing.noPicture });
    return;
  }
  show(view, picture.from + 1, { left: caret.left, right: caret.right, top: caret.top, bottom: caret.bottom });
}
