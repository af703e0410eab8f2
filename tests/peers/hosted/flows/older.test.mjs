// What people do with npm `standard-file-js`, on devices of their own.

import { olderDevice } from '../devices.mjs'

const { expect } = chai

describe('older client', () => {
  let device, other
  beforeEach(async () => {
    device = olderDevice()
    await device.register()
    other = olderDevice(device)
    await other.signIn()
  })

  it('carries a note to a second device, and an edit back', async () => {
    const note = device.note('One', 'text')
    await device.sync()
    await other.sync()
    expect(other.notes().map(n => n.content.title)).to.eql(['One'])
    const theirs = other.models.findItem(note.uuid)
    theirs.content.text = 'edited'
    other.dirty(theirs)
    await other.sync()
    await device.sync()
    expect(note.content.text).to.equal('edited')
  })

  it('keeps both texts when two devices edit the same note', async () => {
    const note = device.note('One', 'first')
    await device.sync()
    await other.sync()
    const theirs = other.models.findItem(note.uuid)
    theirs.content.text = 'theirs'
    other.dirty(theirs)
    note.content.text = 'ours'
    device.dirty(note)
    await other.sync()
    await device.sync()
    await device.sync()
    await other.sync()
    for (const side of [device, other]) {
      expect(side.notes().map(n => n.content.text).sort()).to.eql(['ours', 'theirs'])
      expect(side.manager.isOutOfSync()).to.equal(false)
    }
  })

  it('deletes a note everywhere', async () => {
    const note = device.note('One', 'text')
    await device.sync()
    await other.sync()
    device.models.setItemToBeDeleted(note)
    await device.sync()
    await other.sync()
    expect(device.notes().length + other.notes().length).to.equal(0)
    const third = olderDevice(device)
    await third.signIn()
    await third.sync()
    expect(third.notes().length).to.equal(0)
  })

  it('reads 420 notes in pages, each once, and finds itself in step', async () => {
    for (let n = 0; n < 420; n++) device.note(`Note ${n}`, 'text')
    await device.sync()
    await other.sync()
    expect(new Set(other.notes().map(n => n.content.title)).size).to.equal(420)
    expect(other.notes().length).to.equal(420)
    await other.sync({ performIntegrityCheck: true })
    expect(other.manager.isOutOfSync()).to.equal(false)
  }).timeout(60_000)

  it('loses no note to a password change, and lets nobody in with the old one', async () => {
    for (let n = 0; n < 160; n++) device.note(`Note ${n}`, 'text')
    await device.sync()
    const old = { email: device.email, password: device.password }
    await device.changePassword('another password')
    device.models.setAllItemsDirty()
    await device.sync()
    const next = olderDevice(device)
    await next.signIn()
    await next.sync()
    expect(next.notes().length).to.equal(160)
    expect(next.models.invalidItems().length).to.equal(0)
    expect((await olderDevice(old).trySignIn()).error).to.be.ok
    // The other device's session has ended; it says so instead of syncing.
    expect((await other.sync()).error).to.be.ok
  }).timeout(60_000)
})
