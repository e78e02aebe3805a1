import { type DriverCalls, type DriverContext, type FindContext, ProviderError, refuse } from '@do/provider'
import type { AvailableNumber, NumberFeature, OwnedNumber, telephony } from '@do/telephony'
import type { Telnyx } from 'telnyx'
import { answered, defined, everyRow, proven, rows } from './client.ts'
import { readFault, renamed } from './errors.ts'
import { outsideAttempts, routesFor, urlReader } from './routes.ts'
import type { TelnyxTelephonyOptions } from './telephony.ts'

type Numbers = DriverCalls<(typeof telephony)['operations']['numbers']>

interface ForSale {
  readonly phone_number?: string
  readonly best_effort?: boolean
  readonly features?: readonly { readonly name?: string }[]
  readonly region_information?: readonly { readonly region_name?: string; readonly region_type?: string }[]
  readonly cost_information?: { readonly monthly_cost?: string; readonly currency?: string }
}

interface Owned {
  readonly id: string
  readonly phone_number: string
  readonly status: string
  readonly connection_id?: string | null
  readonly messaging_profile_id?: string | null
  readonly customer_reference?: string | null
}

interface Order {
  readonly id?: string
  readonly status?: string
  readonly customer_reference?: string
  readonly connection_id?: string
  readonly messaging_profile_id?: string
  readonly phone_numbers?: readonly { readonly phone_number?: string; readonly status?: string }[]
}

interface BuyInput {
  readonly id: string
  readonly label?: string | undefined
  readonly callUrl?: string | undefined
  readonly messageUrl?: string | undefined
}

const types = { local: 'local', mobile: 'mobile', 'toll-free': 'toll_free' } as const
const rarestFirst = ['mms', 'sms', 'voice'] as const
const isFeature = (name: string | undefined): name is NumberFeature => name === 'voice' || name === 'sms' || name === 'mms'

/** Orders and numbers have one free text: our reference, then the label. */
const reference = (own: string, label: string | undefined) => (label === undefined ? own : `${own} ${label}`)
const labelIn = (text: string | null | undefined) => text?.replace(/^do-[\w-]{22,}?( |$)/, '') || undefined

export function checkNumbers(operation: string, input: BuyInput, { messagingProfileId }: TelnyxTelephonyOptions): void {
  if ((operation !== 'numbers.buy' && operation !== 'numbers.configure') || input.messageUrl === undefined) return
  if (messagingProfileId !== undefined) return
  throw refuse(
    'unsupported',
    'At Telnyx messages go to the URL of a messaging profile: configure messagingProfileId as the pattern for it.',
    {
      field: 'messageUrl',
      elsewhere: true,
    },
  )
}

export function numberOperations(client: () => Promise<Telnyx>, options: TelnyxTelephonyOptions) {
  const outside = outsideAttempts()

  /** A number is its own id here: an order does not yet tell the id that the number will have. */
  const lookUp = async (telnyx: Telnyx, number: string): Promise<Owned | undefined> => {
    for await (const owned of everyRow<Owned>(telnyx, '/phone_numbers', { filter: { phone_number: number.replace('+', '') } })) {
      if (owned.phone_number === number && owned.status !== 'deleted') return owned
    }
    return undefined
  }

  const found = async (telnyx: Telnyx, number: string): Promise<Owned> => {
    const owned = await lookUp(telnyx, number)
    if (owned !== undefined) return owned
    // What no list shows is asked for by name, so that it is the vendor who says that it is not there.
    const { data } = await telnyx.phoneNumbers.retrieve(number)
    const direct = proven(data as Owned | undefined, 'phone_number')
    if (direct.phone_number !== number) throw new Error('The answer is another number.')
    return direct
  }

  const described = async (telnyx: Telnyx, owned: Owned, { handle }: DriverContext): Promise<OwnedNumber> => {
    const { data } = await telnyx.phoneNumbers.messaging.retrieve(owned.id)
    const { sms, mms } = data?.features ?? {}
    return ownedNumber(
      owned,
      await urlReader(telnyx)(owned),
      ['voice', ...(sms ? (['sms'] as const) : []), ...(mms ? (['mms'] as const) : [])],
      handle,
    )
  }

  const bought = (order: Order | undefined, input: BuyInput, { id, handle }: DriverContext): OwnedNumber => {
    const number = id(input.id)
    const line = order?.phone_numbers?.find(({ phone_number }) => phone_number === number)
    if (typeof order?.id !== 'string' || line === undefined) throw new Error('The answer lacks the order.')
    return defined({
      id: handle(number),
      number,
      status: (line.status ?? order.status) === 'success' ? ('active' as const) : ('pending' as const),
      // An order does not tell whether the number takes messages; the number itself does, once it is there.
      features: ['voice'] as NumberFeature[],
      label: input.label,
      callUrl: input.callUrl,
      messageUrl: input.messageUrl,
      raw: order,
    })
  }

  const operations = {
    search: async ({ country, type, areaCode, contains, features = [], limit }, { handle }) => {
      // The SDK joins a list by commas, which Telnyx does not describe: the rarest feature is asked for, the rest compared here.
      const rarest = rarestFirst.find((feature) => features.includes(feature))
      const filter = defined({
        country_code: country,
        phone_number_type: types[type],
        national_destination_code: areaCode,
        phone_number: contains === undefined ? undefined : { contains },
        features: rarest === undefined ? undefined : { '': rarest },
        limit: features.length > 1 ? undefined : limit,
      })
      const { items } = await rows<ForSale>(await client(), '/available_phone_numbers', { filter, page: undefined })
      return {
        items: items
          // Where nothing fits, Telnyx fills up with numbers that fit nearly.
          .filter(({ best_effort, phone_number }) => best_effort !== true && phone_number)
          .map((entry) => available(entry, country, type, handle))
          .filter((number) => features.every((feature) => number.features.includes(feature)))
          .slice(0, limit),
      }
    },
    buy: async (input, context) => {
      const telnyx = await client()
      const wanted = { callUrl: input.callUrl, messageUrl: input.messageUrl }
      const routes = input.callUrl || input.messageUrl ? await outside(() => routesFor(telnyx, wanted, options)) : {}
      try {
        const { data } = await telnyx.numberOrders.create({
          phone_numbers: [{ phone_number: context.id(input.id) }],
          customer_reference: reference(context.reference, input.label),
          ...routes,
        })
        return bought(data as Order | undefined, input, context)
      } catch (error) {
        throw answered(error, 400, 422) && readFault(error).field === 'phone_numbers' ? renamed(error, 'order:refused') : error
      }
    },
    get: async (input, context) => {
      const telnyx = await client()
      return described(telnyx, await found(telnyx, context.id(input)), context)
    },
    list: async ({ contains, limit, cursor }, { handle }) => {
      // Telnyx searches from three digits on.
      const filter = contains !== undefined && contains.length >= 3 ? { filter: { phone_number: contains } } : {}
      const number = Number(cursor ?? 1)
      const telnyx = await client()
      const page = await rows<Owned>(telnyx, '/phone_numbers', filter, number, Math.min(limit ?? 250, 250))
      const urls = urlReader(telnyx)
      const fitting = page.items.filter(({ phone_number }) => contains === undefined || phone_number.includes(contains))
      const items: OwnedNumber[] = []
      for (const owned of fitting) {
        items.push(ownedNumber(owned, await urls(owned), owned.messaging_profile_id ? ['voice', 'sms'] : ['voice'], handle))
      }
      return page.more ? { items, cursor: String(number + 1) } : { items }
    },
    configure: async (input, context) => {
      const telnyx = await client()
      const owned = await found(telnyx, context.id(input.id))
      const { connection_id, messaging_profile_id } = await routesFor(telnyx, input, options)
      const own = defined({ connection_id, customer_reference: input.label })
      if (Object.keys(own).length > 0) await telnyx.phoneNumbers.update(owned.id, own)
      if (messaging_profile_id !== undefined) await telnyx.phoneNumbers.messaging.update(owned.id, { messaging_profile_id })
      return described(telnyx, await found(telnyx, owned.phone_number), context)
    },
    release: async (input, { id, handle }) => {
      const telnyx = await client()
      const owned = await lookUp(telnyx, id(input))
      try {
        if (owned !== undefined) await telnyx.phoneNumbers.delete(owned.id)
      } catch (error) {
        if (!answered(error, 404)) throw error
      }
      return { id: handle(id(input)), released: true as const }
    },
  } satisfies Numbers

  const find = async (input: BuyInput, context: FindContext): Promise<OwnedNumber | undefined> => {
    const telnyx = await client()
    const wanted = reference(context.reference, input.label)
    for await (const order of everyRow<Order>(telnyx, '/number_orders', { filter: { customer_reference: wanted } })) {
      if (order.customer_reference === wanted) return bought(order, input, context)
    }
    return undefined
  }

  return { operations, find }
}

function available(entry: ForSale, country: string, type: keyof typeof types, handle: (id: string) => string): AvailableNumber {
  const number = entry.phone_number as string
  const { monthly_cost: monthly, currency } = entry.cost_information ?? {}
  const region = (kind: string) => entry.region_information?.find(({ region_type }) => region_type === kind)?.region_name
  return defined({
    id: handle(number),
    number,
    country,
    type,
    features: (entry.features ?? []).map(({ name }) => name).filter(isFeature),
    locality: region('rate_center') ?? region('location'),
    region: region('state'),
    monthlyPrice: monthly === undefined || currency === undefined ? undefined : { decimal: monthly, currency },
    raw: entry,
  })
}

function ownedNumber(
  owned: Owned,
  urls: { callUrl: string | undefined; messageUrl: string | undefined },
  features: NumberFeature[],
  handle: (id: string) => string,
): OwnedNumber {
  if (typeof owned.phone_number !== 'string')
    throw new ProviderError({
      effect: 'unknown',
      fault: 'provider',
      code: 'unreadable_answer',
      message: 'The answer lacks the number.',
    })
  return defined({
    id: handle(owned.phone_number),
    number: owned.phone_number,
    status: owned.status === 'active' ? ('active' as const) : ('pending' as const),
    features,
    label: labelIn(owned.customer_reference),
    ...urls,
    raw: owned,
  })
}
