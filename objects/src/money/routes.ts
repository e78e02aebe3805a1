import { notFound, problem } from '@do/core/full'
import { type Payment, type Payments, payments } from '@do/payments'
import { checked } from '../tenant/checked.ts'
import { filterOf, pageOf } from '../tenant/paging.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { keyOf, viewOf } from '../tenant/undertaking.ts'
import { answerOnce, askedOf } from './asking.ts'
import { bookRoutes } from './bookkeeping.ts'
import { collectRoutes } from './collect.ts'
import { paymentDeed, refundDeed, transferDeed } from './deeds.ts'
import { keep } from './keep.ts'
import { lookAt } from './learn.ts'
import { payoutRoutes } from './payouts.ts'
import type { PaymentRecord } from './records.ts'
import { sellerRoutes } from './sellers.ts'

const { operations } = payments

/** Payments, and what follows from them. */
export function moneyRoutes(tenant: Tenant): void {
  tenant.route('POST', '/payments', async (context) => {
    const asked = askedOf(operations.payments.create.input, await context.json()) as unknown as PaymentAsked
    const { amount, reference, split } = asked
    const fresh = {
      amount,
      ...(reference === undefined ? {} : { reference }),
      ...(split === undefined ? {} : { seller: split.account }),
    }
    return answerOnce(tenant, context, 'payments', paymentDeed, tenant.payments, { asked, fresh })
  })

  tenant.route('GET', '/payments', ({ url }) => {
    const page = tenant.payments.list({ ...pageOf(url), where: filterOf(url, ['status']) })
    return { ...page, items: page.items.map(viewOf) }
  })

  tenant.route('GET', '/payments/:id', ({ params }) => viewOf(paymentOf(tenant, params.id as string)))

  /** Goes on after 3-D Secure or a redirect, takes authorised money, or lets it go. */
  for (const step of ['confirm', 'capture', 'cancel'] as const) {
    tenant.route('POST', `/payments/:id/${step}`, async (context) => {
      const record = paymentOf(tenant, context.params.id as string)
      const given = context.request.headers.has('content-type') ? await context.json() : {}
      const value = await takeStep(
        (await tenant.live()).payments,
        step,
        { ...(given as object), id: handleOf(record) },
        keyOf(context),
      )
      const { amount } = value
      // Some vendors only take it on: what became of the payment is read, or told by a webhook.
      if (amount === undefined) lookAt(tenant, 'payment', value.id)
      else keep(tenant, { type: 'payment', value: { ...value, amount } }, { at: tenant.now() })
      return viewOf(paymentOf(tenant, record.$id))
    })
  }

  tenant.route('POST', '/payments/:id/refunds', async (context) => {
    const payment = handleOf(paymentOf(tenant, context.params.id as string))
    const given = context.request.headers.has('content-type') ? await context.json() : {}
    const asked = askedOf(operations.refunds.create.input, { ...(given as object), payment })
    return answerOnce(tenant, context, 'movements', refundDeed, tenant.movements, {
      asked,
      fresh: { kind: 'refund', payment },
    })
  })

  tenant.route('POST', '/transfers', async (context) => {
    const asked = askedOf(operations.transfers.create.input, await context.json())
    const { account: seller } = asked as { account: string }
    return answerOnce(tenant, context, 'movements', transferDeed, tenant.movements, {
      asked,
      fresh: { kind: 'transfer', seller },
    })
  })

  tenant.route('GET', '/movements', ({ url }) => {
    const page = tenant.movements.list({ ...pageOf(url), where: filterOf(url, ['kind', 'status', 'payment']) })
    return { ...page, items: page.items.map(viewOf) }
  })

  tenant.route('GET', '/movements/:id', ({ params }) => {
    const record = tenant.movements.get(params.id as string)
    if (record === undefined) throw notFound('This refund, transfer or payout')
    return viewOf(record)
  })

  tenant.route('GET', '/disputes', ({ url }) => tenant.disputes.list(pageOf(url)))

  sellerRoutes(tenant)
  payoutRoutes(tenant)
  collectRoutes(tenant)
  bookRoutes(tenant)
}

async function takeStep(
  { payments: provider }: Payments,
  step: 'confirm' | 'capture' | 'cancel',
  input: { readonly id: string },
  idempotencyKey: string,
): Promise<Omit<Payment, 'amount'> & Partial<Pick<Payment, 'amount'>>> {
  if (step === 'cancel') return provider.cancel(input.id)
  if (step === 'capture') return provider.capture(checked(operations.payments.capture.input, input), { idempotencyKey })
  return provider.confirm(checked(operations.payments.confirm.input, input), { idempotencyKey })
}

/** Of a validated payment input, as it is kept. */
type PaymentAsked = Pick<PaymentRecord, 'amount' | 'reference'> & { readonly split?: { readonly account: string } }

function paymentOf(tenant: Tenant, id: string) {
  const record = tenant.payments.get(id)
  if (record === undefined) throw notFound(`Payment "${id}"`)
  return record
}

function handleOf({ handle }: PaymentRecord): string {
  if (handle === undefined) throw problem(409, 'not_made', 'No provider has this payment (yet), so nothing can be done to it.')
  return handle
}
