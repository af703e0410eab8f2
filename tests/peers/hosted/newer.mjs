// npm `@standardnotes/snjs` 2.211.1, protocol 004, as a page would load it. AGPL: installed and run, never part of Sheaf.

import { join } from 'node:path'

import { folder, pretend, script } from './browser.mjs'

const SNJS = '@standardnotes/snjs'

export const tests = join(folder(SNJS), 'mocha')

export async function prepare(server) {
  pretend({ server, origins: ['http://localhost:3123'], files: folder(SNJS) })
  const chai = await import('chai')
  globalThis.chai = chai.default ?? chai
  globalThis.chaiAsPromised = (await import('chai-as-promised')).default
  globalThis.chai.use((await import('chai-subset')).default)
  globalThis.sinon = (await import('sinon')).default
  script('@standardnotes/sncrypto-web', 'dist/sncrypto-web.js')
  script(SNJS, 'dist/snjs.js')
  Object.assign(globalThis, SNCrypto, SNLibrary)
  SNLog.onLog = SNLog.onError = () => {}
}
