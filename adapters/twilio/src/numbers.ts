import { type DriverContext, type FindContext, type Page, refuse } from '@do/provider'
import type { AvailableNumber, NumberFeature, OwnedNumber, Telephony } from '@do/telephony'
import type { AvailablePhoneNumberCountryContext } from 'twilio/lib/rest/api/v2010/account/availablePhoneNumberCountry.js'
import type { IncomingPhoneNumberInstance } from 'twilio/lib/rest/api/v2010/account/incomingPhoneNumber.js'
import type { TwilioClient } from './client.ts'
import { codeOf } from './errors.ts'
import { oldest, position, readPage, sid } from './read.ts'

type Client = () => Promise<TwilioClient>
type Context = Pick<DriverContext, 'handle' | 'id'>
type Search = Parameters<Telephony['numbers']['search']>[0]
type Settings = Parameters<Telephony['numbers']['configure']>[0]

export interface NumberOptions {
  /** `AD…`: many countries sell only to a registered address. */
  readonly addressSid?: string
  /** `BU…`: the regulatory bundle that some countries want. */
  readonly bundleSid?: string
}

/** What Twilio cannot search for. */
export function checkSearch(input: NonNullable<Search>): void {
  if (input.areaCode !== undefined && !['US', 'CA'].includes(input.country)) {
    throw refuse('unsupported', 'Twilio searches by area code only in the US and Canada. Use "contains".', {
      field: 'areaCode',
      elsewhere: true,
    })
  }
  if (input.contains?.length === 1) {
    throw refuse('unsupported', 'Twilio searches for at least two digits. Give more of "contains".', {
      field: 'contains',
      elsewhere: true,
    })
  }
}

const kinds = { local: 'local', mobile: 'mobile', 'toll-free': 'tollFree' } as const

/** https://www.twilio.com/docs/phone-numbers/api/availablephonenumber-resource */
export async function search(client: Client, input: NonNullable<Search>, context: Context): Promise<Page<AvailableNumber>> {
  const type = input.type ?? 'local'
  const { availablePhoneNumbers } = await client()
  const wants = (feature: NumberFeature) => (input.features?.includes(feature) ? true : undefined)
  const filter = {
    areaCode: input.areaCode === undefined ? undefined : Number(input.areaCode),
    contains: input.contains,
    voiceEnabled: wants('voice'),
    smsEnabled: wants('sms'),
    mmsEnabled: wants('mms'),
  }
  try {
    // The three kinds are the same resource under three names.
    const numbers = availablePhoneNumbers(input.country)[kinds[type]] as AvailablePhoneNumberCountryContext['local']
    const page = await numbers.page({ ...filter, ...position(input) })
    return readPage(page, 'available_phone_numbers', (item) => ({
      id: context.handle(item.phoneNumber),
      number: item.phoneNumber,
      country: item.isoCountry,
      type,
      features: featuresOf(item.capabilities),
      locality: item.locality ?? undefined,
      region: item.region ?? undefined,
      raw: item.toJSON(),
    }))
  } catch (error) {
    // Twilio has no such kind of number in this country: there is nothing to find.
    if (codeOf(error) === '20404') return { items: [] }
    throw error
  }
}

/** https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource */
export async function buy(client: Client, options: NumberOptions, input: Settings, context: Context): Promise<OwnedNumber> {
  const { addressSid, bundleSid } = options
  const { incomingPhoneNumbers } = await client()
  const wanted = { phoneNumber: context.id(input.id), addressSid, bundleSid, ...settings(input) }
  return toNumber(await incomingPhoneNumbers.create(wanted), context)
}

/** A number has one owner: if it is ours since then, the purchase whose answer was lost made it so. */
export async function findBought(client: Client, input: Settings, context: FindContext): Promise<OwnedNumber | undefined> {
  const phoneNumber = context.id(input.id)
  const { incomingPhoneNumbers } = await client()
  return oldest(
    context,
    (at) => incomingPhoneNumbers.page({ phoneNumber, ...at }),
    'incoming_phone_numbers',
    ({ dateCreated }) => ({ created: dateCreated, listed: dateCreated }),
    (item) => (item.phoneNumber === phoneNumber ? toNumber(item, context) : undefined),
  )
}

export async function list(
  client: Client,
  input: { readonly contains?: string | undefined; readonly limit?: number | undefined; readonly cursor?: string },
  context: Context,
): Promise<Page<OwnedNumber>> {
  const { incomingPhoneNumbers } = await client()
  const page = await incomingPhoneNumbers.page({ phoneNumber: input.contains, ...position(input) })
  return readPage(page, 'incoming_phone_numbers', (item) => toNumber(item, context))
}

export async function configure(client: Client, input: Settings, context: Context): Promise<OwnedNumber> {
  const number = (await client()).incomingPhoneNumbers(context.id(input.id))
  return toNumber(await number.update(settings(input)), context)
}

export async function release(client: Client, handle: string, context: Context): Promise<{ id: string; released: true }> {
  try {
    const { statusCode } = await (await client()).incomingPhoneNumbers(context.id(handle)).removeWithHttpInfo()
    if (statusCode !== 204) throw new Error('The answer is not that of a release.')
  } catch (error) {
    if (codeOf(error) !== '20404') throw error
  }
  return { id: handle, released: true }
}

/** The end of an incoming call is told to the URL that is asked what to do with it. */
function settings({ label, callUrl, messageUrl }: Settings) {
  return { friendlyName: label, voiceUrl: callUrl, statusCallback: callUrl, smsUrl: messageUrl }
}

export function toNumber(item: IncomingPhoneNumberInstance, context: Context): OwnedNumber {
  return {
    id: context.handle(sid(item.sid, 'PN')),
    number: item.phoneNumber,
    status: item.status === 'pending' ? 'pending' : 'active',
    features: featuresOf(item.capabilities),
    label: item.friendlyName || undefined,
    callUrl: item.voiceUrl || undefined,
    messageUrl: item.smsUrl || undefined,
    raw: item.toJSON(),
  }
}

/** Twilio writes "SMS" in one place and "sms" in another. */
function featuresOf(capabilities: object | null): NumberFeature[] {
  const has = Object.entries(capabilities ?? {}).flatMap(([name, value]) => (value === true ? [name.toLowerCase()] : []))
  return (['voice', 'sms', 'mms'] as const).filter((feature) => has.includes(feature))
}
