import type { OutcomeUnknownError, Trail } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { failure, setUp, usd } from './test/set-up.ts'

type World = ReturnType<typeof setUp>
type Through = Parameters<typeof setUp>[1]

/** Pages of four: a shop that is twenty-five times as busy. */
const small = (url: string) => url.replace('limit=100', 'limit=4')

/** A busy shop: `count` more payments at this moment. */
async function crowd({ twin }: World, count: number) {
  const headers = {
    authorization: `Bearer ${twin.credentials.apiKey}`,
    'content-type': 'application/x-www-form-urlencoded',
  }
  for (let made = 0; made < count; made++)
    await twin.fetch('https://api.stripe.com/v1/payment_intents', { method: 'POST', headers, body: 'amount=500&currency=usd' })
}

interface Shop {
  /** Payments of others: minutes before it, within its minute, minutes after it. */
  readonly before?: number
  readonly together?: number
  readonly after?: number
  readonly through?: NonNullable<Through>
}

/** A payment whose answer is lost, and nobody is to be reached until somebody asks. */
async function lost(when: 'before' | 'after', { before = 0, together = 0, after = 0, through = (send) => send }: Shop) {
  const world = setUp({}, (send) => through((input, init) => send(small(String(input)), init)))
  const { twin, provider, wire } = world
  await crowd(world, before)
  twin.clock.advance(120_000)
  twin.faults.next({ kind: 'cut', when }, { operation: 'payments.create' })
  for (const operation of ['payments.create', 'payments.list', 'payments.search'])
    twin.faults.always({ kind: 'cut', when: 'before' }, { operation })
  const input = { amount: usd(777n), method: `stripe:${twin.methods.ok}` }
  const error = (await failure(provider.payments.create(input, { idempotencyKey: 'k', deadline: 5_000 }))) as OutcomeUnknownError
  twin.faults.clear()
  await crowd(world, together)
  twin.clock.advance(120_000)
  await crowd(world, after)
  const read = wire('payments.list').length
  const charged = () => twin.payments().filter(({ captured }) => captured > 0n).length
  return { ...world, error, input, charged, reads: () => wire('payments.list').length - read }
}

describe('looking for a lost payment', () => {
  it('takes one request where little is sold', async () => {
    const { error, reads, charged } = await lost('before', { before: 2, after: 1 })
    expect(await error.resolve()).toEqual({ effect: 'none' })
    expect([reads(), charged()]).toEqual([1, 0])
  })

  it('begins where it was sent: thousands that were made later are not read', async () => {
    const { error, reads, charged } = await lost('after', { before: 12, together: 2, after: 128 })
    expect(await error.resolve()).toMatchObject({ effect: 'done', value: { amount: usd(777n) } })
    expect([reads(), charged()]).toEqual([2, 1])
  })

  it('ends after thirty pages: what has not been seen is unknown, not absent, and the record of the call says why', async () => {
    const { error, reads, provider, twin, input, charged } = await lost('before', { after: 128 })
    expect(await error.resolve()).toEqual({ effect: 'unknown' })
    expect(reads()).toBe(30)
    twin.faults.always({ kind: 'cut', when: 'before' }, { operation: 'payments.create' })
    let trail: Trail = []
    const options = { idempotencyKey: 'k', deadline: 5_000, onTrail: (given: Trail) => (trail = given) }
    expect(await failure(provider.payments.create(input, options))).toMatchObject({ effect: 'unknown', code: 'outcome_unknown' })
    expect(trail.filter(({ action }) => action === 'lookup').at(-1)).toMatchObject({ code: 'lookup_too_large' })
    expect(charged()).toBe(0)
  })

  it('asks the search where there is more than can be read: what that has is there', async () => {
    const { error, reads, charged } = await lost('after', { together: 128 })
    expect(await error.resolve()).toMatchObject({ effect: 'done', value: { amount: usd(777n) } })
    expect([reads(), charged()]).toEqual([30, 1])
  })

  it('stops in the middle when nobody waits for it any more', async () => {
    const abort = new AbortController()
    let pages = Number.POSITIVE_INFINITY
    const through: NonNullable<Through> = (send) => async (input, init) => {
      const page = /payment_intents\?/.test(String(input)) && --pages === 0
      const response = await send(input, init)
      if (page) abort.abort()
      return response
    }
    const { provider, twin, reads, input } = await lost('before', { after: 40, through })
    twin.faults.always({ kind: 'cut', when: 'before' }, { operation: 'payments.create' })
    pages = 3
    const options = { idempotencyKey: 'k', signal: abort.signal }
    expect(await failure(provider.payments.create(input, options))).toMatchObject({ effect: 'unknown' })
    expect(reads()).toBe(3)
  })
})
