import { type DriverContext, type Handle, type Money, VendorRefusal } from '@do/provider'
import { otherCurrency, readFault } from './errors.ts'
import { currencyOf } from './money.ts'
import { located, type Scope, scopeOf } from './scope.ts'

/** Where to look for things of an owner (a customer, a payment), or of nobody in particular. */
export const owning = (context: DriverContext, owner: Handle | undefined): Scope & { readonly id: string | undefined } =>
  owner === undefined ? { ...scopeOf(context, undefined), id: undefined } : located(context, owner)

/**
 * States how a thing shall be. Stripe refuses to cancel what is canceled: a refusal is no failure when the thing is already
 * as it shall be.
 */
export async function satisfied<T>(change: () => Promise<T>, read: () => Promise<T>, is: (now: T) => boolean): Promise<T> {
  try {
    return await change()
  } catch (error) {
    const { statusCode } = error as { statusCode?: number }
    if (statusCode !== 400 && statusCode !== 404) throw error
    const now = await read().catch(() => undefined)
    if (now !== undefined && is(now)) return now
    throw refusalOf(error)
  }
}

/** The same refusal, after another request was answered well. */
function refusalOf(error: unknown): unknown {
  const { vendorCode } = readFault(error)
  return vendorCode === undefined ? error : new VendorRefusal(vendorCode)
}

/**
 * A part of a payment or transfer is a mere number at Stripe, so what it is a part of is read first.
 * @throws VendorRefusal for an amount in another currency.
 */
export async function sameCurrency(amount: Money | undefined, read: () => Promise<{ currency: string }>): Promise<void> {
  if (amount !== undefined && (await read()).currency !== currencyOf(amount)) throw new VendorRefusal(otherCurrency)
}
