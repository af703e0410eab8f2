// What the published clients expect of a browser and Node does not have. Mocha must be loaded before this: it would take
// Node for a browser.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import vm from 'node:vm'

const require = createRequire(import.meta.url)

/** The folder of an installed package, which may not export its own package.json. */
export function folder(name) {
  for (const place of require.resolve.paths(name)) {
    try {
      readFileSync(join(place, name, 'package.json'))
      return join(place, name)
    } catch {
      // Not in this one.
    }
  }
  throw new Error(`${name} is not installed`)
}

/** Runs a script of a package as a `<script>` would. */
export function script(name, path) {
  const file = join(folder(name), path)
  vm.runInThisContext(readFileSync(file, 'utf8'), { filename: file })
}

/** Makes this process look like a page whose requests to `origins` go to `server` instead. */
export function pretend({ server, origins, files }) {
  const set = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true })
  set('window', globalThis)
  set('self', globalThis)
  set('navigator', { userAgent: 'Mozilla/5.0 (published client in Node)', language: 'en', platform: 'Linux' })
  set('localStorage', storage())
  set('sessionStorage', storage())
  set('location', { protocol: 'https:', host: 'localhost', hostname: 'localhost', href: 'https://localhost/', origin: 'https://localhost', search: '' })
  const events = { addEventListener() {}, removeEventListener() {}, dispatchEvent: () => true }
  const element = () => ({ style: {}, setAttribute() {}, appendChild() {}, ...events })
  set('document', { visibilityState: 'visible', cookie: '', createElement: element, head: element(), body: element(), documentElement: element(), ...events })
  Object.assign(globalThis, { addEventListener() {}, removeEventListener() {} })
  set('WebSocket', class { close() {} send() {} addEventListener() {} removeEventListener() {} })
  set('FileReader', Reader)
  set('XMLHttpRequest', PageRequest)
  const real = globalThis.fetch
  const elsewhere = url => {
    for (const origin of origins) if (url.startsWith(origin)) return server + url.slice(origin.length)
    return url
  }
  set('fetch', (target, options) => {
    if (typeof target !== 'string') return real(new Request(elsewhere(target.url), target), options)
    if (files && target.startsWith('/')) return Promise.resolve(new Response(readFileSync(join(files, target))))
    return real(elsewhere(target), options)
  })
  // The older client rejects promises that nobody waits for whenever a request fails.
  process.on('unhandledRejection', () => {})
}

function storage() {
  class Storage {
    getItem(key) { return Object.hasOwn(this, key) ? this[key] : null }
    setItem(key, value) { this[key] = String(value) }
    removeItem(key) { delete this[key] }
    clear() { for (const key of Object.keys(this)) delete this[key] }
    key(index) { return Object.keys(this)[index] ?? null }
    get length() { return Object.keys(this).length }
  }
  return new Storage()
}

class Reader {
  #read(reading) {
    reading.then(result => {
      this.result = result
      const event = { target: this }
      this.onload?.(event)
      this.onloadend?.(event)
    })
  }
  readAsArrayBuffer(blob) { this.#read(blob.arrayBuffer()) }
  readAsText(blob) { this.#read(blob.text()) }
  readAsDataURL(blob) {
    this.#read(blob.arrayBuffer().then(bytes => `data:${blob.type};base64,${Buffer.from(bytes).toString('base64')}`))
  }
}

class PageRequest {
  readyState = 0
  status = 0
  responseText = ''
  #headers = {}
  open(method, url) { Object.assign(this, { method, url, readyState: 1 }) }
  setRequestHeader(name, value) { this.#headers[name] = value }
  getResponseHeader(name) { return this.#answered?.get(name) ?? null }
  #answered
  send(body) {
    const options = { method: this.method, headers: this.#headers }
    if (body !== undefined && body !== null) options.body = body
    fetch(this.url, options)
      .then(async answer => {
        this.#answered = answer.headers
        this.status = answer.status
        this.responseText = this.response = await answer.text()
      })
      .catch(() => { this.status = 0 })
      .then(() => {
        this.readyState = 4
        this.onreadystatechange?.()
        this.onload?.()
      })
  }
}
