import { HttpResponse, http, type RequestHandler } from 'msw'
import type { Random } from '../kit/random.ts'
import type { Account, ForSale, StoredNumber } from './account.ts'
import { authorised, notFound, once, pageOf, problem } from './answers.ts'

export function numberHandlers(account: Account): RequestHandler[] {
  const find = (id: unknown) => account.numbers.find((number) => number.id === id)
  return [
    http.get('*/v1/available-numbers', ({ request }) => authorised(account, request) ?? search(account, new URL(request.url))),
    http.post(
      '*/v1/numbers',
      async ({ request }) => authorised(account, request) ?? once(account, request, (body) => buy(account, body)),
    ),
    http.get('*/v1/numbers', ({ request }) => {
      const url = new URL(request.url)
      const contains = url.searchParams.get('contains') ?? ''
      const reference = url.searchParams.get('reference')
      const fits = (own: StoredNumber) => own.number.includes(contains) && (reference === null || own.reference === reference)
      return authorised(account, request) ?? pageOf(account, url, account.numbers.filter(fits), shownNumber)
    }),
    http.get('*/v1/numbers/:id', ({ request, params }) => {
      const own = find(params.id)
      return authorised(account, request) ?? (own === undefined ? notFound() : HttpResponse.json(shownNumber(own)))
    }),
    http.patch('*/v1/numbers/:id', async ({ request, params }) => {
      const refused = authorised(account, request)
      if (refused !== undefined) return refused
      const own = find(params.id)
      if (own === undefined) return notFound()
      Object.assign(own, await settings(request))
      return HttpResponse.json(shownNumber(own))
    }),
    http.delete('*/v1/numbers/:id', ({ request, params }) => {
      const refused = authorised(account, request)
      if (refused !== undefined) return refused
      const own = find(params.id)
      if (own === undefined) return notFound()
      account.numbers = account.numbers.filter((other) => other !== own)
      return HttpResponse.json({ id: own.id, released: true })
    }),
  ]
}

async function settings(request: Request): Promise<object> {
  return settingsIn((await request.json()) as Record<string, unknown>)
}

function settingsIn({ label, call_url: callUrl, message_url: messageUrl }: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries({ label, callUrl, messageUrl }).filter(([, value]) => value !== undefined))
}

function search(account: Account, url: URL): Response {
  const wanted = Object.fromEntries(url.searchParams)
  const features = wanted.features?.split(',') ?? []
  const fitting = account.forSale.filter(
    (offer) =>
      offer.country === wanted.country &&
      (wanted.type === undefined || offer.type === wanted.type) &&
      (wanted.area_code === undefined || offer.number.slice(2).startsWith(wanted.area_code)) &&
      (wanted.contains === undefined || offer.number.includes(wanted.contains)) &&
      features.every((feature) => offer.features.some((has) => has === feature)),
  )
  const from = Number(wanted.cursor ?? 0)
  const limit = Math.min(Number(wanted.limit ?? 20), 50)
  return HttpResponse.json({
    items: fitting.slice(from, from + limit).map((offer) => ({ ...offer, monthly_price: { amount: '1.00', currency: 'USD' } })),
    ...(from + limit < fitting.length ? { cursor: String(from + limit) } : {}),
  })
}

function buy(account: Account, body: Record<string, unknown>): object | Response {
  const offer = account.forSale.find(({ number }) => number === body.number)
  if (offer === undefined) return problem(409, 'number_gone', 'The number is not for sale.', 'number')
  account.forSale = account.forSale.filter((other) => other !== offer)
  account.purchases.push(offer.number)
  const own: StoredNumber = {
    id: `num_${account.random.hex(16)}`,
    number: offer.number,
    features: offer.features,
    createdAt: account.clock.now(),
    ...(typeof body.reference === 'string' ? { reference: body.reference } : {}),
    ...settingsIn(body),
  }
  account.numbers.push(own)
  return shownNumber(own)
}

export function shownNumber({ id, number, features, label, callUrl, messageUrl, reference }: StoredNumber): object {
  return { id, number, features, label, call_url: callUrl, message_url: messageUrl, reference, status: 'active' }
}

/** What the vendor sells: the same for the same seed. */
export function catalogue(random: Random): ForSale[] {
  const local = Array.from(
    { length: 12 },
    (_, i): ForSale => ({
      number: `+1415555${String(2000 + i * 7 + random.int(7)).padStart(4, '0')}`,
      country: 'US',
      type: 'local',
      features: i % 3 === 0 ? ['voice'] : ['voice', 'sms', 'mms'],
      locality: 'San Francisco',
    }),
  )
  const others = Array.from(
    { length: 4 },
    (_, i): ForSale => ({
      number: `+1212555${String(3000 + i * 11 + random.int(11)).padStart(4, '0')}`,
      country: 'US',
      type: 'local',
      features: ['voice', 'sms'],
      locality: 'New York',
    }),
  )
  const free = Array.from(
    { length: 3 },
    (_, i): ForSale => ({
      number: `+1800555${String(4000 + i * 13 + random.int(13)).padStart(4, '0')}`,
      country: 'US',
      type: 'toll-free',
      features: ['voice', 'sms'],
    }),
  )
  return [...local, ...others, ...free]
}
