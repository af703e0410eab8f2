// What people do with npm `@standardnotes/snjs`, on devices of their own.

import { newerDevice } from '../devices.mjs'

const { expect } = chai

describe('newer client', function () {
  this.timeout(60_000)
  let device, other
  beforeEach(async () => {
    localStorage.clear()
    device = await newerDevice()
    await device.register()
    other = await newerDevice(device)
    await other.signIn()
  })
  afterEach(async () => {
    await device.close()
    await other.close()
  })

  it('carries a note to a second device, and an edit back', async () => {
    const note = await device.note('One', 'text')
    await other.sync()
    expect(other.notes().map(n => n.title)).to.eql(['One'])
    await other.edit(note.uuid, 'edited')
    await device.sync()
    expect(device.notes().map(n => n.text)).to.eql(['edited'])
  })

  it('keeps both texts when two devices edit the same note', async () => {
    const note = await device.note('One', 'first')
    await other.sync()
    await other.edit(note.uuid, 'theirs')
    await device.edit(note.uuid, 'ours')
    await device.sync()
    await other.sync()
    for (const side of [device, other]) {
      expect(side.notes().map(n => n.text).sort()).to.eql(['ours', 'theirs'])
    }
  })

  it('changes the password without losing a note', async () => {
    for (let n = 0; n < 10; n++) await device.note(`Note ${n}`, 'text')
    await device.changePassword('another password')
    const next = await newerDevice(device)
    await next.signIn()
    expect(next.notes().length).to.equal(10)
    await next.close()
  })
})
