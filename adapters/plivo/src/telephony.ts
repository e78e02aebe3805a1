import { type Driver, refuse } from '@do/provider'
import type { CallFlow, telephony } from '@do/telephony'
import { readCallEvents } from './call-events.ts'
import { callOperations } from './calls.ts'
import { unpack } from './carry.ts'
import type { Connection } from './client.ts'
import { telephonyDescriptor } from './descriptor.ts'
import { errors, fault } from './errors.ts'
import { checkFlow, render } from './flow.ts'
import { numberOperations } from './numbers.ts'
import type { PlivoOptions } from './options.ts'
import type { Client } from './sdk.ts'
import { recognises, secrets, verify } from './webhooks.ts'

const nothing = { status: 200, headers: {}, body: '' }

export function telephonyDriver(plivo: () => Promise<Connection>, options: PlivoOptions): Driver<typeof telephony, Client> {
  const webhookUrl = options.webhookUrl === undefined ? undefined : new URL(options.webhookUrl).href
  const tokens = secrets(options.authToken)
  const calls = callOperations(plivo, webhookUrl)
  const numbers = numberOperations(plivo)
  return {
    descriptor: telephonyDescriptor(),
    client: async () => (await plivo()).client,
    check(operation, input) {
      if (operation === 'calls.make' && input.from === undefined) {
        throw refuse('sender_missing', 'Plivo needs a number to call from. Give "from", or configure the adapter\'s "senders".', {
          field: 'from',
          elsewhere: true,
        })
      }
      const flow = input?.flow as CallFlow | undefined
      if (flow !== undefined) checkFlow(flow, webhookUrl, operation !== 'respond')
    },
    operations: {
      numbers: numbers.operations,
      calls: calls.operations,
      async respond({ event, flow }) {
        if (event.type === 'unknown' || !event.awaiting) {
          if (flow === undefined) return nothing
          throw refuse('not_awaiting', 'Plivo does not wait for instructions here. Change the call with "calls.update".', {
            field: 'flow',
          })
        }
        const carried = await unpack(event.continuation)
        const { eventId, reference } = event
        const body = await render(
          { ...carried, ...(flow === undefined ? {} : { steps: flow.steps }) },
          { webhookUrl, reference, eventId },
        )
        return { status: 200, headers: { 'content-type': 'application/xml' }, body }
      },
    },
    find: { 'calls.make': calls.find, 'numbers.buy': numbers.find },
    fault,
    errors,
    webhooks: {
      recognises,
      receive: async (request, context) => readCallEvents(await verify(request, tokens, false), context.handle),
    },
  }
}
