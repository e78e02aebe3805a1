import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Nodes, startNodes } from '../changes/test/harness.ts'
import type { LogLine } from '../http/log.ts'
import type { ObjectStorage, SqlStorage } from '../platform/types.ts'
import { guardSql } from './limits.ts'
import { createQuota } from './quota.ts'

let nodes: Nodes
beforeAll(async () => {
  nodes = await startNodes()
})
afterAll(() => nodes.close())

describe('SQL of your own', () => {
  const asked: string[] = []
  const platform = { exec: (query: string) => void asked.push(query), databaseSize: 7 } as unknown as SqlStorage
  const sql = guardSql(platform)

  it('is held to the limits of the platform before it is run', () => {
    const numbers = Array.from({ length: 101 }, (_, index) => index)
    expect(() => sql.exec('SELECT 1', ...numbers)).toThrow(expect.objectContaining({ code: 'too_many_parameters' }))
    expect(() => sql.exec(`SELECT '${'x'.repeat(100_000)}'`)).toThrow(expect.objectContaining({ code: 'statement_too_long' }))
    expect(() => sql.exec('SELECT ?', 'ü'.repeat(1_000_001))).toThrow(expect.objectContaining({ code: 'too_large' }))
    expect(() => sql.exec('SELECT ?', new ArrayBuffer(2_000_001))).toThrow(expect.objectContaining({ code: 'too_large' }))
    expect(asked).toEqual([])
    sql.exec('SELECT ?', ...numbers.slice(1))
    expect(asked).toHaveLength(1)
    expect(sql.databaseSize).toBe(7)
  })
})

describe('the size of the database', () => {
  it('warns from 9 GB on, and refuses before 10 GB, but never a delete', () => {
    const lines: LogLine[] = []
    let bytes = 0
    const sql = {
      get databaseSize() {
        return bytes
      },
    }
    const quota = createQuota({
      storage: { sql } as ObjectStorage,
      clock: () => ({ now: () => 0 }),
      log: (line) => lines.push(line),
    })
    const many = (count: number) => {
      for (let index = 0; index < count; index += 1) quota.check({ source: 'state', operation: 'update' })
    }
    many(200)
    bytes = 9_000_000_000
    expect(quota.usage()).toEqual({ bytes, limitBytes: 10_000_000_000, state: 'nearly_full' })
    many(200)
    expect(lines).toEqual([
      { at: '1970-01-01T00:00:00.000Z', level: 'warn', event: 'storage.nearly_full', bytes, limitBytes: 10_000_000_000 },
    ])
    bytes = 9_500_000_000
    many(200)
    expect(lines).toHaveLength(2)
    bytes = 9_900_000_000
    expect(() => quota.check({ source: 'state', operation: 'create' })).toThrow(
      expect.objectContaining({ code: 'storage_full', fault: 'quota' }),
    )
    quota.check({ source: 'state', operation: 'delete' })
    quota.check({ source: 'record', operation: 'update' })
    quota.check({ source: 'actions', operation: 'update' })
    expect(lines.at(-1)).toMatchObject({ event: 'storage.full', bytes })
  })

  it('is held in an object: what does not fit changes nothing', async () => {
    const answer = await nodes.run('/small/full', 'fill')
    expect(answer).toMatchObject({ code: 'storage_full', fault: 'quota', deleted: true, kept: null })
    expect(answer.index).toBeGreaterThan(50)
    expect(await nodes.run('/small/full', 'usage')).toMatchObject({ limitBytes: 2_000_000 })
  })
})
