import type { Price, Product } from '@do/payments'
import { type DriverCalls, type DriverContext, refuse, VendorRefusal } from '@do/provider'
import type { Square, SquareClient } from 'square'
import { defined, keyOf, legible, pageOf, proven, type SquareOptions, shortKey } from './client.ts'
import { checkMoney, fromSquare, toSquare } from './money.ts'
import { checkLength } from './note.ts'
import type { Input, Tree } from './payments.ts'

type Context = Pick<DriverContext, 'handle'>
type Interval = NonNullable<Price['interval']>

/** https://developer.squareup.com/reference/square/enums/SubscriptionCadence */
const cadences: Readonly<Record<string, Square.SubscriptionCadence>> = {
  '1 day': 'DAILY',
  '1 week': 'WEEKLY',
  '2 week': 'EVERY_TWO_WEEKS',
  '30 day': 'THIRTY_DAYS',
  '60 day': 'SIXTY_DAYS',
  '90 day': 'NINETY_DAYS',
  '1 month': 'MONTHLY',
  '2 month': 'EVERY_TWO_MONTHS',
  '3 month': 'QUARTERLY',
  '4 month': 'EVERY_FOUR_MONTHS',
  '6 month': 'EVERY_SIX_MONTHS',
  '1 year': 'ANNUAL',
  '2 year': 'EVERY_TWO_YEARS',
}
const nameOf = ({ unit, count }: Interval) => `${count} ${unit}`
const intervalOf = (cadence: string | undefined): Interval | undefined => {
  const [count, unit] = (Object.keys(cadences).find((name) => cadences[name] === cadence) ?? '').split(' ')
  return unit === undefined ? undefined : { unit: unit as Interval['unit'], count: Number(count) }
}

/** Square keeps 255 characters of ours with a variation, as text. */
const userData = (metadata: Readonly<Record<string, string>> | undefined) =>
  metadata === undefined || Object.keys(metadata).length === 0 ? undefined : JSON.stringify(metadata)

export function checkProduct({ metadata }: Pick<Input<'products', 'create'>, 'metadata'>): void {
  checkLength(userData(metadata), 255, 'metadata')
}

export function checkPrice({ amount, interval, metadata }: Input<'prices', 'create'>, options: SquareOptions): void {
  checkMoney(amount, options)
  checkLength(userData(metadata), interval === undefined ? 255 : 0, 'metadata')
  if (interval === undefined || cadences[nameOf(interval)] !== undefined) return
  throw refuse('unsupported', `Square bills every ${Object.keys(cadences).join(', ')}, and at no other interval.`, {
    field: 'interval',
  })
}

type Item = Square.CatalogObject.Item
type Variation = Square.CatalogObject.ItemVariation
type Plan = Square.CatalogObject.SubscriptionPlan
type PlanVariation = Square.CatalogObject.SubscriptionPlanVariation

/** An item has at least one variation. The first one here has no price of its own, and keeps the metadata. */
const isOpen = (one: Square.CatalogObject): one is Variation =>
  one.type === 'ITEM_VARIATION' && one.itemVariationData?.pricingType === 'VARIABLE_PRICING'

function metadataOf(text: string | null | undefined): Record<string, string> | undefined {
  try {
    return text ? (JSON.parse(text) as Record<string, string>) : undefined
  } catch {
    // The seller's own.
    return undefined
  }
}

function productOf(answer: Square.CatalogObject | undefined, { handle }: Context): Product {
  const item = proven(answer) as Item
  const { name, description, isArchived, variations } = item.itemData ?? {}
  return defined({
    id: handle(item.id),
    name: name ?? '',
    description: description ?? undefined,
    active: isArchived !== true && item.isDeleted !== true,
    metadata: metadataOf(variations?.find(isOpen)?.itemVariationData?.userData),
    raw: item,
  })
}

/** Undefined for what has no price (the open variation). */
function priceOf(one: Square.CatalogObject, related: readonly Square.CatalogObject[], { handle }: Context): Price | undefined {
  const { id } = proven(one)
  const active = one.presentAtAllLocations !== false || (one.presentAtLocationIds ?? []).length > 0
  if (one.type === 'ITEM_VARIATION') {
    const { itemId, priceMoney } = one.itemVariationData ?? {}
    if (priceMoney === undefined || isOpen(one)) return undefined
    return { id: handle(id), product: handle(itemId ?? ''), amount: fromSquare(priceMoney), active, raw: one }
  }
  if (one.type !== 'SUBSCRIPTION_PLAN_VARIATION') return undefined
  const { subscriptionPlanId, phases } = one.subscriptionPlanVariationData ?? {}
  const phase = phases?.at(-1)
  const money = phase?.pricing?.priceMoney ?? phase?.recurringPriceMoney
  const plan = related.find((other): other is Plan => other.id === subscriptionPlanId)
  const product = plan?.subscriptionPlanData?.eligibleItemIds?.[0] ?? subscriptionPlanId
  if (money === undefined || !product) return undefined
  const interval = intervalOf(phase?.cadence)
  return defined({ id: handle(id), product: handle(product), amount: fromSquare(money), interval, active, raw: one })
}

/** What it costs to subscribe, and for how long. */
export async function planOf(square: SquareClient, id: string) {
  const { object } = await square.catalog.object.get({ objectId: id })
  const data = (proven(object) as PlanVariation).subscriptionPlanVariationData
  const phase = data?.phases.at(-1)
  const price = phase?.pricing?.priceMoney
  if (data === undefined || price === undefined) throw new VendorRefusal('price:once')
  return { id, name: data.name, price, interval: intervalOf(phase?.cadence) }
}

const types = ['ITEM_VARIATION', 'SUBSCRIPTION_PLAN_VARIATION'] as const

export function catalogCalls(client: () => Promise<SquareClient>) {
  const get = async (objectId: string) => {
    const answer = await (await client()).catalog.object.get({ objectId, includeRelatedObjects: true })
    return { object: proven(answer.object), related: answer.relatedObjects ?? [] }
  }
  const upsert = async (object: Square.CatalogObject, idempotencyKey: string) =>
    proven((await (await client()).catalog.object.upsert({ idempotencyKey, object })).catalogObject)

  const products: DriverCalls<Tree>['products'] = {
    create: async ({ name, description, metadata }, context) => {
      const open = defined({
        itemId: '#item',
        name: 'Open',
        pricingType: 'VARIABLE_PRICING' as const,
        userData: userData(metadata),
      })
      const variations = [{ type: 'ITEM_VARIATION' as const, id: '#open', itemVariationData: open }]
      const itemData = defined({ name, description, variations })
      return productOf(await upsert({ type: 'ITEM', id: '#item', itemData }, await shortKey(context.key)), context)
    },
    get: async (input, context) => productOf((await get(context.id(input))).object, context),
    update: async ({ id, name, description, active, metadata }, context) => {
      const item = (await get(context.id(id))).object as Item
      const variations = item.itemData?.variations?.map((one) =>
        metadata !== undefined && isOpen(one)
          ? { ...one, itemVariationData: { ...one.itemVariationData, userData: userData(metadata) ?? null } }
          : one,
      )
      const changes = defined({ name, description, isArchived: active === undefined ? undefined : !active, variations })
      const changed = { ...item, itemData: { ...item.itemData, ...changes } }
      return productOf(await upsert(writable(changed), await keyOf(item.id, item.version, changes)), context)
    },
    list: async ({ limit, active, cursor }, context) => {
      const answer = legible(
        await (await client()).catalog.search(
          defined({ objectTypes: ['ITEM' as const], limit: Math.min(limit ?? 100, 100), cursor }),
        ),
      )
      const items = (answer.objects ?? []).map((item) => productOf(item, context))
      return pageOf(
        items.filter((item) => active === undefined || item.active === active),
        answer.cursor || undefined,
      )
    },
  }

  const one = (
    found: { readonly object: Square.CatalogObject; readonly related: readonly Square.CatalogObject[] },
    context: Context,
  ): Price => {
    const price = priceOf(found.object, found.related, context)
    if (price === undefined) throw new Error('This has no price.')
    return price
  }

  const prices: DriverCalls<Tree>['prices'] = {
    create: async ({ product, amount, interval, metadata }, context) => {
      const itemId = context.id(product)
      const priceMoney = toSquare(amount)
      const fixed = { pricingType: 'FIXED_PRICING' as const, priceMoney, userData: userData(metadata) }
      const objects =
        interval === undefined
          ? [{ type: types[0], id: '#price', itemVariationData: defined({ itemId, name: 'Price', ...fixed }) }]
          : recurring(((await get(itemId)).object as Item).itemData?.name ?? itemId, itemId, priceMoney, interval)
      const answer = legible(
        await (await client()).catalog.batchUpsert({ idempotencyKey: await shortKey(context.key), batches: [{ objects }] }),
      )
      const made = answer.objects ?? []
      return one({ object: proven(made.at(-1)), related: made }, context)
    },
    get: async (input, context) => one(await get(context.id(input)), context),
    update: async ({ id, active }, context) => {
      const { object, related } = await get(context.id(id))
      const known = one({ object, related }, context)
      if (known.active === active) return known
      const changed = writable({ ...object, presentAtAllLocations: active, presentAtLocationIds: [] })
      return one({ object: await upsert(changed, await keyOf(object.id, object.version, active)), related }, context)
    },
    list: async ({ limit, product, cursor }, context) => {
      const answer = legible(
        await (await client()).catalog.search(
          defined({ objectTypes: [...types], includeRelatedObjects: true, limit: Math.min(limit ?? 100, 100), cursor }),
        ),
      )
      const found = (answer.objects ?? []).flatMap((object) => priceOf(object, answer.relatedObjects ?? [], context) ?? [])
      return pageOf(
        found.filter((price) => product === undefined || price.product === product),
        answer.cursor || undefined,
      )
    },
  }

  return { products, prices }
}

/** A plan for the item, and in it the one variation that is the price. */
function recurring(name: string, itemId: string, priceMoney: Square.Money, interval: Interval): Square.CatalogObject[] {
  const phases = [
    {
      cadence: cadences[nameOf(interval)] as Square.SubscriptionCadence,
      ordinal: 0n,
      pricing: { type: 'STATIC' as const, priceMoney },
    },
  ]
  return [
    { type: 'SUBSCRIPTION_PLAN', id: '#plan', subscriptionPlanData: { name, eligibleItemIds: [itemId] } },
    { type: types[1], id: '#price', subscriptionPlanVariationData: { name, phases, subscriptionPlanId: '#plan' } },
  ]
}

/** Without what Square writes itself. */
function writable(object: Square.CatalogObject): Square.CatalogObject {
  const own = defined({ ...object, updatedAt: undefined }) as Square.CatalogObject
  if (own.type === 'ITEM_VARIATION')
    return { ...own, itemVariationData: defined({ ...own.itemVariationData, ordinal: undefined }) }
  if (own.type !== 'ITEM') return own
  const variations = own.itemData?.variations?.map(writable)
  return { ...own, itemData: defined({ ...own.itemData, descriptionPlaintext: undefined, variations }) }
}
