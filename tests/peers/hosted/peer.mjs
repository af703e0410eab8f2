// A published client as a device that does what it is told:
//
//   node peer.mjs older|newer <http://127.0.0.1:port>
//
// One JSON command per line on stdin, one JSON answer per line on stdout: `{"ok":…}` or `{"error":…}`.

import readline from 'node:readline'

const [generation, server] = process.argv.slice(2)
const answer = line => process.stdout.write(`${JSON.stringify(line)}\n`)
// Their chatter is not ours.
for (const level of ['log', 'info', 'warn', 'error', 'debug', 'time', 'timeEnd']) console[level] = () => {}

const { prepare } = await import(`./${generation}.mjs`)
// What the clients' own test helpers look for.
globalThis.describe = globalThis.it = globalThis.before = globalThis.after = () => {}
globalThis.beforeEach = globalThis.afterEach = () => {}
await prepare(server)
const { olderDevice, newerDevice } = await import('./devices.mjs')

let device
const shownNote = ({ uuid, content }) => ({
  uuid,
  title: content.title,
  text: content.text,
  pinned: content.appData?.['org.standardnotes.sn']?.pinned === true,
  trashed: content.trashed === true,
  conflictOf: content.conflict_of ?? null,
})
const shownTag = ({ uuid, content }) => ({
  uuid,
  title: content.title,
  notes: (content.references ?? []).filter(of => of.content_type === 'Note').map(of => of.uuid).sort(),
  parent: (content.references ?? []).find(of => of.reference_type === 'TagToParentTag')?.uuid ?? null,
})

const older = {
  items: type => device.models.allItems.filter(item => item.content_type === type && !item.deleted),
  async create({ title, text }) {
    const note = device.note(title, text)
    await device.sync()
    return note.uuid
  },
  async edit({ uuid, text }) {
    const note = device.models.findItem(uuid)
    note.content.text = text
    device.dirty(note)
    await device.sync()
  },
  /** Only here, to be sent with the next sync. */
  editLater({ uuid, text }) {
    const note = device.models.findItem(uuid)
    note.content.text = text
    device.dirty(note)
  },
  async tag({ title, note }) {
    const tag = new SFItem({ content_type: 'Tag', content: { title } })
    tag.content.references = [{ uuid: note, content_type: 'Note' }]
    device.models.addItem(tag)
    device.dirty(tag)
    await device.sync()
    return tag.uuid
  },
  async untag({ tag, note }) {
    const item = device.models.findItem(tag)
    item.content.references = item.content.references.filter(of => of.uuid !== note)
    device.dirty(item)
    await device.sync()
  },
  async remove({ uuid }) {
    device.models.setItemToBeDeleted(device.models.findItem(uuid))
    await device.sync()
  },
  broken: () => device.models.allItems.filter(item => item.errorDecrypting).length,
  outOfSync: () => device.manager.isOutOfSync(),
}

const newer = {
  items: type => device.application.items.getItems(type).map(item => ({ uuid: item.uuid, content: item.payload.content })),
  create: async ({ title, text }) => (await device.note(title, text)).uuid,
  edit: ({ uuid, text }) => device.edit(uuid, text),
  async editLater({ uuid, text }) {
    const note = device.application.items.findItem(uuid)
    await device.application.mutator.changeNote(note, mutator => { mutator.text = text })
  },
  async tag({ title, note }) {
    const tag = await device.application.mutator.findOrCreateTag(title)
    await device.application.mutator.addTagToNote(device.application.items.findItem(note), tag, false)
    await device.sync()
    return tag.uuid
  },
  async untag({ tag, note }) {
    const { items, mutator } = device.application
    await mutator.changeItem(items.findItem(tag), mutable => mutable.removeItemAsRelationship(items.findItem(note)))
    await device.sync()
  },
  async remove({ uuid }) {
    await device.application.mutator.setItemToBeDeleted(device.application.items.findItem(uuid))
    await device.sync()
  },
  broken: () => device.application.items.invalidItems.length,
  outOfSync: () => device.application.sync.isOutOfSync(),
}

const client = { older, newer }[generation]
const commands = {
  ...client,
  async register({ email, password }) {
    device = generation === 'older' ? olderDevice({ email, password }) : await newerDevice({ email, password })
    await device.register()
  },
  async signIn({ email, password }) {
    device = generation === 'older' ? olderDevice({ email, password }) : await newerDevice({ email, password })
    await device.signIn()
    await device.sync()
  },
  async sync() {
    await device.sync()
    // What a conflict made is saved by another one.
    await device.sync()
  },
  notes: () => client.items('Note').map(shownNote),
  tags: () => client.items('Tag').map(shownTag),
}

answer({ ok: 'ready' })
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { cmd, ...parameters } = JSON.parse(line)
  try {
    answer({ ok: (await commands[cmd](parameters)) ?? null })
  } catch (error) {
    answer({ error: String(error?.stack ?? error) })
  }
}
process.exit(0)
