import { ProviderError, refuse, withOverrides } from '@do/provider'
import { sendBulk } from './bulk.ts'
import { consentIn } from './consent.ts'
import type { Sms, SmsEvent } from './interface.ts'

/**
 * Who does not want messages, for all providers of a tenant together: STOP said to one vendor holds at every other.
 * Keys are E.164 numbers.
 */
export interface OptOutStore {
  has(number: string): Promise<boolean>
  add(number: string, why: { readonly provider: string; readonly at: number }): Promise<void>
  remove(number: string): Promise<void>
}

export function memoryOptOuts(): OptOutStore {
  const numbers = new Set<string>()
  return {
    has: async (number) => numbers.has(number),
    add: async (number) => void numbers.add(number),
    remove: async (number) => void numbers.delete(number),
  }
}

/**
 * The same provider, with the tenant's opt-outs in front: a message to somebody on the list is refused before any
 * request (`opted_out`, fault `recipient`), inbound STOP and START keep the list, and so does a vendor's own refusal.
 */
export function withOptOuts<P extends Sms>(provider: P, store: OptOutStore, now: () => number = Date.now): P {
  const send: Sms['send'] = async (input, options) => {
    if (typeof input?.to === 'string' && (await listed(store, input.to, provider.name))) {
      throw refuse('opted_out', 'The recipient has opted out of messages. Send nothing until they write START.', {
        fault: 'recipient',
        field: 'to',
        provider: provider.name,
        operation: 'sms.send',
      })
    }
    try {
      return await provider.send(input, options)
    } catch (error) {
      if (ProviderError.is(error) && error.code === 'opted_out') {
        // The refusal counts more than a list that cannot be written: the vendor will refuse the next one as well.
        await store.add(input.to, { provider: error.provider ?? provider.name, at: now() }).catch(() => {})
      }
      throw error
    }
  }
  const receive = async (request: Request): Promise<readonly SmsEvent[]> => {
    const events = await provider.receive(request)
    for (const event of events) {
      if (event.type !== 'message.received') continue
      const consent = event.consent ?? consentIn(event.body)
      if (consent === 'stop') await store.add(event.from, { provider: event.message.split(':', 1)[0] as string, at: now() })
      if (consent === 'start') await store.remove(event.from)
    }
    return events
  }
  // The bulk operation of the original would send past this list.
  return withOverrides(provider, { send, receive, sendBulk: sendBulk({ send }) })
}

/** @throws ProviderError `opt_outs_unavailable`: without the list nobody knows who may be written to, so nothing is sent. */
async function listed(store: OptOutStore, number: string, provider: string): Promise<boolean> {
  try {
    return await store.has(number)
  } catch (cause) {
    throw refuse(
      'opt_outs_unavailable',
      'The list of opt-outs cannot be read, so nothing was sent. Repair the store, then send again.',
      {
        fault: 'provider',
        provider,
        operation: 'sms.send',
        cause,
      },
    )
  }
}
