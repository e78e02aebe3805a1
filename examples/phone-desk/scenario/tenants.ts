import { type Minds, mindsConfig } from '../minds.ts'
import type { Till } from '../till.ts'
import type { Account, Vendors } from '../vendors.ts'
import type { Client } from './client.ts'

/** One customer of the desk in the scenario. */
export interface Cast {
  readonly id: string
  readonly name: string
  readonly accounts: Readonly<Record<string, Account>>
  readonly sms: readonly string[]
  readonly telephony: readonly string[]
  readonly areaCode: string
  /** Does it take payments? */
  readonly payments?: true
  /** Does it use language models? */
  readonly models?: true
}

/** Two customers with different vendors, orders and credentials. */
export const cast: readonly Cast[] = [
  {
    id: 'acme',
    name: 'Acme Deliveries',
    accounts: { twilio: 'twilio', telnyx: 'telnyx', plivo: 'plivo' },
    sms: ['twilio', 'telnyx', 'plivo'],
    telephony: ['twilio', 'telnyx'],
    areaCode: '415',
    payments: true,
    models: true,
  },
  {
    id: 'globex',
    name: 'Globex Clinics',
    accounts: { plivo: 'plivo', twilio: 'twilio-by-key' },
    sms: ['plivo', 'twilio'],
    telephony: ['plivo'],
    areaCode: '212',
  },
]

/** A tenant with all that the steps need. */
export interface Player extends Cast {
  readonly vendors: Vendors
  readonly till: Till | undefined
  readonly minds: Minds | undefined
  readonly client: Client
  readonly token: string
}

export interface ConfigChange {
  readonly sms?: readonly string[]
  /** Milliseconds for one message, all attempts together. */
  readonly deadline?: number
}

/** What a tenant puts as its configuration: short attempts, so that the faults take seconds instead of minutes. */
export function configOf(
  { sms, telephony, vendors, till, minds }: Pick<Player, 'sms' | 'telephony' | 'vendors' | 'till' | 'minds'>,
  change: ConfigChange = {},
) {
  const instances = (names: readonly string[], withSenders: boolean) =>
    Object.fromEntries(
      names.map((name, index) => {
        const { server, twin } = vendors[name] as Vendors[string]
        // The first one sends from the number that is bought; the others have one already.
        const senders = withSenders && index > 0 ? { senders: [twin.sender] } : {}
        return [name, { baseUrl: server.url, ...senders }]
      }),
    )
  return {
    sms: {
      order: change.sms ?? sms,
      attemptTimeout: 1_500,
      deadline: change.deadline ?? 30_000,
      instances: instances(sms, true),
    },
    telephony: { order: telephony, attemptTimeout: 3_000, instances: instances(telephony, true) },
    ...(till === undefined
      ? {}
      : {
          payments: {
            order: [till.name],
            attemptTimeout: 3_000,
            instances: { [till.name]: { vendor: 'stripe', baseUrl: till.server.url } },
          },
        }),
    ...(minds === undefined ? {} : mindsConfig(minds)),
    incoming: { flow: { steps: [{ verb: 'say', text: 'Nobody is here now.' }, { verb: 'hangup' }] } },
  }
}
