import type { Clock } from '../clock.ts'
import type { Driver } from '../driver.ts'
import type { InterfaceDescription } from '../interface.ts'

/** One provider instance, as the engine sees it: a driver and what is needed to run it. */
export interface Member {
  readonly name: string
  readonly description: InterfaceDescription
  readonly driver: Driver
  readonly clock: Clock
  readonly senders: readonly string[]
  readonly webhookUrl: string | undefined
  /** Breakers are kept by vendor, host and instance (which stands for the credential). */
  readonly breakerKey: string
}

const key = Symbol.for('@do/provider.members')

/** The instances behind a provider: one for an adapter, several for a wrapper. */
export function membersOf(provider: object): readonly Member[] | undefined {
  return (provider as { [key]?: readonly Member[] } | undefined)?.[key]
}

export const membersKey: typeof key = key
