// A device of each generation, by the published clients' own parts.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { folder } from './browser.mjs'

// Both clients are told to look here; `browser.mjs` sends them to the server under test.
const OLDER = 'http://localhost:3000'

const account = of => ({ email: of?.email ?? `${crypto.randomUUID()}@example.org`, password: of?.password ?? crypto.randomUUID() })

export function olderDevice(like) {
  const memory = new Memory()
  const http = new SFHttpManager()
  http.setJWTRequestHandler(async () => memory.getItem('jwt'))
  const auth = new SFAuthManager(memory, http)
  const models = new SFModelManager()
  const manager = new SFSyncManager(models, memory, http)
  manager.setKeyRequestHandler(async () => ({ keys: await auth.keys(), auth_params: await auth.getAuthParams(), offline: false }))
  const succeed = response => {
    if (response.error) throw new Error(response.error.message)
    return response
  }
  const device = {
    ...account(like),
    models,
    manager,
    async register() { succeed(await auth.register(OLDER, device.email, device.password, false)) },
    async signIn() { succeed(await device.trySignIn()) },
    trySignIn: () => auth.login(OLDER, device.email, device.password, false, null),
    async sync(options) {
      // Until then it saves nothing but locally.
      if (!manager.initialDataLoaded()) await manager.loadLocalItems()
      return manager.sync(options).catch(error => error)
    },
    dirty: item => models.setItemDirty(item, true),
    note(title, text) {
      const item = new SFItem({ content_type: 'Note', content: { title, text } })
      models.addItem(item)
      device.dirty(item)
      return item
    },
    notes: () => models.allItems.filter(item => item.content_type === 'Note'),
    async changePassword(password) {
      const current = (await auth.keys()).pw
      const made = await new StandardFile().crypto.generateInitialKeysAndAuthParamsForUser(device.email, password)
      succeed(await auth.changePassword(OLDER, device.email, current, made.keys, made.authParams))
      device.password = password
    },
  }
  return device
}

class Memory {
  #kept = new Map()
  async getItem(key) { return this.#kept.get(key) ?? null }
  async setItem(key, value) { this.#kept.set(key, value) }
  async removeItem(key) { this.#kept.delete(key) }
  async clear() { this.#kept.clear() }
  async getAllModels() { return [...this.#kept].filter(([key]) => key.startsWith('item-')).map(([, value]) => JSON.parse(value)) }
  async saveModel(item) { await this.saveModels([item]) }
  async saveModels(items) { for (const item of items) this.#kept.set(`item-${item.uuid}`, JSON.stringify(item)) }
  async deleteModel(item) { this.#kept.delete(`item-${item.uuid}`) }
  async clearAllModels() { for (const key of [...this.#kept.keys()]) if (key.startsWith('item-')) this.#kept.delete(key) }
  async clearAllData() { await this.clear() }
}

export async function newerDevice(like) {
  const lib = join(folder('@standardnotes/snjs'), 'mocha/lib/factory.js')
  const factory = await import(pathToFileURL(lib))
  const { email, password } = account(like)
  const context = await factory.createAppContext({ identifier: crypto.randomUUID(), crypto: new SNWebCrypto(), email, password })
  await context.launch()
  const { application } = context
  const everything = { checkIntegrity: true, awaitAll: true }
  const device = {
    application,
    email,
    password,
    async register() { await application.register(email, device.password) },
    async signIn() {
      const response = await application.signIn(email, device.password, undefined, undefined, undefined, true)
      if (response.data?.error) throw new Error(response.data.error.message)
    },
    sync: () => application.sync.sync(everything),
    async note(title, text) { return factory.createSyncedNote(application, title, text) },
    async edit(uuid, text) {
      const note = application.items.findItem(uuid)
      await application.mutator.changeNote(note, mutator => { mutator.text = text })
      await device.sync()
    },
    notes: () => application.items.getDisplayableNotes(),
    async changePassword(next) {
      const response = await application.changePassword(device.password, next)
      if (response.error) throw new Error(response.error.message)
      device.password = next
    },
    close: () => context.deinit(),
  }
  return device
}
