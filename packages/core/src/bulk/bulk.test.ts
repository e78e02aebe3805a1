import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StageServer, startStage } from '../collection/test/harness.ts'
import { until } from '../test/harness.ts'

let stage: StageServer
beforeAll(async () => {
  stage = await startStage(new URL('./test/worker.ts', import.meta.url))
})
afterAll(() => stage.close())

describe('many at once', () => {
  it('are written all or none, each told, with an error that says which', async () => {
    const { made, refusals, count, updated, tooMany, wrong, deleted, left, told, empty } = await stage.play('many', 'many')
    expect(made).toMatchObject([
      { $id: 'a', name: 'Ada', $version: 1 },
      { name: 'Bo', age: 3 },
      { $id: 'c"\u0000ü\\', age: 3 },
    ])
    expect(refusals).toMatchObject([
      { code: 'already_exists', field: '1.id' },
      { code: 'already_exists', field: '1.id' },
      { code: 'already_exists', field: '1.email' },
      { code: 'already_exists', field: '1.email' },
      { code: 'invalid_input', field: '1.age' },
      { code: 'invalid_input', field: '1' },
      { code: 'invalid_key', field: '0.key' },
      { code: 'too_many' },
      { code: 'invalid_input' },
    ])
    expect(count).toBe(3)
    expect(updated).toBe(2)
    expect(tooMany).toMatchObject({ code: 'too_many' })
    expect(wrong).toMatchObject({ code: 'invalid_input', field: 'age' })
    expect(deleted).toBe(2)
    expect(left).toMatchObject([
      { $id: 'a', name: 'Ada again', $version: 2 },
      { $id: 'd', name: 'the last wins', $version: 2 },
    ])
    const operations = told.map(({ operation }: { operation: string }) => operation)
    expect(operations).toEqual([
      ...['create', 'create', 'create', 'update', 'create', 'update', 'update', 'update', 'delete', 'delete'],
    ])
    expect(empty).toEqual([])
  })

  it.each([1, 2, 3])('leave the same rows and tell the same changes as one by one (seed %i)', async (seed) => {
    const answer = await stage.play(`same-${seed}`, 'as one by one', { seed })
    expect(answer).toEqual({ same: true, told: true, rows: expect.any(Number) })
    expect(answer.rows).toBeGreaterThan(100)
  })

  it('may be nearly as large as one value', async () => {
    expect(await stage.play('large', 'large rows')).toEqual([3, expect.objectContaining({ code: 'too_large', field: '1' }), 3])
  })
})

describe('import', () => {
  it('reads lines of JSON in pieces of any size, and names each row that is wrong', async () => {
    const { done, same, steps, length, ids } = await stage.play('lines', 'lines')
    expect(done).toMatchObject({ name: 'lines', rows: 15, bytes: length, written: 3, skipped: 1, failed: 11, done: true })
    expect(done.errors.map(({ row, code, field }: { row: number; code: string; field?: string }) => [row, code, field])).toEqual([
      [4, 'malformed_json', undefined],
      [5, 'invalid_input', 'age'],
      [6, 'already_exists', 'id'],
      [7, 'already_exists', 'email'],
      [8, 'already_exists', 'id'],
      [9, 'invalid_input', undefined],
      [10, 'invalid_input', undefined],
      [11, 'invalid_input', undefined],
      [12, 'too_large', undefined],
      [13, 'invalid_value', undefined],
      [14, 'invalid_key', 'key'],
    ])
    expect(steps).toEqual([
      [4, 2],
      [8, 2],
      [12, 2],
      [15, 3],
    ])
    expect(same).toBe(true)
    expect(ids).toEqual(['last', 'one', 'there', 'two'])
  })

  it('keeps few of the long lines in memory at once', async () => {
    expect(await stage.play('long', 'long lines')).toEqual({ rows: 20, written: 20, steps: [8, 16, 20] })
  })

  it('skips or replaces what is there, and maps rows', async () => {
    expect(await stage.play('modes', 'modes')).toMatchObject({
      first: { written: 2, skipped: 1, failed: 0 },
      a: 1,
      second: { written: 2, skipped: 1, failed: 0 },
      after: 2,
      version: 1,
    })
  })

  it('refuses wrong options, stops at too many errors, and goes on from there', async () => {
    const { wrong, stopped, at, shorter, on, forgotten, broken, kept } = await stage.play('refused', 'refused')
    for (const { code } of wrong) expect(code).toBe('invalid_import')
    expect(stopped).toMatchObject({ code: 'too_many_errors' })
    expect(at).toMatchObject({ rows: 3, written: 1, failed: 2, done: false })
    expect(shorter).toMatchObject({ code: 'invalid_import' })
    expect(on).toMatchObject({ rows: 10, written: 5, failed: 5, done: true })
    expect(forgotten).toEqual([true, false, 0])
    expect({ broken, kept }).toEqual({ broken: { name: 'RangeError', message: 'the line broke' }, kept: 1 })
  })

  it('ends when the signal says so, even if the source hangs; of two runs one goes on', async () => {
    const { ended, rows, conflict } = await stage.play('aborted', 'aborted')
    expect(ended).toEqual({ name: 'RangeError', message: 'enough' })
    expect(rows).toBe(20)
    const answers = conflict.map(({ code, written }: { code?: string; written?: number }) => code ?? written)
    expect(answers.toSorted()).toEqual([200, 'import_conflict'])
  })

  it.each([true, false])(
    'killed in the middle, again and again, ends with every row once (reopened by bytes: %s)',
    async (opened) => {
      const object = `long-${opened}`
      const count = 20_000
      for (const least of [500, 4_000, 9_000]) {
        const running = stage.play(object, 'long import', { count, opened }).catch(() => 'killed')
        await until(
          () => stage.play(object, 'long progress'),
          (rows) => rows >= least,
        )
        await stage.workerd.kill()
        expect(await running).toBe('killed')
        await stage.workerd.start()
        const rows = await stage.play(object, 'long progress')
        expect(rows).toBeGreaterThanOrEqual(least)
        expect(rows).toBeLessThan(count)
      }
      const done = await stage.play(object, 'long import', { count, opened })
      expect(done).toMatchObject({ rows: count, written: count, failed: 0, done: true })
      expect(await stage.play(object, 'long result', { count })).toEqual({
        count,
        right: true,
        heard: [{ all_of_them: count, different: count }],
      })
    },
  )
})
