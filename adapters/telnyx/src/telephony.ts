import type { Driver } from '@do/provider'
import type { CallFlow, TelephonyEvent, telephony } from '@do/telephony'
import type { Telnyx } from 'telnyx'
import { callEvents } from './call-events.ts'
import { callOperations, checkCalls, type MakeInput } from './calls.ts'
import { lazyClient, type TelnyxOptions } from './client.ts'
import { telephonyDescriptor } from './descriptor.ts'
import { errors, readFault } from './errors.ts'
import { checkFlow } from './flow.ts'
import { checkNumbers, numberOperations } from './numbers.ts'
import { reply, respond } from './respond.ts'
import { recognises, verified } from './webhooks.ts'

export interface TelnyxTelephonyOptions extends TelnyxOptions {
  /** The Call Control application that calls are made with; the pattern for those that a `callUrl` needs. */
  readonly connectionId: string
  /** The pattern for the messaging profile that a number's `messageUrl` needs. Without it `messageUrl` is refused. */
  readonly messagingProfileId?: string
}

const taken = { status: 200, headers: {}, body: '' }

export function telephonyDriver(options: TelnyxTelephonyOptions): Driver<typeof telephony, Telnyx> {
  const client = lazyClient(options)
  const numbers = numberOperations(client, options)
  const calls = callOperations(client, options)
  return {
    descriptor: telephonyDescriptor,
    client,
    errors,
    fault: readFault,
    check: (operation, input: MakeInput & { id: string; flow?: CallFlow; event?: TelephonyEvent }) => {
      checkNumbers(operation, input, options)
      checkCalls(operation, input)
      if (input.flow !== undefined) checkFlow(input.flow, operation !== 'respond' || input.event?.type !== 'call.incoming')
    },
    operations: {
      numbers: numbers.operations,
      calls: calls.operations,
      respond: async ({ event, flow }, { id }) => {
        const command = reply(event, flow)
        if (command !== undefined && event.type !== 'unknown') await respond(await client(), id(event.call), command)
        return taken
      },
    },
    find: { 'numbers.buy': numbers.find, 'calls.make': calls.find },
    webhooks: {
      recognises,
      receive: async (request, context) => callEvents(await verified(request, context, options), context),
    },
  }
}
