// Pictures and files pasted, dropped or chosen become attachments, and the note shows or links them
// where they were put: a place in the text waits for each, and moves with the text meanwhile.

import { attempt } from '../actions/attempt';
import { editor } from '../actions/editor-handle';
import { insertBlock } from '../editor/commands';
import { arriveAt, awaitAt, placeOf } from '../editor/pending';
import { asApiError, call } from '../ipc/call';
import { app } from '../state/app.svelte';
import type { OpenNote } from '../state/open-note.svelte';
import { text } from '../text';

/** One message to the engine has room for this much (`engine/src/socket/frame.rs` says how much). */
const LARGEST = 46 * 1024 * 1024;

async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  // In pieces: a call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 32_768) binary += String.fromCharCode(...bytes.subarray(i, i + 32_768));
  return btoa(binary);
}

interface Source { name: string; type: string; base64: () => Promise<string> }

async function add(note: OpenNote, source: Source, at: number): Promise<void> {
  const { id, effect } = awaitAt(Math.min(at, note.state.doc.length), text.editing.attaching(source.name));
  note.dispatch({ effects: effect });
  try {
    const added = await call('add_attachment', { name: source.name, contentType: source.type, base64: await source.base64() });
    const place = placeOf(note.state, id) ?? note.state.selection.main.head;
    const picture = added.markdown.startsWith('!');
    const words = picture ? insertBlock(note.state, added.markdown, place) : { changes: { from: place, insert: added.markdown }, userEvent: 'input.paste' };
    note.dispatch({ ...words, effects: arriveAt(id) });
  } catch (reason) {
    note.dispatch({ effects: arriveAt(id) });
    const error = asApiError(reason);
    app.overlays.say({ icon: 'error', message: error.code === 'bug' ? text.editing.attachFailed(source.name) : `${text.editing.attachFailed(source.name)} ${text.problems(error.code).what}` });
  }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MB`;

/** One after the other, so that they stand in the order they came in. */
export async function attach(note: OpenNote, files: readonly File[], at = note.state.selection.main.head): Promise<void> {
  let place = at;
  for (const file of files) {
    if (file.size > LARGEST) {
      app.overlays.say({ icon: 'error', message: text.editing.tooLarge(file.name, megabytes(file.size), megabytes(LARGEST)) });
      continue;
    }
    const before = note.state.doc.length;
    await add(note, { name: file.name === '' ? 'image.png' : file.name, type: file.type, base64: () => base64Of(file) }, place);
    place = Math.min(note.state.doc.length, place + Math.max(0, note.state.doc.length - before));
  }
}

/** A picture of what was copied comes with the text of many programs; the text is what is meant then. */
function filesOf(data: DataTransfer): File[] {
  const html = data.getData('text/html');
  const onlyPicture = /^\s*(?:<meta[^>]*>|<!--[\s\S]*?-->|<\/?(?:html|body)[^>]*>|\s)*<img[^>]*>(?:<!--[\s\S]*?-->|<\/(?:html|body)>|\s)*$/i.test(html);
  return html === '' || onlyPicture ? [...data.files] : [];
}

interface Handlers {
  paste: (event: ClipboardEvent) => void;
  drop: (event: DragEvent) => void;
}

export function attachmentHandlers(current: () => OpenNote | null): Handlers {
  return {
    paste(event) {
      const note = current();
      const data = event.clipboardData;
      if (note === null || data === null || note.state.readOnly) return;
      const files = filesOf(data);
      if (files.length > 0) {
        event.preventDefault();
        event.stopPropagation();
        void attach(note, files);
        return;
      }
      // WebKitGTK hands a copied picture to the page as nothing at all; the shell can read it.
      if (data.items.length === 0 && data.getData('text/plain') === '') {
        event.preventDefault();
        event.stopPropagation();
        void attempt(app, async () => {
          const image = await call('clipboard_image');
          if (image !== null) await add(note, { name: 'image.png', type: 'image/png', base64: () => Promise.resolve(image.base64) }, note.state.selection.main.head);
        });
      }
    },
    drop(event) {
      const note = current();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (note === null || files.length === 0 || note.state.readOnly) return;
      event.preventDefault();
      event.stopPropagation();
      const at = editor()?.view.posAtCoords({ x: event.clientX, y: event.clientY }) ?? undefined;
      void attach(note, files, at);
    },
  };
}
