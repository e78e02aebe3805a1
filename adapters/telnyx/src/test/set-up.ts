import { telnyxTwin } from '@do/fixtures/telnyx'
import { ProviderError, testClock } from '@do/provider'
import { type CallFlow, type TelephonyEvent, toResponse } from '@do/telephony'
import { type TelnyxTelephonyOptions, telnyxTelephony } from '../index.ts'

export const to = '+14155550123'

/** A twin with a provider whose webhook handler answers each event with the flow that `next` gives. */
export function setUp(
  next: (event: TelephonyEvent) => CallFlow | undefined = () => undefined,
  options: Partial<TelnyxTelephonyOptions> = {},
) {
  const twin = telnyxTwin({ clock: testClock() })
  const provider = telnyxTelephony({
    ...twin.credentials,
    fetch: twin.fetch,
    clock: twin.clock,
    webhookUrl: twin.webhookUrl,
    ...options,
  })
  const events: TelephonyEvent[] = []
  twin.connect(async (request) => {
    let answer = { status: 200, headers: {}, body: '' }
    for (const event of await provider.receive(request)) {
      events.push(event)
      const flow = next(event)
      if (event.type !== 'unknown' && (event.awaiting || flow !== undefined))
        answer = await provider.respond({ event, ...(flow ? { flow } : {}) })
    }
    return toResponse(answer)
  })
  const wire = (operation: string) => twin.requests().filter((request) => request.operation === operation)
  const commands = () => wire('calls.update').map(({ url }) => url.split('/').at(-1))
  const heard = (id: string) => twin.calls().find((call) => `telnyx:${call.id}` === id)?.heard
  return { twin, provider, events, wire, commands, heard, from: twin.caller }
}

export const failure = async (promise: Promise<unknown>): Promise<ProviderError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw new Error('Expected a ProviderError.')
  return error
}

/** The vendor's id in a handle. */
export const own = (handle: string) => handle.slice('telnyx:'.length)

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
