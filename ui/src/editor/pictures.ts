// Pictures below the source that names them, with a handle that writes their width. Only pictures in
// the visible part of the note exist on the page.

import { syntaxTree } from '@codemirror/language';
import { Facet, type EditorState, type Extension, type TransactionSpec } from '@codemirror/state';
import { Decoration, ViewPlugin, WidgetType, type DecorationSet, type EditorView, type ViewUpdate } from '@codemirror/view';
import type { SyntaxNode } from '@lezer/common';

import { sizeOf, withWidth } from './image-size';

/** Where an `<img>` finds an address of the source; `null` when it may not be shown. */
export type PictureSource = (address: string) => string | null;

export interface PictureWords {
  resize: string;
}

interface Config { source: PictureSource; words: PictureWords; menu: (view: EditorView, at: number, element: HTMLElement) => void }

const config = Facet.define<Config, Config | null>({ combine: (all) => all[0] ?? null });

const SMALLEST = 32;
/** Heights seen before, so that a picture that comes back takes its room at once. */
const heights = new Map<string, number>();

export interface FoundPicture {
  from: number;
  to: number;
  /** Alternative text, size words included. */
  alt: string;
  altFrom: number;
  address: string;
}

function pictureOf(state: EditorState, node: SyntaxNode): FoundPicture | null {
  const url = node.getChild('URL');
  const [open, close] = node.getChildren('LinkMark');
  if (url === null || open === undefined || close === undefined) return null;
  const address = state.sliceDoc(url.from, url.to).replace(/^<|>$/g, '');
  return { from: node.from, to: node.to, alt: state.sliceDoc(open.to, close.from), altFrom: open.to, address };
}

/** The picture whose source a position touches. */
export function pictureAt(state: EditorState, position = state.selection.main.head): FoundPicture | null {
  for (const side of [-1, 1] as const) {
    for (let node: SyntaxNode | null = syntaxTree(state).resolveInner(position, side); node !== null; node = node.parent) if (node.name === 'Image') return pictureOf(state, node);
  }
  return null;
}

/** The picture at a position, or else the only one of its line. */
export function pictureNear(state: EditorState): FoundPicture | null {
  const found = pictureAt(state);
  if (found !== null) return found;
  const line = state.doc.lineAt(state.selection.main.head);
  const at = line.text.indexOf('![');
  return at < 0 ? null : pictureAt(state, line.from + at + 1);
}

/** Writes a width (`320`, `50%`) into the source of a picture; `null` takes it out. */
export function resizePicture(picture: FoundPicture, width: string | null): TransactionSpec {
  return { changes: { from: picture.altFrom, to: picture.altFrom + picture.alt.length, insert: withWidth(picture.alt, width) }, userEvent: 'input.picture' };
}

class Picture extends WidgetType {
  constructor(private readonly source: string, private readonly alt: string, private readonly width: string | null, private readonly height: string | null, private readonly fixed: boolean) { super(); }

  override eq(other: Picture): boolean {
    return other.source === this.source && other.alt === this.alt && other.width === this.width && other.height === this.height && other.fixed === this.fixed;
  }

  /** The same picture in another size keeps its element, so nothing is loaded or painted anew. */
  override updateDOM(dom: HTMLElement, view: EditorView, from: this): boolean {
    if (from.source !== this.source || from.fixed !== this.fixed) return false;
    const image = dom.querySelector('img');
    if (image === null) return false;
    this.dress(image);
    view.requestMeasure();
    return true;
  }

  private dress(image: HTMLImageElement): void {
    image.alt = this.alt;
    for (const [name, value] of [['width', this.width], ['height', this.height]] as const) {
      if (value === null) image.removeAttribute(name);
      else image.setAttribute(name, value);
    }
  }

  toDOM(view: EditorView): HTMLElement {
    const box = document.createElement('span');
    box.className = 'cm-picture';
    const image = document.createElement('img');
    image.decoding = 'async';
    image.draggable = false;
    this.dress(image);
    const key = `${this.source.slice(0, 200)}|${this.width ?? ''}`;
    const height = heights.get(key);
    if (height !== undefined) image.style.minHeight = `${height}px`;
    image.addEventListener('load', () => {
      image.style.minHeight = '';
      box.classList.remove('broken');
      heights.set(key, image.offsetHeight);
      view.requestMeasure();
    });
    image.addEventListener('error', () => {
      image.style.minHeight = '';
      box.classList.add('broken');
      view.requestMeasure();
    });
    image.src = this.source;
    box.append(image);
    box.addEventListener('contextmenu', (event) => {
      const found = pictureAt(view.state, view.posAtDOM(box) - 1);
      if (found === null) return;
      event.preventDefault();
      view.dispatch({ selection: { anchor: found.to }, userEvent: 'select' });
      view.state.facet(config)?.menu(view, found.from, box);
    });
    if (!this.fixed) box.append(this.handle(view, box, image));
    return box;
  }

  private handle(view: EditorView, box: HTMLElement, image: HTMLImageElement): HTMLElement {
    const handle = document.createElement('span');
    handle.className = 'cm-picture-handle';
    // For the pointer; the keyboard has the action "Size of picture".
    handle.setAttribute('aria-hidden', 'true');
    handle.title = view.state.facet(config)?.words.resize ?? '';
    handle.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      event.stopPropagation();
      const start = event.clientX;
      const before = image.offsetWidth;
      const most = box.parentElement?.clientWidth ?? before;
      let width = before;
      handle.setPointerCapture(event.pointerId);
      box.classList.add('sizing');
      const move = (next: PointerEvent): void => {
        width = Math.round(Math.max(SMALLEST, Math.min(most, before + next.clientX - start)));
        image.setAttribute('width', String(width));
        image.removeAttribute('height');
        box.dataset['width'] = `${width} px`;
      };
      const done = (written: boolean): void => {
        handle.removeEventListener('pointermove', move);
        handle.removeEventListener('pointerup', drop);
        handle.removeEventListener('pointercancel', cancel);
        removeEventListener('keydown', escape, true);
        box.classList.remove('sizing');
        const found = pictureAt(view.state, view.posAtDOM(box) - 1);
        if (written && found !== null && width !== before && !view.state.readOnly) view.dispatch(resizePicture(found, String(width)));
        else this.dress(image);
      };
      const drop = (): void => done(true);
      const cancel = (): void => done(false);
      const escape = (key: KeyboardEvent): void => {
        if (key.key !== 'Escape') return;
        key.preventDefault();
        key.stopPropagation();
        done(false);
      };
      handle.addEventListener('pointermove', move);
      handle.addEventListener('pointerup', drop);
      handle.addEventListener('pointercancel', cancel);
      addEventListener('keydown', escape, true);
    });
    return handle;
  }

  override ignoreEvent(event: Event): boolean {
    return event.type !== 'mousedown';
  }
}

function build(view: EditorView): DecorationSet {
  const { state } = view;
  const found = state.facet(config);
  if (found === null) return Decoration.none;
  const pictures = new Map<number, Decoration>();
  for (const { from, to } of view.visibleRanges) {
    if (!state.doc.sliceString(from, to).includes('![')) continue;
    syntaxTree(state).iterate({
      from,
      to,
      enter(node) {
        if (node.name !== 'Image') return;
        const picture = pictureOf(state, node.node);
        const source = picture === null ? null : found.source(picture.address);
        if (picture === null || source === null) return;
        const { alt, width, height } = sizeOf(picture.alt);
        pictures.set(node.to, Decoration.widget({ widget: new Picture(source, alt, width, height, state.readOnly), side: 1 }));
      },
    });
  }
  return Decoration.set([...pictures].map(([at, decoration]) => decoration.range(at)), true);
}

const previews = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) { this.decorations = build(view); }
    update(update: ViewUpdate): void {
      if (update.docChanged || update.viewportChanged || syntaxTree(update.startState) !== syntaxTree(update.state) || update.startState.facet(config) !== update.state.facet(config)) this.decorations = build(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

export function picturePreviews(source: PictureSource, words: PictureWords, menu: Config['menu']): Extension {
  return [config.of({ source, words, menu }), previews];
}
