import { type Payments, payments } from '@do/payments'
import { createProvider } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { memoryPaymentsDriver, memoryPaymentsTwin } from '../reference/index.ts'
import { runConformance } from '../run.ts'
import { paymentsSuite } from './suite.ts'

/** The reference adapter, which does everything and declares less. */
async function without(missing: string) {
  const twin = memoryPaymentsTwin()
  const only = paymentsSuite.checks
    .filter(({ needs = [], level }) => level === 'must' && needs.includes(missing))
    .map(({ id }) => id)
  const { results } = await runConformance(payments, {
    twin,
    only: [...only, 'payments.capability.refused'],
    provider: (at): Payments => {
      const options = { ...twin.credentials, ...at, defaultBaseUrl: at.baseUrl }
      const driver = memoryPaymentsDriver(options)
      const capabilities = { ...driver.descriptor.capabilities, [missing]: 'Not here.' }
      return createProvider(payments, { ...driver, descriptor: { ...driver.descriptor, capabilities } }, options)
    },
  })
  return results
}

/** No operation needs them, so nothing keeps them from working: the suite must notice that they do. */
const unguarded = ['redirect', 'asynchronous', 'immediate-changes', 'lasting-id', 'find-payments']
const guarded = Object.keys(payments.capabilities).filter((capability) => !unguarded.includes(capability))

describe('a capability that is not declared', () => {
  it.each(guarded)('%s is refused, and its checks do not apply', async (capability) => {
    const results = await without(capability)
    expect(results.filter(({ id, status }) => status !== 'not-applicable' && id !== 'payments.capability.refused')).toEqual([])
    expect(results.find(({ id }) => id === 'payments.capability.refused')).toMatchObject({ status: 'pass' })
  })

  it.each(unguarded)('%s is noticed when it works all the same', async (capability) => {
    const failed = (await without(capability)).filter(({ status }) => status === 'fail')
    expect(failed.length).toBeGreaterThan(0)
    for (const { reason } of failed) expect(reason).toMatch(/^Works, although .* is not declared/)
  })
})
