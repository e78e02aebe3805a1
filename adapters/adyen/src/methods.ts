import type { StoredPaymentMethodResource } from '@adyen/api-library/lib/src/typings/checkout/storedPaymentMethodResource.js'
import type { PaymentMethod } from '@do/payments'
import { type DriverContext, type Page, refuse, VendorRefusal } from '@do/provider'
import type { AdyenOptions, Sdk } from './client.ts'
import { AdyenError } from './http.ts'
import { methodOf, storedId } from './method.ts'
import { defined, proven } from './values.ts'

function methodThing(
  stored: StoredPaymentMethodResource,
  shopper: string,
  { handle }: Pick<DriverContext, 'handle'>,
): PaymentMethod {
  const { id, type = 'scheme', brand, lastFour, expiryMonth, expiryYear } = stored
  const expiry = { month: Number(expiryMonth), year: Number(expiryYear) }
  return defined({
    id: handle(storedId(shopper, proven(id), type)),
    customer: handle(shopper),
    type: type === 'scheme' ? 'card' : type,
    card:
      type === 'scheme'
        ? defined({
            brand,
            last4: lastFour,
            expiry:
              expiry.month > 0 && expiry.year > 0
                ? { ...expiry, year: expiry.year < 100 ? expiry.year + 2000 : expiry.year }
                : undefined,
          })
        : undefined,
    raw: stored,
  })
}

/** Adyen knows customers only by the merchant's own name for them, the shopper reference: `adyen:<shopperReference>`. */
export const methodOperations = (sdk: Sdk, { merchantAccount }: AdyenOptions) => {
  const stored = async (shopper: string, context: DriverContext): Promise<readonly PaymentMethod[]> => {
    const answer = await (await sdk.tokens()).getTokensForStoredPaymentDetails(shopper, merchantAccount)
    const found = answer.storedPaymentMethods
    if (!Array.isArray(found)) throw new Error('The answer has no list.')
    return found.map((one) => methodThing(one, shopper, context))
  }
  return {
    attach: async ({ id, customer }: { id: string; customer: string }, context: DriverContext): Promise<PaymentMethod> => {
      const shopper = context.id(customer)
      const known = methodOf(context.id(id))
      if (known.shopper !== undefined) {
        const mine = (await stored(shopper, context)).find((one) => one.id === id)
        if (mine !== undefined) return mine
        throw new VendorRefusal('803')
      }
      const request = {
        merchantAccount,
        shopperReference: shopper,
        recurringProcessingModel: 'CardOnFile' as never,
        paymentMethod: known.method as never,
      }
      return methodThing(await (await sdk.tokens()).storedPaymentMethods(request), shopper, context)
    },
    detach: async (id: string, context: DriverContext) => {
      const { method, shopper = '' } = methodOf(context.id(id))
      try {
        await (await sdk.tokens()).deleteTokenForStoredPaymentDetails(
          method.storedPaymentMethodId ?? '',
          shopper,
          merchantAccount,
        )
      } catch (error) {
        // One that is gone already is what was asked for.
        if (!(error instanceof AdyenError) || (error.status !== 404 && error.body.errorCode !== '803')) throw error
      }
      return { id, deleted: true as const }
    },
    list: async ({ customer }: { customer: string }, context: DriverContext): Promise<Page<PaymentMethod>> => ({
      items: await stored(context.id(customer), context),
    }),
  }
}

/** @throws ProviderError `method_of_another` */
export function checkAttach(id: string, customer: string) {
  const { shopper } = methodOf(id)
  if (shopper !== undefined && shopper !== customer)
    throw refuse('method_of_another', 'A stored payment method stays with its customer.', { field: 'id' })
}

export function checkDetach(id: string) {
  if (methodOf(id).shopper === undefined)
    throw refuse('invalid_method', 'Only a stored payment method can be forgotten.', { field: 'id' })
}
