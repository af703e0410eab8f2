// Runs one published test file, as it was published, or one of ours in `flows/`, against a server:
//
//   node suite.mjs older|newer|both <http://127.0.0.1:port> <file> [title to leave out]…
//
// Prints one JSON line per test, {"title", "state": "passed" | "failed" | "pending", "error"?, "ms"}, then {"done": true}.

import { register } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import Mocha from 'mocha'

const [generation, server, file, ...leftOut] = process.argv.slice(2)
const say = line => process.stdout.write(`${JSON.stringify(line)}\n`)
// Their chatter is not ours.
for (const level of ['log', 'info', 'warn', 'error', 'debug', 'time', 'timeEnd']) console[level] = () => {}

const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, reporter: class {} })
mocha.suite.emit('pre-require', globalThis, file, mocha)

const clients = { older: ['./older.mjs'], newer: ['./newer.mjs'], both: ['./older.mjs', './newer.mjs'] }[generation]
let tests
for (const client of clients) {
  const loaded = await import(client)
  await loaded.prepare(server)
  tests = loaded.tests
}
register('./hooks.mjs', import.meta.url)
const folder = file.startsWith('flows/') ? import.meta.dirname : tests
await import(pathToFileURL(join(folder, file)))

const leaveOut = suite => {
  suite.tests = suite.tests.filter(test => !leftOut.includes(test.fullTitle()))
  suite.suites.forEach(leaveOut)
}
leaveOut(mocha.suite)

const runner = mocha.run(() => {
  say({ done: true })
  process.exit(0)
})
const report = state => (test, error) =>
  say({ title: test.fullTitle(), state, ms: test.duration, ...(error && { error: String(error.message ?? error).slice(0, 500) }) })
runner.on('pass', report('passed'))
runner.on('fail', report('failed'))
runner.on('pending', report('pending'))
