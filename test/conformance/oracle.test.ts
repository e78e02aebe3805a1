import { type ConformanceOptions, runConformance, type SmsTwin } from '@do/conformance/run'
import { plivoTwin } from '@do/fixtures/plivo'
import { telnyxTwin } from '@do/fixtures/telnyx'
import { twilioTwin } from '@do/fixtures/twilio'
import { plivoSms } from '@do/plivo'
import { type ProviderError, withOverrides } from '@do/provider'
import { type Sms, sms } from '@do/sms'
import { telnyxSms } from '@do/telnyx'
import { twilioSms } from '@do/twilio'
import { describe, expect, it } from 'vitest'

// The suite's own mutants are of the reference vendor. Here the vendors' twins show that they notice too: a twin that saw
// nothing would let every adapter pass.

type At = Parameters<ConformanceOptions['provider']>[0]
type Send = Sms['send']

/** A vendor, and how to put an adapter of its on a twin of its. */
const vendor = <T extends SmsTwin>(name: string, makeTwin: () => T, adapter: (twin: T, at: At) => Sms) => {
  const options = (broken: (provider: Sms) => Sms): ConformanceOptions => {
    const twin = makeTwin()
    return { twin, provider: (at) => broken(adapter(twin, at)) }
  }
  return [name, options] as const
}

const vendors = [
  vendor('twilio', twilioTwin, (twin, at) => twilioSms({ ...twin.credentials, ...at })),
  vendor('telnyx', telnyxTwin, (twin, at) => telnyxSms({ ...twin.credentials, ...at })),
  vendor('plivo', plivoTwin, (twin, at) => plivoSms({ ...twin.credentials, ...at })),
]

const sending = (change: (send: Send) => Send) => (provider: Sms) => withOverrides(provider, { send: change(provider.send) })

const mistakes: readonly (readonly [wrong: string, checks: readonly string[], (provider: Sms) => Sms])[] = [
  [
    'sends twice',
    ['sms.send.once', 'sms.send.key.none'],
    sending((send) => async (input, options) => {
      await send(input)
      return send(input, options)
    }),
  ],
  [
    'trims the text',
    ['sms.send.whitespace'],
    sending((send) => (input, options) => send({ ...input, body: input.body?.trim() }, options)),
  ],
  [
    'drops pictures',
    ['sms.send.media'],
    sending(
      (send) =>
        ({ media: _, ...input }, options) =>
          send(input, options),
    ),
  ],
  [
    'ignores keys',
    ['sms.send.key.repeated', 'sms.send.key.concurrent'],
    sending(
      (send) =>
        (input, { idempotencyKey: _, ...options } = {}) =>
          send(input, options),
    ),
  ],
  [
    'sends again when it does not know',
    ['sms.send.effect.error-500-after', 'sms.send.effect.cut-after', 'sms.send.effect.hang-after', 'sms.send.effect.truncated'],
    // It gives up at once, so the look-up that would have settled it never comes.
    sending(
      (send) => (input, options) =>
        send(input, { ...options, deadline: 300 }).catch((error: ProviderError) =>
          error.effect === 'unknown' ? send(input) : Promise.reject(error),
        ),
    ),
  ],
  [
    'takes errors for success',
    ['sms.send.effect.refused', 'sms.send.effect.unauthorized', 'sms.send.effect.invalid', 'sms.send.effect.rate-limited'],
    (provider) => {
      const made = { id: `${provider.name}:made-up`, direction: 'outbound', to: '+14155550123', status: 'queued' } as const
      return sending((send) => (input, options) => send(input, options).catch(() => made))(provider)
    },
  ],
  [
    'forgets where a list stopped',
    ['sms.list.resumes'],
    (provider) =>
      withOverrides(provider, {
        list: (filters: object) => ({ ...provider.list(filters), page: () => provider.list(filters).page() }),
      }),
  ],
  [
    'hears no events',
    ['sms.event.delivered', 'sms.event.received', 'sms.webhook.signed'],
    (provider) => withOverrides(provider, { receive: async () => [] }),
  ],
  [
    'believes every webhook',
    ['sms.webhook.forged', 'sms.webhook.tampered', 'sms.webhook.unsigned', 'sms.webhook.stranger'],
    (provider) =>
      withOverrides(provider, {
        receive: (request: Request) => provider.receive(request).catch(() => [{ type: 'unknown', eventId: 'believed', raw: {} }]),
      }),
  ],
]

describe.each(vendors)('the twin of %s', (_, options) => {
  it.each(mistakes)('shows an adapter that %s', async (_wrong, only, broken) => {
    const result = await runConformance(sms, { ...options(broken), only })
    expect(result.results.filter(({ status }) => status !== 'fail').map(({ id }) => id)).toEqual([])
  })
})
