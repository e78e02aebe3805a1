import { expect, it } from 'vitest'
import { type Intent, intentFromJson, intentToJson } from './index.ts'

const intent = (input: unknown): Intent => ({
  key: 'payments.create/order-1',
  operation: 'payments.create',
  fingerprint: '',
  input,
  reference: 'do-1',
  state: 'open',
  attempts: 0,
  createdAt: 1,
  updatedAt: 1,
  version: 1,
})

it('keeps amounts beyond 2^53, and what only looks like one', () => {
  const input = {
    amount: { amount: 9_223_372_036_854_775_807n, currency: 'EUR' },
    lines: [1n, -2n, 3],
    metadata: { $bigint: 'no amount' },
    deep: { $$bigint: { $bigint: '5' } },
  }
  expect(intentFromJson(intentToJson(intent(input)))).toEqual(intent(input))
})
