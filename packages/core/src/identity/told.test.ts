import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Neighbours, startNeighbours } from '../context/test/harness.ts'

let there: Neighbours
beforeAll(async () => {
  there = await startNeighbours()
})
afterAll(() => there.close())

describe('change capture', () => {
  it('is told of the record when it is made, when it changes, and not of every touch', async () => {
    expect(await there.scenario('record told', {}, 'told')).toEqual([
      'record create $id {"$type":"Desk","$context":null,"$version":1}',
      'state create a',
      'state update a',
      'record update $context null "https://elsewhere.example/t/1"',
      'record update $status "active" "suspended"',
      'record update $status "suspended" "active"',
    ])
  })

  it('of a record that a child gets with its parent', async () => {
    expect(await there.scenario('record told with parent', {}, 'told-too')).toEqual([
      'record create $id {"$type":"Desk","$context":"https://elsewhere.example/t/1","$version":1}',
    ])
  })
})
