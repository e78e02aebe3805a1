import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Neighbours, startNeighbours } from '../context/test/harness.ts'

let there: Neighbours
beforeAll(async () => {
  there = await startNeighbours()
})
afterAll(() => there.close())

/** What stands on the prototypes of the class, of its mixin and of ours. */
const inside = [
  ...['use', 'route', 'collection', 'migrate', 'transaction', '$create', '$setContext', '$id', '$record', '$version', '$exists'],
  ...['rename', 'wipe', 'note', 'open', 'orders', 'nickname', 'secret', 'authorize'],
]

describe('a bare binding', () => {
  it('reaches nothing of the object by native RPC', async () => {
    for (const method of inside) {
      const refused = await there.scenario('bare', { to: 'sealed', method, args: ['GET', '/x'] })
      expect(refused, method).toMatchObject({ name: 'TypeError', message: expect.stringContaining('does not implement') })
    }
    expect(await there.scenario('bare properties', { to: 'sealed' })).toEqual([])
    expect((await there.request('/customers/sealed/read')).body).toMatchObject({ $version: 0 })
  })

  it('reaches what is exposed, by the one door for it', async () => {
    expect(await there.scenario('through the facade', { to: 'sealed', method: 'nickname' })).toEqual({ answer: 'the sealed' })
    expect(await there.scenario('through the facade', { to: 'sealed', method: 'wipe' })).toMatchObject({ code: 'unknown_method' })
  })
})

describe('a mixin', () => {
  it('adds routes and methods, which the object’s own code calls as before', async () => {
    expect((await there.request('/customers/ada/nickname')).body).toEqual({ nickname: 'the ada' })
    expect(await there.scenario('call', { to: 'ada', method: 'nickname' })).toEqual({ answer: 'the ada' })
  })
})
