// npm `standard-file-js` 0.3.71, protocol 003, as a page would load it.

import { join } from 'node:path'

import { folder, pretend, script } from './browser.mjs'

export const tests = join(folder('standard-file-js'), 'test')

export async function prepare(server) {
  pretend({ server, origins: ['http://localhost:3000'] })
  const chai = await import('chai')
  globalThis.chai = chai.default ?? chai
  globalThis.chaiAsPromised = (await import('chai-as-promised')).default
  globalThis._ = (await import('lodash')).default
  script('standard-file-js', 'dist/regenerator.js')
  script('standard-file-js', 'dist/sfjs.js')
  SFItem.AppDomain = 'org.standardnotes.sn'
}
