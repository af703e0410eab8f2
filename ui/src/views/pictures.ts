// Pictures pasted and dropped into a note become attachments, and a line that shows them.

import { attempt } from '../actions/attempt';
import { insertBlock } from '../editor/commands';
import { call } from '../ipc/call';
import { app } from '../state/app.svelte';
import type { OpenNote } from '../state/open-note.svelte';
import { editor } from '../actions/editor-handle';
import { text } from '../text';

const isPicture = (file: File): boolean => file.type.startsWith('image/') || /\.(png|jpe?g|gif|svg|webp|heic|heif)$/i.test(file.name);

async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  // In pieces: a call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 32_768) binary += String.fromCharCode(...bytes.subarray(i, i + 32_768));
  return btoa(binary);
}

async function add(note: OpenNote, name: string, contentType: string, base64: string, at?: number): Promise<void> {
  const added = await call('add_attachment', { name, contentType, base64 });
  const position = Math.min(at ?? note.state.selection.main.head, note.state.doc.length);
  note.dispatch(insertBlock(note.state, added.markdown, position));
}

async function addFiles(note: OpenNote, files: readonly File[], at?: number): Promise<void> {
  app.overlays.say({ icon: 'paste', message: text.editor.addingImage });
  const fine = await attempt(app, async () => {
    for (const file of files) await add(note, file.name, file.type, await base64Of(file), at);
  });
  if (fine) app.overlays.hush();
}

interface Handlers {
  paste: (event: ClipboardEvent) => void;
  drop: (event: DragEvent) => void;
}

export function pictureHandlers(current: () => OpenNote | null): Handlers {
  return {
    paste(event) {
      const note = current();
      const data = event.clipboardData;
      if (note === null || data === null || note.state.readOnly) return;
      const files = [...data.files].filter(isPicture);
      if (files.length > 0) {
        event.preventDefault();
        event.stopPropagation();
        void addFiles(note, files);
        return;
      }
      // WebKitGTK hands a copied picture to the page as nothing at all; the shell can read it.
      if (data.items.length === 0 && data.getData('text/plain') === '') {
        event.preventDefault();
        event.stopPropagation();
        void attempt(app, async () => {
          const image = await call('clipboard_image');
          if (image !== null) await add(note, 'image.png', 'image/png', image.base64);
        });
      }
    },
    drop(event) {
      const note = current();
      const files = [...(event.dataTransfer?.files ?? [])].filter(isPicture);
      if (note === null || files.length === 0 || note.state.readOnly) return;
      event.preventDefault();
      event.stopPropagation();
      const at = editor()?.view.posAtCoords({ x: event.clientX, y: event.clientY }) ?? undefined;
      void addFiles(note, files, at);
    },
  };
}
