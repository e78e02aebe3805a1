import type { DriverCalls, DriverContext, FindContext } from '@do/provider'
import type { AvailableNumber, NumberFeature, OwnedNumber, telephony } from '@do/telephony'
import { type Application, applicationOf, serveUrls } from './applications.ts'
import { orGone } from './calls.ts'
import type { Connection } from './client.ts'
import type { SdkNumber, SdkOffer } from './sdk.ts'
import { bare, e164, must, pageOf, pageSize, plain, position, price } from './wire.ts'

interface Settings {
  readonly label?: string | undefined
  readonly callUrl?: string | undefined
  readonly messageUrl?: string | undefined
}

type Operations = NonNullable<DriverCalls<typeof telephony.operations>['numbers']>

const types = { local: 'local', mobile: 'mobile', 'toll-free': 'tollfree' } as const
/** The services that Plivo can filter by; other wishes are filtered here. */
const services = ['voice', 'sms', 'mms', 'voice,sms', 'voice,sms,mms']

const featuresOf = (number: SdkNumber): NumberFeature[] => [
  ...(number.voiceEnabled ? (['voice'] as const) : []),
  ...(number.smsEnabled ? (['sms'] as const) : []),
  ...(number.mmsEnabled ? (['mms'] as const) : []),
]

export function numberOperations(plivo: () => Promise<Connection>) {
  async function get(number: string, context: Pick<DriverContext, 'handle'>): Promise<OwnedNumber> {
    const { api, request } = await plivo()
    const record = await api.numbers.get(number)
    return owned(record, await applicationOf(request, record.application), context)
  }

  async function configure(
    number: string,
    { label, callUrl, messageUrl }: Settings,
    context: Pick<DriverContext, 'handle'>,
  ): Promise<OwnedNumber> {
    if (label === undefined && callUrl === undefined && messageUrl === undefined) return get(number, context)
    const { api, request } = await plivo()
    const record = await api.numbers.get(number)
    must(record.number, 'number')
    const change = {
      ...(label === undefined ? {} : { alias: label }),
      ...(await serveUrls(request, number, record.application, { callUrl, messageUrl })),
    }
    if (Object.keys(change).length > 0) await api.numbers.update(number, change)
    return get(number, context)
  }

  const operations = {
    async search({ country, type, areaCode, contains, features = [], limit, cursor }, context) {
      const { api } = await plivo()
      const at = position(cursor)
      const wanted = ['voice', 'sms', 'mms'].filter((feature) => features.includes(feature as NumberFeature)).join(',')
      const list = await api.numbers.search(country, {
        type: types[type],
        limit: pageSize(limit),
        offset: at.offset,
        // Plivo's pattern is the beginning of the national number.
        ...(areaCode === undefined ? {} : { pattern: areaCode }),
        ...(services.includes(wanted) ? { services: wanted } : {}),
      })
      const items = list
        .map((offer) => available(offer, country, type, context))
        .filter((offer) => contains === undefined || offer.number.includes(contains))
        .filter((offer) => features.every((feature) => offer.features.includes(feature)))
      return pageOf(list, at, items)
    },
    async buy({ id: handle, ...settings }, context) {
      const number = context.id(handle)
      const { api } = await plivo()
      const answer = await api.numbers.buy(number)
      const bought = answer.numbers?.find((entry) => bare(entry.number ?? '') === number)
      const status = must(bought?.status, 'bought number').toLowerCase()
      if (status !== 'success' && status !== 'pending') throw new Error('Plivo did not say that the number was bought.')
      // It is bought, whatever happens now: what could not be set is missing in the answer, and `configure` can set it.
      const read =
        (await configure(number, settings, context).catch(() => undefined)) ?? (await get(number, context).catch(() => undefined))
      const pending = status === 'pending' ? { status: 'pending' as const } : {}
      return { ...(read ?? { id: handle, number: e164(number), status: 'active', features: [], raw: plain(answer) }), ...pending }
    },
    get: (handle, context) => get(context.id(handle), context),
    async list({ contains, limit, cursor }, context) {
      const { api, request } = await plivo()
      const at = position(cursor)
      const list = await api.numbers.list({ limit: pageSize(limit), offset: at.offset })
      const known = new Map<string, Promise<Application | undefined>>()
      const application = (uri: string) => {
        const found = known.get(uri) ?? applicationOf(request, uri)
        known.set(uri, found)
        return found
      }
      const items = list
        .filter(({ number }) => contains === undefined || number?.includes(contains))
        .map(async (record) => owned(record, record.application ? await application(record.application) : undefined, context))
      return pageOf(list, at, await Promise.all(items))
    },
    configure: ({ id: handle, ...settings }, context) => configure(context.id(handle), settings, context),
    async release(handle, context) {
      const { api } = await plivo()
      await orGone(api.numbers.unrent(context.id(handle)))
      return { id: handle, released: true as const }
    },
  } satisfies Operations

  /** A number can be bought once only: if the account has it and no other intent bought it, this one did. */
  async function find({ id: handle }: { readonly id: string }, context: FindContext): Promise<OwnedNumber | undefined> {
    return (await context.claimed(handle)) ? undefined : orGone(get(context.id(handle), context))
  }

  return { operations, find }
}

function available(
  offer: SdkOffer,
  country: string,
  type: keyof typeof types,
  { handle }: Pick<DriverContext, 'handle'>,
): AvailableNumber {
  const number = must(offer.number, 'number')
  const { price: monthlyPrice } = price(offer.monthlyRentalRate) as { price?: AvailableNumber['monthlyPrice'] }
  const locality = offer.city || offer.rateCenter
  return {
    id: handle(bare(number)),
    number: e164(number),
    country,
    type,
    features: featuresOf(offer),
    ...(locality ? { locality } : {}),
    ...(offer.region ? { region: offer.region } : {}),
    ...(monthlyPrice === undefined ? {} : { monthlyPrice }),
    raw: plain(offer),
  }
}

function owned(record: SdkNumber, application: Application | undefined, { handle }: Pick<DriverContext, 'handle'>): OwnedNumber {
  const number = must(record.number, 'number')
  return {
    id: handle(bare(number)),
    number: e164(number),
    status: record.active === false ? 'pending' : 'active',
    features: featuresOf(record),
    ...(record.alias ? { label: record.alias } : {}),
    ...(application?.callUrl ? { callUrl: application.callUrl } : {}),
    ...(application?.messageUrl ? { messageUrl: application.messageUrl } : {}),
    raw: plain(record),
  }
}
