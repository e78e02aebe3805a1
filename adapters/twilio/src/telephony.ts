import { type Driver, refuse } from '@do/provider'
import type { CallFlow, FlowStep, telephony } from '@do/telephony'
import { callEvents } from './call-events.ts'
import * as calls from './calls.ts'
import { type TwilioClient, twilioClient } from './client.ts'
import { telephonyDescriptor } from './descriptor.ts'
import { errors, fault } from './errors.ts'
import { checkFlow, twiml, unpack } from './flow.ts'
import * as numbers from './numbers.ts'
import type { TwilioOptions } from './options.ts'
import { recognises } from './webhooks.ts'

export interface TwilioTelephonyOptions extends TwilioOptions, numbers.NumberOptions {}

export function telephonyDriver(options: TwilioTelephonyOptions): Driver<typeof telephony, TwilioClient> {
  const client = twilioClient(options)
  return {
    descriptor: telephonyDescriptor(),
    client,
    errors,
    fault,
    check: (operation, input) => check(operation, input, options),
    operations: {
      numbers: {
        search: (input, context) => numbers.search(client, input, context),
        buy: (input, context) => numbers.buy(client, options, input, context),
        get: async (handle, context) =>
          numbers.toNumber(await (await client()).incomingPhoneNumbers(context.id(handle)).fetch(), context),
        list: (input, context) => numbers.list(client, input, context),
        configure: (input, context) => numbers.configure(client, input, context),
        release: (handle, context) => numbers.release(client, handle, context),
      },
      calls: {
        make: (input, context) => calls.make(client, options, input, context),
        get: async (handle, context) => calls.toCall(await (await client()).calls(context.id(handle)).fetch(), context),
        list: (input, context) => calls.list(client, input, context),
        update: (input, context) => calls.update(client, options, input, context),
        end: (handle, context) => calls.end(client, handle, context),
        record: ({ id }, context) => calls.record(client, options, id, context),
        recordings: (input, context) => calls.recordings(client, input, context),
      },
      /** Twilio reads its next instructions out of our answer; nothing is sent. */
      async respond({ event, flow }): Promise<Answer> {
        if (event.type === 'unknown' || !event.awaiting) return { status: 204, headers: {}, body: '' }
        const steps = (flow?.steps as readonly FlowStep[] | undefined) ?? unpack(event.continuation)
        const body = await twiml(steps, { options, seed: event.eventId, reference: event.reference })
        return { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body }
      },
    },
    find: {
      'numbers.buy': (input, context) => numbers.findBought(client, input, context),
      'calls.make': (input, context) => calls.findMade(client, input, context),
    },
    webhooks: { recognises, receive: callEvents(options) },
  }
}

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

interface Checked {
  readonly from?: string
  readonly flow?: CallFlow
  readonly maxSeconds?: number
}

function check(operation: string, input: Checked, options: TwilioOptions): void {
  if (operation === 'numbers.search') numbers.checkSearch(input as Parameters<typeof numbers.checkSearch>[0])
  if (operation === 'calls.make' && input.from === undefined) {
    throw refuse('sender_missing', 'Twilio needs a number to call from: give "from", or set senders.', {
      field: 'from',
      elsewhere: true,
    })
  }
  if (operation === 'calls.record' && input.maxSeconds !== undefined) {
    throw refuse(
      'unsupported',
      'Twilio cannot bound a recording of a live call. Leave out "maxSeconds", or use the "record" step.',
      {
        field: 'maxSeconds',
      },
    )
  }
  if (input?.flow !== undefined) checkFlow(input.flow, options, operation !== 'respond')
}
