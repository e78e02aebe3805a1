import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Nodes, startNodes } from '../changes/test/harness.ts'

let nodes: Nodes
beforeAll(async () => {
  nodes = await startNodes()
})
afterAll(() => nodes.close())

describe('the group-commit writer', () => {
  it('runs callers in order, each in a savepoint of its own', async () => {
    expect(await nodes.run('/tenant/writer', 'writes together')).toEqual({
      answers: [0, 1, 'RangeError', 3, 4],
      order: [0, 1, 2, 3, 4],
      kept: ['w:0', 'w:1', 'w:3', 'w:4'],
      promised: expect.objectContaining({ code: 'async_transaction' }),
    })
  })

  it('refuses more than may wait, before anything happens', async () => {
    const answers = await nodes.run('/small/writer', 'write too much')
    expect(answers.slice(0, 5)).toEqual([0, 1, 2, 3, 4])
    for (const answer of answers.slice(5)) expect(answer).toMatchObject({ code: 'overloaded', fault: 'quota' })
    expect(await nodes.run('/small/writer', 'write too much')).toEqual(answers)
  })

  it('keeps for each caller who it is', async () => {
    expect(await nodes.run('/tenant/callers', 'write for others')).toEqual([
      ['bob', 'bob', 'r-bob'],
      ['eve', 'eve', 'r-eve'],
    ])
  })

  it('answers only what survives a kill', async () => {
    const acknowledged: string[] = []
    const work = Array.from({ length: 16 }, async () => {
      for (;;) {
        const response = await fetch(`${nodes.workerd.url}/business/durable/grouped`, { method: 'POST' }).catch(() => undefined)
        const body =
          response?.ok === true ? ((await response.json().catch(() => undefined)) as { id: string } | undefined) : undefined
        if (body === undefined) return
        acknowledged.push(body.id)
        if (acknowledged.length === 200) void nodes.workerd.kill()
      }
    })
    await Promise.all(work)
    await nodes.workerd.gone
    await nodes.workerd.start()
    expect(acknowledged.length).toBeGreaterThanOrEqual(200)
    const rows: { key: string }[] = await nodes.run('/business/durable', 'sql', 'SELECT key FROM do_state')
    const stored = new Set(rows.map(({ key }) => key))
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
  })
})
