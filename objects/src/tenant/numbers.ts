import { notFound } from '@do/core/full'
import { type OwnedNumber, telephony } from '@do/telephony'
import * as z from 'zod/mini'
import { whoOf } from './access.ts'
import { checked } from './checked.ts'
import { hookUrl } from './live.ts'
import { pageOf } from './paging.ts'
import type { NumberRecord, PurchaseRecord, Stored } from './records.ts'
import type { Tenant } from './tenant.ts'
import { type Deed, keyOf, opened, undertake } from './undertaking.ts'

/** A number that is bought once. */
export const purchaseDeed: Deed<PurchaseRecord, OwnedNumber> = {
  operation: 'telephony.numbers.buy',
  books: ({ purchases }) => purchases,
  perform: (live, record, options) => live.telephony.numbers.buy(record.asked as { id: string }, options),
  done: (_, owned) => ({ handle: owned.id, provider: owned.id.split(':', 1)[0] as string, status: 'bought' }),
  after: (tenant, _, owned) => keep(tenant, owned),
}

const label = z.optional(z.string().check(z.minLength(1), z.maxLength(64)))
const purchase = z.strictObject({ id: z.string().check(z.minLength(3)), label })
const change = z.strictObject({ label })

export function numberRoutes(tenant: Tenant): void {
  tenant.route('GET', '/numbers/available', async ({ url }) => {
    const { limit, cursor, features, ...rest } = Object.fromEntries(url.searchParams)
    const wish = {
      ...rest,
      ...(features === undefined ? {} : { features: features.split(',') }),
      ...(limit === undefined ? {} : { limit: Number(limit) }),
    }
    const search = checked(telephony.operations.numbers.search.input, wish)
    const page = await (await tenant.live()).telephony.numbers.search(search).page(cursor)
    return { ...page, items: page.items.map(({ raw: _, ...number }) => number) }
  })

  /** Buys it and points its calls and messages at this tenant. */
  tenant.route('POST', '/numbers', async (context) => {
    const { id, label } = await context.json(purchase)
    const asked = { id, ...hooksOf(tenant, id), ...(label === undefined ? {} : { label }) }
    const { record, isNew } = opened<PurchaseRecord>(tenant.purchases, {
      key: keyOf(context),
      asked,
      offer: id,
      ...(label === undefined ? {} : { label }),
      status: 'pending',
      trail: [],
      history: [{ status: 'pending', at: tenant.now() }],
    })
    const bought = record.handle === undefined ? await undertake(tenant, purchaseDeed, record) : record
    if (isNew) tenant.note(whoOf(context), 'number.bought', bought.provider)
    return Response.json(viewOf(byHandle(tenant, bought.handle as string)), { status: isNew ? 201 : 200 })
  })

  tenant.route('GET', '/numbers', ({ url }) => {
    const page = tenant.numbers.list(pageOf(url))
    return { ...page, items: page.items.map(viewOf) }
  })

  tenant.route('GET', '/numbers/:number', ({ params }) => viewOf(numberOf(tenant, params.number as string)))

  tenant.route('PATCH', '/numbers/:number', async (context) => {
    const record = numberOf(tenant, context.params.number as string)
    const { label } = await context.json(change)
    const configured = await (await tenant.live()).telephony.numbers.configure({
      id: record.handle,
      ...hooksOf(tenant, record.handle),
      ...(label === undefined ? {} : { label }),
    })
    keep(tenant, configured)
    tenant.note(whoOf(context), 'number.configured', record.provider)
    return viewOf(byHandle(tenant, record.handle))
  })

  tenant.route('DELETE', '/numbers/:number', async (context) => {
    const record = numberOf(tenant, context.params.number as string)
    await (await tenant.live()).telephony.numbers.release(record.handle)
    tenant.numbers.delete(record.$id)
    tenant.rebuild()
    tenant.note(whoOf(context), 'number.released', record.provider)
    return undefined
  })
}

/** From now on it is one of the tenant's senders. */
function keep(tenant: Tenant, owned: OwnedNumber): void {
  tenant.numbers.upsert(owned.number, {
    handle: owned.id,
    number: owned.number,
    provider: owned.id.split(':', 1)[0] as string,
    status: owned.status,
    features: owned.features,
    ...(owned.label === undefined ? {} : { label: owned.label }),
  })
  tenant.rebuild()
}

function hooksOf(tenant: Tenant, handle: string): { callUrl: string; messageUrl: string } {
  const instance = handle.split(':', 1)[0] as string
  return { callUrl: hookUrl(tenant, 'telephony', instance), messageUrl: hookUrl(tenant, 'sms', instance) }
}

/** In the path the "+" may be left out. */
function numberOf(tenant: Tenant, text: string): Stored<NumberRecord> {
  const record = tenant.numbers.get(text.startsWith('+') ? text : `+${text.trim()}`)
  if (record === undefined) throw notFound('This number')
  return record
}

function byHandle(tenant: Tenant, handle: string): Stored<NumberRecord> {
  const record = tenant.numbers.list({ where: { handle }, limit: 1 }).items[0]
  if (record === undefined) throw notFound('This number')
  return record
}

function viewOf({ $id: _, $version: __, $createdAt, $updatedAt: ___, handle, ...rest }: Stored<NumberRecord>) {
  return { id: handle, ...rest, createdAt: $createdAt }
}
