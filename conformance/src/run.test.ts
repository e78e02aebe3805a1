import { withOverrides } from '@do/provider'
import { sms } from '@do/sms'
import { describe, expect, it } from 'vitest'
import type { Deviation } from './deviation.ts'
import { runConformance } from './main.ts'
import { changed, inTurn } from './mutants/mutant.ts'
import { memorySms, memoryTwin } from './reference/index.ts'

const twin = memoryTwin()
const reference = { twin, provider: (at: object) => memorySms({ ...twin.credentials, ...at }) }
const check = 'sms.send.once'
const broken = changed('sms', { provider: ({ send }) => ({ send: (input: any) => inTurn(send(input), () => send(input)) }) })
const now = Date.UTC(2026, 5, 1)

const one = async (options: Parameters<typeof runConformance>[1]) => {
  const result = await runConformance(sms, { only: [check], ...options })
  return { ...result, first: result.results[0] }
}

const deviation: Deviation = {
  check,
  reason: 'The vendor doubles messages.',
  issue: 'https://example.com/issues/7',
  expires: '2026-12-31',
}

describe('runConformance', () => {
  it('passes an adapter that keeps the promise and fails one that does not, saying what happened', async () => {
    expect(await one(reference)).toMatchObject({ ok: true, label: 'memory', interface: 'sms', first: { status: 'pass' } })
    const failed = await one(broken())
    expect(failed.ok).toBe(false)
    expect(failed.first).toMatchObject({ id: check, status: 'fail', reason: 'The vendor took on 2 messages instead of one.' })
    expect(failed.first?.why).toMatch(/^https:/)
  })

  it('gives the same results whenever and in whatever order it is run', async () => {
    const only = ['sms.send.effect.cut-after', 'sms.list.all-pages', 'sms.webhook.forged', 'sms.send.key.concurrent']
    const results = async (ids: string[]) => (await runConformance(sms, { ...reference, only: ids })).results
    expect(await results(only)).toEqual(await results(only))
    expect(await results([...only].reverse())).toEqual(await results(only))
  })

  it('makes a twin for each check when it is given a function', async () => {
    let made = 0
    const only = ['sms.send.once', 'sms.send.answer', 'sms.list.empty']
    const fresh = () => {
      made += 1
      return memoryTwin()
    }
    const result = await runConformance(sms, { twin: fresh, provider: (at) => memorySms({ ...twin.credentials, ...at }), only })
    expect(result.ok).toBe(true)
    expect(made).toBeGreaterThanOrEqual(only.length)
  })

  it('fails a check whose provider cannot be made, or hangs, instead of breaking off', async () => {
    const never = await one({ twin, provider: () => Promise.reject(new Error('no key')) })
    expect(never.first).toMatchObject({ status: 'fail', reason: 'The provider could not be made: Error: no key' })
    const provider = (at: object) => withOverrides(reference.provider(at), { send: () => new Promise(() => {}) })
    expect((await one({ twin, provider, timeLimitMs: 20 })).first).toMatchObject({
      status: 'fail',
      reason: expect.stringContaining('hangs'),
    })
  })

  it('fails, and does not skip, when the twin cannot show what happened', async () => {
    const blind = Object.assign(Object.create(twin), { sent: undefined })
    const { sent: _, ...rest } = Object.fromEntries(
      ['vendor', 'baseUrl', 'fetch', 'clock', 'faults'].map((name) => [name, Reflect.get(blind, name)]),
    )
    expect((await one({ ...reference, twin: rest })).first).toMatchObject({
      status: 'fail',
      reason: expect.stringContaining('The twin has no'),
    })
  })

  it('refuses checks and interfaces that do not exist', async () => {
    await expect(runConformance(sms, { ...reference, only: ['sms.nothing'] })).rejects.toThrow('There is no check "sms.nothing"')
    await expect(runConformance({ ...sms, name: 'smoke' } as never, reference)).rejects.toThrow(
      'no conformance suite for "smoke"',
    )
  })
})

describe('capabilities', () => {
  const withoutPrice = changed('sms', {
    driver: (driver) => ({
      ...driver,
      descriptor: { ...driver.descriptor, capabilities: { ...driver.descriptor.capabilities, price: 'Only on the invoice.' } },
    }),
  })

  it('does not apply what is not declared, with the reason that the adapter gives', async () => {
    const provider = changed('sms', {
      driver: (driver) => ({
        ...driver,
        descriptor: { ...driver.descriptor, capabilities: { ...driver.descriptor.capabilities, mms: 'The vendor has no MMS.' } },
      }),
    })
    const result = await one({ ...provider(), only: ['sms.send.media'] })
    expect(result.first).toMatchObject({ status: 'not-applicable', reason: 'mms: The vendor has no MMS.' })
    expect(result.ok).toBe(true)
  })

  it('fails what works although it is not declared, and what is declared and does not work', async () => {
    const undeclared = await one({ ...withoutPrice(), only: ['sms.send.price'] })
    expect(undeclared.first).toMatchObject({ status: 'fail', reason: expect.stringContaining('although price is not declared') })
    const lying = changed('sms', {
      provider: ({ get }) => ({ get: async (id: any) => ({ ...(await get(id)), price: undefined }) }),
    })
    expect((await one({ ...lying(), only: ['sms.send.price'] })).first).toMatchObject({
      status: 'fail',
      reason: 'The message has no price.',
    })
  })
})

describe('deviations', () => {
  it('excuse a failure until their day, and say so', async () => {
    const result = await one({ ...broken(), deviations: [deviation], now })
    expect(result.first).toMatchObject({
      status: 'deviation',
      issue: deviation.issue,
      reason: 'The vendor doubles messages. (until 2026-12-31)',
    })
    expect(result.ok).toBe(true)
  })

  it('fail from their day on', async () => {
    const result = await one({ ...broken(), deviations: [deviation], now: Date.UTC(2026, 11, 31) })
    expect(result.first).toMatchObject({ status: 'fail', reason: expect.stringContaining('expired on 2026-12-31') })
  })

  it('fail when the check passes again', async () => {
    const result = await one({ ...reference, deviations: [deviation], now })
    expect(result.first).toMatchObject({ status: 'fail', reason: expect.stringContaining('no longer fails') })
  })

  it('must name a check, an issue and a day', async () => {
    const given = (change: Partial<Deviation>) => one({ ...reference, deviations: [{ ...deviation, ...change }], now })
    await expect(given({ check: 'sms.typo' })).rejects.toThrow('does not exist')
    await expect(given({ issue: 'soon' })).rejects.toThrow('needs an issue')
    await expect(given({ expires: 'never' })).rejects.toThrow('needs a day')
  })
})
