// The peers of the benchmark of accounts: npm `standard-file-js` and npm `@standardnotes/snjs`.
//
//   bench.mjs older register URL EMAIL PASSWORD     an account of version 003
//   bench.mjs older|newer pull URL EMAIL PASSWORD   everything of the account into an empty device
//
// Prints one JSON line. `seconds` spans the sync alone: starting Node, loading the client and deriving keys from the
// password are not held against it. Items are kept in memory, which is the least a client can do.

for (const level of ['log', 'info', 'warn', 'error', 'debug', 'time', 'timeEnd']) console[level] = () => {}
const [generation, action, server, email, password] = process.argv.slice(2)
const { prepare } = await import(`./${generation}.mjs`)
globalThis.describe = globalThis.it = globalThis.before = globalThis.after = () => {}
globalThis.beforeEach = globalThis.afterEach = () => {}
await prepare(server)
const { olderDevice, newerDevice } = await import('./devices.mjs')

const clients = {
  async older() {
    const device = olderDevice({ email, password })
    if (action === 'register') return { enter: () => device.register(), pull: async () => {}, count: () => 0 }
    return {
      enter: () => device.signIn(),
      async pull() {
        await device.sync()
      },
      count: () => device.notes().filter(note => !note.errorDecrypting).length,
    }
  },
  async newer() {
    const device = await newerDevice({ email, password })
    const { application } = device
    return {
      // Without waiting for the sync that a sign-in begins: that is what is measured, and its end is an event. (One that
      // is asked for meanwhile answers at once.)
      async enter() {
        device.synced = new Promise(resolve => {
          application.addSingleEventObserver(ApplicationEvent.CompletedFullSync, async () => resolve())
        })
        const response = await application.signIn(email, password, undefined, undefined, undefined, false)
        if (response.data?.error) throw new Error(response.data.error.message)
      },
      pull: () => device.synced,
      count: () => device.notes().length,
    }
  },
}

const client = await clients[generation]()
await client.enter()
const started = performance.now()
await client.pull()
const seconds = (performance.now() - started) / 1000
process.stdout.write(`${JSON.stringify({ seconds, notes: client.count() })}\n`)
process.exit(0)
