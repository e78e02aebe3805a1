import { type DriverContext, refuse } from '@do/provider'

/** A payment method as a request takes it. */
export interface AdyenMethod {
  readonly type: string
  readonly storedPaymentMethodId?: string
}

export interface KnownMethod {
  readonly method: AdyenMethod
  /** Whose it is, for one that is stored. */
  readonly shopper?: string
}

/** `shopper/token`, and the type where it is no card. */
export const storedId = (shopper: string, token: string, type = 'scheme') =>
  [encodeURIComponent(shopper), token, ...(type === 'scheme' ? [] : [type])].join('/')

const unreadable = () =>
  refuse(
    'invalid_method',
    'A payment method is a stored one ("shopper/token"), a type ("ideal"), or what Adyen\'s client library gave, as JSON.',
    { field: 'method' },
  )

/**
 * What a method's id stands for. What the client library gives for a card (`state.data.paymentMethod`, encrypted) is used once and has
 * no id of Adyen's, so it is its own.
 * @throws ProviderError `invalid_method`.
 */
export function methodOf(id: string): KnownMethod {
  if (id.startsWith('{')) {
    let given: AdyenMethod
    try {
      given = JSON.parse(id) as AdyenMethod
    } catch {
      throw unreadable()
    }
    if (typeof given.type !== 'string') throw unreadable()
    return { method: given }
  }
  const [shopper = '', token, type = 'scheme'] = id.split('/')
  if (token !== undefined) return { method: { type, storedPaymentMethodId: token }, shopper: decodeURIComponent(shopper) }
  if (!/^[a-z][\w-]*$/.test(id)) throw unreadable()
  return { method: { type: id } }
}

/** Who pays: the customer that was named, or whose method it is. */
export function shopperOf(
  customer: string | undefined,
  { shopper }: KnownMethod,
  { id }: Pick<DriverContext, 'id'>,
): string | undefined {
  const named = customer === undefined ? undefined : id(customer)
  if (named !== undefined && shopper !== undefined && named !== shopper)
    throw refuse('method_of_another', 'The stored payment method belongs to another customer.', { field: 'method' })
  return named ?? shopper
}
