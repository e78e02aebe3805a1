import type { TwinFault } from '@do/conformance'
import { failover, ProviderError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { vendors } from './vendors.ts'

/**
 * Vendor A misbehaves once; vendor B is well. Popular wrappers send a second copy in the first three rows, hide the 422
 * and the 401 behind B, or give up in the last row.
 */
const rows: readonly (readonly [string, TwinFault, { a: number; b: number; result: 'a' | 'b' | 'stop'; shout?: string }])[] = [
  ['accepts, then answers 500', { kind: 'error', status: 500, when: 'after' }, { a: 1, b: 0, result: 'a' }],
  ['accepts, then resets', { kind: 'cut', when: 'after' }, { a: 1, b: 0, result: 'a' }],
  ['accepts, then hangs', { kind: 'hang', when: 'after' }, { a: 1, b: 0, result: 'a' }],
  ['refuses as invalid', { kind: 'invalid' }, { a: 0, b: 0, result: 'stop' }],
  ['refuses the credential', { kind: 'unauthorized' }, { a: 0, b: 1, result: 'b', shout: 'unauthorized' }],
  ['limits the rate', { kind: 'rate-limit', retryAfterSeconds: 30 }, { a: 0, b: 1, result: 'b' }],
  ['refuses the connection', { kind: 'refuse' }, { a: 0, b: 1, result: 'b' }],
]

describe.each([0, 1, 2])('vendor %i first', (first) => {
  it.each(rows)('%s', async (_, fault, expected) => {
    const { clock, all } = vendors()
    const [a, b] = [all[first], all[(first + 1) % 3]] as [(typeof all)[0], (typeof all)[0]]
    const shouts: string[] = []
    const sms = failover([a.sms, b.sms], {
      clock,
      onDegraded: ({ provider, error }) => shouts.push(`${provider} ${error.fault}`),
    })
    a.twin.faults.next(fault, { operation: 'messages.create' })
    const result = await sms.send({ to: '+14155550123', body: 'Your order waits' }).catch((error: unknown) => error)
    expect([a.twin.sent().length, b.twin.sent().length]).toEqual([expected.a, expected.b])
    if (expected.result === 'stop')
      expect(ProviderError.is(result) && ['caller', 'recipient'].includes(result.fault) && result.effect).toBe('none')
    else expect((result as { id: string }).id).toMatch(new RegExp(`^${(expected.result === 'a' ? a : b).name}:`))
    expect(shouts).toEqual(expected.shout === undefined ? [] : [`${a.name} credential`])
  })

  it.each([
    { kind: 'cut', when: 'after' },
    { kind: 'hang', when: 'after' },
    { kind: 'cut', when: 'before' },
  ] as const)('with no time to look, %j is reported unknown and settles by resolve()', async (fault) => {
    const { clock, all } = vendors()
    const [a, b] = [all[first], all[(first + 1) % 3]] as [(typeof all)[0], (typeof all)[0]]
    const sms = failover([a.sms, b.sms], { clock, deadline: 400, attemptTimeout: 300 })
    a.twin.faults.next(fault, { operation: 'messages.create' })
    for (const operation of ['messages.list', 'detail_records.list'])
      a.twin.faults.next({ kind: 'hang', when: 'before' }, { operation })
    const error = await sms.send({ to: '+14155550123', body: 'Your order waits' }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'outcome_unknown', effect: 'unknown', provider: a.name })
    expect(b.twin.sent()).toEqual([])
    a.twin.faults.clear()
    clock.advance(60_000)
    const settlement = await (error as { resolve(): Promise<{ effect: string }> }).resolve()
    expect(settlement.effect).toBe(fault.when === 'after' ? 'done' : 'none')
    expect(a.twin.sent().length).toBe(fault.when === 'after' ? 1 : 0)
    expect(b.twin.sent()).toEqual([])
  })
})
