import { notFound } from '@do/core/full'
import { payments } from '@do/payments'
import { ProviderError } from '@do/provider'
import * as z from 'zod/mini'
import { shownAction } from '../tenant/shown.ts'
import type { Tenant } from '../tenant/tenant.ts'
import { keyOf } from '../tenant/undertaking.ts'
import { askedOf, wantOnce } from './asking.ts'
import { paymentDeed } from './deeds.ts'
import type { PaymentRecord } from './records.ts'
import { plain } from './wire.ts'

const name = 'collect'
const day = 86_400_000

const asked = z.strictObject({
  /** As for `POST /payments`: off session, with a kept method. */
  payment: z.record(z.string(), z.unknown()),
  /** Pauses before each further try, in milliseconds. Default 1, 3, 5 and 7 days. */
  pausesMs: z._default(z.array(z.int().check(z.gte(0), z.lte(60 * day))).check(z.maxLength(12)), [
    day,
    3 * day,
    5 * day,
    7 * day,
  ]),
})
type Asked = z.infer<typeof asked>

/** Trying again cannot help: the card is gone, or the bank suspects something. */
const final: ReadonlySet<string> = new Set([
  'lost_or_stolen',
  'fraud_suspected',
  'incorrect_number',
  'not_supported',
  'canceled_by_payer',
])

/** A vendor may also answer with a payment that has failed. */
const failed: ReadonlySet<string> = new Set(['failed', 'canceled', 'expired'])

type Tried = { readonly status: string; readonly payment?: string; readonly decline?: string }

/** Collects a payment, trying again after a decline as long as that makes sense: payment recovery. Each try is charged once. */
export function defineCollecting(tenant: Tenant): void {
  tenant.$actions.define<Asked>(name, {
    input: asked,
    // A decline is an answer, not a failure of the step; what is left is an outage, which is waited out.
    retries: { attempts: 20, backoffMs: 1_000, maxBackoffMs: 3_600_000 },
    run: async ({ payment, pausesMs }, step) => {
      const input = askedOf(payments.operations.payments.create.input, payment)
      for (let turn = 0; ; turn++) {
        const tried: Tried = await step.do(`try ${turn + 1}`, ({ key }) => attempt(tenant, input, key), {
          sideEffect: 'idempotent',
        })
        const over = tried.decline === undefined || final.has(tried.decline) || turn >= pausesMs.length
        if (over) {
          const end = endOf(tried)
          return step.do('note', () => noted(tenant, end, turn + 1, tried), { sideEffect: 'none' })
        }
        await step.sleep(`pause ${turn + 1}`, pausesMs[turn] as number)
      }
    },
  })
}

/** Money that the payer still has to agree to, or that is on its way for days, is not recovered yet: its own events tell. */
function endOf({ decline, status }: Tried): string {
  if (decline !== undefined) return 'given_up'
  if (status === 'requires_action') return 'waits_for_payer'
  return status === 'processing' || status === 'created' ? 'processing' : 'recovered'
}

/** A new try is a new payment: under the old key a declined one stays declined. */
async function attempt(tenant: Tenant, input: unknown, key: string): Promise<Tried> {
  const { amount, reference } = input as Pick<PaymentRecord, 'amount' | 'reference'>
  const fresh = { amount, ...(reference === undefined ? {} : { reference }) }
  try {
    const wish = { key: `${name}/${key}`, asked: input, fresh }
    const { record } = await wantOnce(tenant, paymentDeed, tenant.payments, wish)
    const { status, failure = 'unknown', $id: payment } = record
    return { status, payment, ...(failed.has(status) ? { decline: failure } : {}) }
  } catch (error) {
    if (ProviderError.is(error) && error.fault === 'declined') return { status: 'declined', decline: error.code }
    throw error
  }
}

function noted(tenant: Tenant, end: string, tries: number, tried: Tried) {
  tenant.note(
    'runtime',
    `payment.${end}`,
    `${tries} ${tries === 1 ? 'try' : 'tries'}${tried.decline === undefined ? '' : `, ${tried.decline}`}`,
  )
  return { end, tries, ...tried }
}

export function collectRoutes(tenant: Tenant): void {
  const detailsOf = (id: string) => {
    const details = tenant.$actions.get(id)
    if (details?.name !== name) throw notFound('This collection')
    return details
  }

  tenant.route('POST', '/collections', async (context) => {
    const wish = await context.json(asked)
    // Before anything is begun: what is wrong with the payment is told now, not by the first try.
    askedOf(payments.operations.payments.create.input, wish.payment)
    const { id } = tenant.$.do(name, plain(wish), { key: `${name}/${keyOf(context)}` })
    context.vars.location = `/t/${tenant.$name}/collections/${id}`
    return Response.json(shownAction(detailsOf(id)), { status: 202 })
  })

  tenant.route('GET', '/collections/:id', ({ params }) => {
    const details = detailsOf(params.id as string)
    return { ...shownAction(details), result: details.result }
  })
}
