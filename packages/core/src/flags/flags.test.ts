import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Server, startServer } from '../oauth/test/harness.ts'
import { bucketOf } from './evaluate.ts'

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

function flagsOf(name: string) {
  const flags = (method: string, ...args: unknown[]) => server.call(name, 'flags', method, ...args)
  return { flags, self: (method: string, ...args: unknown[]) => server.call(name, undefined, method, ...args) }
}

describe('a flag', () => {
  it('has its default until it is set; asking writes nothing', async () => {
    const { flags, self } = flagsOf('fresh')
    expect(await flags('evaluate', 'banner')).toEqual({ value: 'none', reason: 'default', version: 0 })
    expect(await flags('get', 'checkout.v2', { user: 'ada' })).toBe(false)
    expect(await flags('list')).toHaveLength(3)
    expect(await flags('history', 'banner')).toEqual([])
    expect(await self('dump')).toBe('[]')
  })

  it('is decided by the first rule that holds, says why, and by the kill switch before all', async () => {
    const { flags, self } = flagsOf('rules')
    const rules = [
      { when: { tenant: 'acme', plan: { in: ['pro', 'team'] } }, value: 'blue' },
      { when: { age: { gte: 18, lt: 30 }, email: { prefix: 'a' }, country: { not: ['XX'] } }, value: 'green' },
      { from: 1_000, until: 2_000, value: 'blue' },
    ]
    await flags('set', 'banner', { rules })
    const value = async (subject: unknown) => {
      const { value: found, reason, rule } = await flags('evaluate', 'banner', subject)
      return `${found} ${reason} ${rule ?? ''}`.trim()
    }
    expect(await value({ tenant: 'acme', plan: 'pro' })).toBe('blue rule 0')
    expect(await value({ tenant: 'acme', plan: 'free' })).toBe('none default')
    expect(await value({ age: 18, email: 'ada@x', country: 'DE' })).toBe('green rule 1')
    expect(await value({ age: 30, email: 'ada@x', country: 'DE' })).toBe('none default')
    expect(await value({ age: '18', email: 'ada@x', country: 'DE' })).toBe('none default')
    expect(await value({ age: 18, email: 'ada@x' })).toBe('none default')
    // What every object has is nobody's attribute.
    await flags('set', 'base', { rules: [{ when: { constructor: { not: ['x'] } }, value: false }] })
    expect(await flags('get', 'base', {})).toBe(true)
    for (const [at, expected] of [
      [999, 'none default'],
      [1_000, 'blue rule 2'],
      [1_999, 'blue rule 2'],
      [2_000, 'none default'],
    ] as const) {
      await self('setTime', at)
      expect(await value({})).toBe(expected)
    }
    await flags('kill', 'banner', { by: 'ops', note: 'too bright' })
    expect(await flags('evaluate', 'banner', { tenant: 'acme', plan: 'pro' })).toEqual({
      value: 'none',
      reason: 'off',
      version: 2,
    })
  })

  it('is rolled out to the same ones each time, evenly, and keeps them when it grows', async () => {
    const { flags, self } = flagsOf('percent')
    const on = async (percent: number) => {
      await flags('set', 'checkout.v2', { rules: [{ percent, value: true }] })
      return self('users', 400)
    }
    const [tenth, third] = [await on(10), await on(33)]
    expect(third).toEqual(expect.arrayContaining(tenth))
    expect(await on(0)).toEqual([])
    expect(await on(100)).toHaveLength(400)
    expect(await flags('get', 'checkout.v2', { tenant: 'acme' })).toBe(false)
    const share = (from: number, to: number) =>
      Array.from({ length: 100_000 }, (_, index) => bucketOf(`f/user/${index}`)).filter((bucket) => bucket >= from && bucket < to)
        .length / 1_000
    for (let from = 0; from < 100_000; from += 10_000) expect(share(from, from + 10_000)).toBeGreaterThan(9.6)
    // Stable: people who have it must keep it with every version of this code.
    expect([bucketOf('checkout.v2/user/ada'), bucketOf('banner/tenant/acme')]).toMatchInlineSnapshot(`
      [
        55128,
        77717,
      ]
    `)
  })

  it('needs its prerequisites, and refuses circles', async () => {
    const { flags } = flagsOf('needs')
    await flags('set', 'checkout.v2', { rules: [{ value: true }], prerequisites: [{ flag: 'banner', value: 'blue' }] })
    expect(await flags('evaluate', 'checkout.v2')).toMatchObject({ value: false, reason: 'prerequisite', prerequisite: 'banner' })
    await flags('set', 'banner', {
      rules: [{ when: { tenant: 'acme' }, value: 'blue' }],
      prerequisites: [{ flag: 'base', value: true }],
    })
    expect(await flags('get', 'checkout.v2', { tenant: 'acme' })).toBe(true)
    expect(await flags('get', 'checkout.v2', { tenant: 'other' })).toBe(false)
    await flags('kill', 'banner')
    expect(await flags('get', 'checkout.v2', { tenant: 'acme' })).toBe(false)
    expect(await flags('set', 'base', { prerequisites: [{ flag: 'checkout.v2', value: true }] })).toMatchObject({
      code: 'flag_cycle',
      detail: expect.stringContaining('base → checkout.v2 → banner → base'),
    })
    expect(await flags('set', 'base', { prerequisites: [{ flag: 'base', value: true }] })).toMatchObject({ code: 'flag_cycle' })
  })

  it('keeps who changed what, tells it, and refuses a change of an older version', async () => {
    const { flags, self } = flagsOf('audit')
    await flags('set', 'banner', { enabled: false }, { by: 'ada', note: 'off for now', version: 0 })
    expect(await flags('set', 'banner', { enabled: true }, { version: 0 })).toMatchObject({ code: 'version_conflict' })
    await flags('set', 'banner', { enabled: true }, { version: 1 })
    expect(await flags('history', 'banner')).toMatchObject([
      { version: 2, by: null, before: { enabled: false }, after: { enabled: true } },
      { version: 1, by: 'ada', note: 'off for now', before: null },
    ])
    await flags('expose', 'banner', { user: 'a' })
    await flags('expose', 'banner', { user: 'b' })
    expect(await flags('exposures', 'banner')).toMatchObject([{ flag: 'banner', value: 'none', count: 2 }])
    await server.restart()
    expect(await flags('exposures', 'banner')).toMatchObject([{ count: 2 }])
    await flags('kill', 'banner')
    const told = await self('heard')
    expect(told.map(({ source, operation, key }: Record<string, string>) => `${source} ${operation} ${key}`)).toEqual([
      'flags update banner',
    ])
    expect(JSON.parse(told[0].after)).toMatchObject({ enabled: false })
  })

  it.each([
    [{ rules: [{ value: 'red' }] }, 'rules.0.value'],
    [{ rules: [{ value: 'blue', percent: 101 }] }, 'rules.0.percent'],
    [{ rules: [{ value: 'blue', precent: 10 }] }, 'rules.0.precent'],
    [{ rules: [{ value: 'blue', from: 'monday' }] }, 'rules.0.from'],
    [{ rules: [{ value: 'blue', when: { a: { like: 'x' } } }] }, 'rules.0.when.a'],
    [{ rules: [{ value: 'blue', when: { a: { in: 'x' } } }] }, 'rules.0.when.a'],
    [{ rules: [null] }, 'rules.0'],
    [{ rules: [{ value: 'blue', when: null }] }, 'rules.0.when'],
    [{ rules: [{ value: 'blue', when: { a: { gte: 'x' } } }] }, 'rules.0.when.a'],
    [{ rules: [{ value: 'blue', when: { a: { prefix: 1 } } }] }, 'rules.0.when.a'],
    [{ rules: [{ value: 'blue', percent: '50' }] }, 'rules.0.percent'],
    [{ prerequisites: [null] }, 'prerequisites.0'],
    [{ rules: Array.from({ length: 101 }, () => ({ value: 'blue' })) }, 'rules'],
    [{ enabled: 'yes' }, 'enabled'],
    [{ prerequisites: [{ flag: 'base', value: 'perhaps' }] }, 'prerequisites.0.value'],
    [{ default: 'blue' }, 'default'],
  ])('%j is refused', async (change, field) => {
    const { flags } = flagsOf('bad')
    expect(await flags('set', 'banner', change)).toMatchObject({ code: 'invalid_flag', field })
    expect(await flags('set', 'toString', {})).toMatchObject({ code: 'unknown_flag' })
  })
})
