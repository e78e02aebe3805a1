import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DeskServer, startDesks } from '../test/harness.ts'

let desks: DeskServer
beforeAll(async () => {
  desks = await startDesks()
})
afterAll(() => desks.close())

const state = (method: string, ...args: unknown[]) => desks.call('state', 'state', method, ...args)

describe('state', () => {
  it('gives back what was set, whatever JSON it is', async () => {
    const value = { text: 'ü 🎈', list: [1, 1.5, null, true, { deep: [] }], empty: {} }
    await state('set', 'value', value)
    expect(await state('get', 'value')).toEqual(value)
    await state('set', 'value', null)
    expect(await state('list', { prefix: 'value' })).toEqual({ items: [{ key: 'value', value: null }] })
    expect(await state('delete', 'value')).toBe(true)
    expect(await state('delete', 'value')).toBe(false)
    expect(await state('get', 'value')).toBeNull()
  })

  it('lists by prefix in pages, both ways, without gaps or repetitions', async () => {
    const keys = Array.from({ length: 25 }, (_, index) => `page:${String(index).padStart(2, '0')}`)
    await state(
      'batch',
      [...keys, 'pagf', 'page', 'other'].map((key) => ({ set: key, value: key })),
    )
    for (const reverse of [false, true]) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await state('list', { prefix: 'page:', limit: 10, reverse, ...(cursor === undefined ? {} : { cursor }) })
        seen.push(...page.items.map(({ key }: { key: string }) => key))
        cursor = page.cursor
      } while (cursor !== undefined)
      expect(seen).toEqual(reverse ? keys.toReversed() : keys)
    }
    expect(await state('list', { limit: 0 })).toMatchObject({ code: 'invalid_limit', field: 'limit', status: 400 })
    expect(await state('list', { cursor: 'x' })).toMatchObject({ code: 'invalid_cursor', status: 400 })
  })

  it('compares and sets: one of many at the same time wins', async () => {
    await state('set', 'lock', { a: 1, b: [2] })
    expect(await state('compareAndSet', 'lock', { a: 1 }, 'no')).toBe(false)
    expect(await state('get', 'lock')).toEqual({ a: 1, b: [2] })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => state('compareAndSet', 'lock', { b: [2], a: 1 }, index)),
    )
    expect(answers.filter(Boolean)).toHaveLength(1)
    expect(await state('get', 'lock')).toBe(answers.indexOf(true))
  })

  it('is all or nothing in a batch', async () => {
    await state('set', 'batch', 'before')
    expect(
      await state('batch', [
        { set: 'batch', value: 'after' },
        { set: '', value: 1 },
      ]),
    ).toMatchObject({ code: 'invalid_key', field: 'key' })
    expect(await state('get', 'batch')).toBe('before')
  })

  it('holds the limits of the platform, which workerd alone does not', async () => {
    expect(await state('set', 'k'.repeat(2_049), 1)).toMatchObject({
      code: 'invalid_key',
      detail: expect.stringContaining('2048'),
    })
    expect(await state('set', 'ü'.repeat(1_025), 1)).toMatchObject({ code: 'invalid_key' })
    expect(await desks.scenario('state', 'large')).toMatchObject({ code: 'too_large', status: 413 })
    expect(await desks.scenario('state', 'large enough')).toBe(1_999_000)
  })

  it('refuses what JSON would lose, and says where', async () => {
    expect(await desks.scenario('state', 'not json')).toMatchObject({
      code: 'invalid_value',
      field: 'list.1.at',
      detail: expect.stringContaining('Date'),
    })
    expect(await desks.scenario('state', 'not a number')).toMatchObject({ code: 'invalid_value', field: '0' })
    expect(await state('get', 'bad')).toBeNull()
  })
})
