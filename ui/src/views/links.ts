// Where a link leads: to another note in this window, to a heading, or out to the system.

import { attempt } from '../actions/attempt';
import { call } from '../ipc/call';
import { app } from '../state/app.svelte';
import { text } from '../text';

/** The newest note of exactly this title, letter case aside. */
async function noteCalled(name: string): Promise<string | null> {
  const page = await call('list_notes', { scope: { kind: 'all' }, search: `title:"${name.replaceAll('"', '')}"`, sort: { key: 'updated', ascending: false }, offset: 0, limit: 50 });
  return page.items.find((n) => n.title.trim().toLowerCase() === name.trim().toLowerCase())?.id ?? null;
}

/** Where a link leads that names a note nobody has written yet. Asked first: a click in a note somebody else wrote makes nothing. */
function offerToMake(title: string): void {
  const words = text.note;
  const place = app.note?.detail.place;
  app.overlays.open({
    kind: 'confirm', title: words.missingTitle(title), body: words.makeMissing, action: words.makeMissingDo, danger: false,
    run: async () => { await attempt(app, () => app.newNote(title, place?.kind === 'notebook' ? { notebook: place.id } : {})); },
  });
}

async function go(id: string | null, otherwise: string): Promise<void> {
  if (id !== null && (await app.openNote(id))) app.selection.only(id);
  else app.overlays.say({ icon: 'info', message: otherwise });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `root`: where headings of the same note are looked for. */
export async function follow(href: string, root?: ParentNode): Promise<void> {
  const note = /^(?:inkdrop|sheaf):\/\/note[/:](?:note:)?([^/?#]+)/i.exec(href)?.[1];
  const wiki = /^sheaf:\/\/wiki\/([^?#]+)/i.exec(href)?.[1];
  if (note !== undefined) await go(`note:${decoded(note)}`, text.note.missing);
  else if (wiki !== undefined) {
    const name = decoded(wiki);
    await attempt(app, async () => {
      const id = await noteCalled(name);
      if (id === null) offerToMake(name);
      else await go(id, text.note.missingTitle(name));
    });
  } else if (href.startsWith('#')) {
    const id = decoded(href.slice(1));
    root?.querySelector(`[id="${CSS.escape(id)}"], [id="user-content-${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'start' });
  } else if (/^www\./i.test(href)) await attempt(app, () => call('open_link', { url: `https://${href}` }));
  else if (/^(?:https?|mailto):/i.test(href)) await attempt(app, () => call('open_link', { url: href }));
  else app.overlays.say({ icon: 'info', message: text.note.linkRefused });
}
