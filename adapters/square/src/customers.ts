import type { Customer, PaymentMethod } from '@do/payments'
import { type DriverCalls, type DriverContext, refuse, VendorRefusal } from '@do/provider'
import type { Square, SquareClient } from 'square'
import { answered, defined, instant, keyOf, legible, pageOf, proven, rows, shortKey } from './client.ts'
import { pack, unpack } from './note.ts'
import type { Input, Tree } from './payments.ts'

type Context = Pick<DriverContext, 'handle'>

export function checkCustomer(given: Input<'customers', 'create'> | Input<'customers', 'update'>): void {
  if ('id' in given || given.name !== undefined || given.email !== undefined || given.phone !== undefined) return
  throw refuse('invalid_input', 'Square needs a name, an e-mail address or a phone number of a customer.', { field: 'name' })
}

function customerOf(answer: Square.Customer | undefined, { handle }: Context): Customer {
  const customer = proven(answer)
  const kept = unpack(customer.note)
  const name = [customer.givenName, customer.familyName].filter(Boolean).join(' ') || customer.companyName
  return defined({
    id: handle(customer.id),
    name: name || undefined,
    email: customer.emailAddress ?? undefined,
    phone: customer.phoneNumber ?? undefined,
    reference: customer.referenceId ?? undefined,
    defaultMethod: kept.card === undefined ? undefined : handle(kept.card),
    metadata: kept.meta,
    createdAt: instant(customer.createdAt),
    raw: customer,
  })
}

function methodOf(answer: Square.Card | undefined, { handle }: Context): PaymentMethod {
  const card = proven(answer)
  const { expMonth, expYear } = card
  const expiry = expMonth && expYear ? { month: Number(expMonth), year: Number(expYear) } : undefined
  return defined({
    id: handle(card.id),
    customer: card.customerId ? handle(card.customerId) : undefined,
    type: 'card',
    card: defined({ brand: card.cardBrand?.toLowerCase(), last4: card.last4, expiry }),
    raw: card,
  })
}

const facts = ({ name, email, phone, reference }: Omit<Input<'customers', 'create'>, 'provider'>) =>
  defined({ givenName: name, emailAddress: email, phoneNumber: phone, referenceId: reference })

export function customerCalls(client: () => Promise<SquareClient>): DriverCalls<Tree>['customers'] {
  return {
    create: async (given, context) => {
      const { customer } = await (await client()).customers.create(
        defined({
          idempotencyKey: await shortKey(context.key),
          ...facts(given),
          note: pack(undefined, { meta: given.metadata }),
        }),
      )
      return customerOf(customer, context)
    },
    get: async (input, context) =>
      customerOf((await (await client()).customers.get({ customerId: context.id(input) })).customer, context),
    update: async ({ id, metadata, defaultMethod, ...given }, context) => {
      const square = await client()
      const customerId = context.id(id)
      // The seller's own text in the note stays.
      const { text, meta, card } =
        metadata === undefined && defaultMethod === undefined
          ? {}
          : unpack(proven((await square.customers.get({ customerId })).customer).note)
      const kept = { meta: metadata ?? meta, card: defaultMethod === undefined ? card : context.id(defaultMethod) }
      // A family name would be part of the same name.
      const familyName = given.name === undefined ? {} : { familyName: null }
      const { customer } = await square.customers.update({
        customerId,
        ...facts(given),
        ...familyName,
        ...defined({ note: pack(text, kept) }),
      })
      return customerOf(customer, context)
    },
    delete: async (input, context) => {
      try {
        legible(await (await client()).customers.delete({ customerId: context.id(input) }))
      } catch (error) {
        if (!answered(error, 404)) throw error
      }
      return { id: input, deleted: true }
    },
    list: async ({ email, since, until, limit, cursor }, context) => {
      const createdAt = since === undefined && until === undefined ? undefined : defined({ startAt: since, endAt: until })
      const filter = defined({ emailAddress: email === undefined ? undefined : { exact: email }, createdAt })
      const answer = legible(
        await (await client()).customers.search(
          defined({
            cursor,
            limit: BigInt(Math.min(limit ?? 100, 100)),
            query: { filter, sort: { field: 'CREATED_AT' as const, order: 'DESC' as const } },
          }),
        ),
      )
      return pageOf(
        (answer.customers ?? []).map((customer) => customerOf(customer, context)),
        answer.cursor || undefined,
      )
    },
  }
}

export function methodCalls(client: () => Promise<SquareClient>): DriverCalls<Tree>['methods'] {
  return {
    attach: async ({ id, customer }, context) => {
      const [sourceId = '', verificationToken] = context.id(id).split('|')
      const customerId = context.id(customer)
      const { cards } = await client()
      // It has been kept already.
      if (sourceId.startsWith('ccof:')) {
        const { card } = await cards.get({ cardId: sourceId })
        if (proven(card).customerId !== customerId) throw new VendorRefusal('card:other-customer')
        return methodOf(card, context)
      }
      const idempotencyKey = await keyOf('card', sourceId, customerId)
      const { card } = await cards.create(defined({ idempotencyKey, sourceId, verificationToken, card: { customerId } }))
      return methodOf(card, context)
    },
    detach: async (input, context) => {
      proven((await (await client()).cards.disable({ cardId: context.id(input) })).card)
      return { id: input, deleted: true }
    },
    list: async ({ customer, limit = 25, cursor }, context) => {
      // Pages have 25 cards, whoever asks for fewer gets a page in several parts.
      const [from = '', skip = '0'] = cursor?.split('#') ?? []
      const page = rows(
        await (await client()).cards.list(defined({ customerId: context.id(customer), cursor: from || undefined })),
      )
      const start = Number(skip)
      const more = start + limit < page.items.length ? `${from}#${start + limit}` : page.cursor && `${page.cursor}#0`
      return pageOf(
        page.items.slice(start, start + limit).map((card) => methodOf(card, context)),
        more,
      )
    },
  }
}

/** What is charged where nothing else is named: the customer's default, or their latest card. */
export async function defaultCard(square: SquareClient, customerId: string): Promise<string | undefined> {
  const { card } = unpack(proven((await square.customers.get({ customerId })).customer).note)
  return card ?? rows(await square.cards.list({ customerId, sortOrder: 'DESC' })).items[0]?.id
}
