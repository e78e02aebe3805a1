import type { Clock } from '../clock.ts'
import type { Driver, DriverContext } from '../driver.ts'
import type { Instance, InterfaceDescription } from '../interface.ts'

export type DriverFunction = (input: unknown, context: DriverContext) => Promise<unknown>

/** One provider instance, as the engine sees it: a driver and what is needed to run it. */
export interface Member {
  readonly name: string
  readonly description: InterfaceDescription
  readonly driver: Driver
  readonly clock: Clock
  readonly senders: readonly string[]
  readonly aliases: Readonly<Record<string, string>>
  readonly webhookUrl: string | undefined
  /** Breakers are kept by vendor, host and instance (which stands for the credential). */
  readonly breakerKeys: { readonly read: string; readonly write: string }
  /** The driver's functions by dotted operation name. */
  readonly functions: ReadonlyMap<string, DriverFunction>
}

/** What an interface may know of it. */
export function instanceOf({ name, driver, senders, aliases }: Member, all: readonly Member[]): Instance {
  return { name, vendor: driver.descriptor.vendor, senders, aliases, peers: all.map((member) => member.name) }
}

const key = Symbol.for('@do/provider.members')

/** The instances behind a provider: one for an adapter, several for a wrapper. */
export function membersOf(provider: object): readonly Member[] | undefined {
  return (provider as { [key]?: readonly Member[] } | undefined)?.[key]
}

export const membersKey: typeof key = key
