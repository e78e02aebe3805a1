import { expect, it } from 'vitest'
import { collect, setUp, usd } from './test/set-up.ts'

it('does not call it a refund when the rest of an authorisation is let go', async () => {
  const { provider, pay, events } = setUp()
  const { id } = await pay({ capture: 'manual' })
  const captured = await provider.payments.capture({ id, amount: usd(1_000n) })
  expect([captured.captured, captured.refunded]).toEqual([usd(1_000n), undefined])
  await provider.refunds.create({ payment: id, amount: usd(400n) })
  expect(await provider.payments.get(id)).toMatchObject({ captured: usd(1_000n), refunded: usd(400n) })
  expect(await collect(provider.refunds.list({ payment: id }))).toMatchObject([{ amount: usd(400n) }])
  expect(
    new Set(events.filter(({ type }) => type === 'refund.updated').map((event) => 'amount' in event && event.amount?.amount)),
  ).toEqual(new Set([400n]))
  const canceled = await provider.payments.cancel((await pay({ capture: 'manual' })).id)
  expect([canceled.captured, canceled.refunded]).toEqual([undefined, undefined])
})

it('remembers each of several captures, whichever is asked about', async () => {
  const { twin, provider, pay, sent } = setUp()
  const { id } = await pay({ capture: 'manual', metadata: { order: '42' } })
  await provider.payments.capture({ id, amount: usd(1_000n), final: false })
  const trace = [...sent('payments.capture').keys()].find((name) => name.startsWith('metadata'))
  expect(trace).toMatch(/^metadata\[do-[0-9a-f]{32}\]$/)
  await provider.payments.capture({ id, amount: usd(500n), final: false })
  const keys = Object.keys((await (await provider.client).paymentIntents.retrieve(id.slice('stripe:'.length))).metadata)
  expect(keys.filter((name) => name.startsWith('do-'))).toHaveLength(2)
  expect((await provider.payments.get(id)).metadata).toEqual({ order: '42' })
  expect(twin.payments()).toMatchObject([{ captured: 1_500n, authorized: 1_090n }])
})
