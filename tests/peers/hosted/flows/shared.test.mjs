// One account, used by clients of both generations.

import { newerDevice, olderDevice } from '../devices.mjs'

const { expect } = chai

describe('an account of both generations', function () {
  this.timeout(60_000)

  it('made by the older client opens in the newer one, and notes cross both ways', async () => {
    localStorage.clear()
    const older = olderDevice()
    await older.register()
    const first = older.note('From the older', 'one')
    await older.sync()

    const newer = await newerDevice(older)
    await newer.signIn()
    expect(newer.notes().map(n => n.title)).to.eql(['From the older'])
    await newer.note('From the newer', 'two')
    await newer.edit(first.uuid, 'one, edited')

    await older.sync()
    expect(older.notes().map(n => [n.content.title, n.content.text]).sort()).to.eql([
      ['From the newer', 'two'],
      ['From the older', 'one, edited'],
    ])
    expect(older.models.invalidItems().length).to.equal(0)
    const note = older.models.findItem(first.uuid)
    older.models.setItemToBeDeleted(note)
    await older.sync()
    await newer.sync()
    expect(newer.notes().map(n => n.title)).to.eql(['From the newer'])
    await newer.close()
  })
})
