import type { PaymentsEvent } from '@do/payments'
import { type DriverContext, sha256 } from '@do/provider'
import { accountOf, type Holder } from './accounts.ts'
import type { BalancePlatform } from './client.ts'
import { amountOf } from './money.ts'
import { payoutOf, payoutStatus, type TransferFacts, transferStatus } from './transfers.ts'
import { defined, instant, isReference } from './values.ts'
import type { PlatformEvent } from './webhooks.ts'

/**
 * What a webhook of the balance platform tells: https://docs.adyen.com/platforms/webhooks. It has no id of its own, so its text
 * stands for it: a repeated delivery is the same text.
 */
export async function platformEvents(
  { type, timestamp, data }: PlatformEvent,
  text: string,
  platform: BalancePlatform | undefined,
  context: Pick<DriverContext, 'clock' | 'handle'>,
): Promise<readonly PaymentsEvent[]> {
  const eventId = `${type}.${(await sha256(text)).slice(0, 32)}`
  const { handle } = context
  const common = { eventId, ...defined({ at: instant(timestamp) }), raw: data }
  if (/^balancePlatform\.accountHolder\.(created|updated)$/.test(type)) {
    const { id: connected, status } = accountOf(data.accountHolder as Holder, context.clock.now(), context)
    const closed = (data.accountHolder as Holder).status === 'closed'
    return closed
      ? [{ type: 'account.deauthorized', ...common, connected }]
      : [{ type: 'account.updated', ...common, connected, status }]
  }
  const facts = data as unknown as TransferFacts
  if (platform !== undefined && /^balancePlatform\.transfer\.(created|updated)$/.test(type) && facts.direction === 'outgoing') {
    const told = {
      ...common,
      ...defined({ reference: isReference(facts.reference) ? facts.reference : undefined }),
      ...defined({ amount: amountOf(facts.amount) }),
    }
    if (facts.category === 'internal' && facts.balanceAccount?.id === platform.balanceAccount)
      return [{ type: 'transfer.updated', ...told, transfer: handle(facts.id as string), status: transferStatus(facts) }]
    if (facts.category === 'bank') {
      const { account, vendorCode } = payoutOf(facts, platform, context)
      return [
        {
          type: 'payout.updated',
          ...told,
          ...defined({ account, vendorCode }),
          payout: handle(facts.id as string),
          status: payoutStatus(facts),
        },
      ]
    }
  }
  return [{ type: 'unknown', eventId, raw: data }]
}
