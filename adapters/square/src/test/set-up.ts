import { type SquareTwin, squareTwin } from '@do/fixtures/square'
import type { PaymentsEvent } from '@do/payments'
import { ProviderError } from '@do/provider'
import { type SquareOptions, squarePayments } from '../index.ts'

export const card = 'square:cnon:card-nonce-ok'
export const usd = (amount: bigint) => ({ amount, currency: 'USD' })
export const dayMs = 86_400_000

/** A seller's twin, the adapter on it, and what the adapter made of its webhooks. */
export function shop(options: Partial<SquareOptions> = {}, twin: SquareTwin = squareTwin()) {
  const at = { fetch: twin.fetch, clock: twin.clock, webhookUrl: twin.webhookUrl }
  const square = squarePayments({ ...twin.credentials, ...at, ...options })
  const events: PaymentsEvent[] = []
  twin.connect(async (request) => {
    events.push(...(await square.receive(request)))
    return new Response(null, { status: 200 })
  })
  const sent = (operation: string) =>
    twin
      .requests()
      .filter((request) => request.operation === operation)
      .map(({ body }) => (body === '' ? {} : (JSON.parse(body) as Record<string, unknown>)))
  return { twin, square, events, sent }
}

/** The error of what has to be refused. */
export async function refusal(attempt: Promise<unknown>): Promise<ProviderError> {
  const error = await attempt.then(
    (value) => value,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error))
    throw new Error(`Not refused: ${JSON.stringify(error, (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`)
  return error
}
