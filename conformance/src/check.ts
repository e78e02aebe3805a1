import type { PriceTable } from '@do/llm'
import type { ProviderBase } from '@do/provider'
import type { RecordedRequest, Twin } from './twin.ts'

/** `must`: without it an adapter is wrong. `should`: a good one has it; its failure is shown, but does not fail the run. */
export type Level = 'must' | 'should'

/** What the provider factory is given: pass all of it on (`acmeSms({ key, ...at })`). */
export interface At {
  readonly baseUrl: string
  readonly fetch: typeof fetch
  readonly clock: Twin['clock']
  readonly webhookUrl: string
  /** Given by the checks on senders only. */
  readonly senders?: readonly string[]
  /** Given by the checks on instance names only. */
  readonly name?: string
  /** Given by the checks on names of models only. */
  readonly aliases?: Readonly<Record<string, string>>
  /** Given by the checks on costs only. */
  readonly prices?: PriceTable
}

/** All that one check works with. Made anew for each check, on a twin that was reset. */
export interface World<
  P extends ProviderBase = ProviderBase,
  T extends Twin = Twin,
  Event extends { type: string } = { type: string },
> {
  readonly provider: P
  readonly twin: T
  readonly at: At
  /** What `receive` gave for the twin's webhooks, in order. */
  readonly events: readonly Event[]
  /** The webhooks themselves, as they came in. */
  readonly deliveries: readonly Request[]
  /** What `receive` threw for the twin's webhooks, in order. */
  readonly refusals: readonly unknown[]
  /** Another provider of the same factory, on the same twin. */
  another(changes?: Partial<At>): Promise<P>
  /** What the vendor's webhooks are answered with. Replaced by interfaces whose vendors read the answer. */
  readonly route: { reply(events: readonly Event[]): Promise<Response> }
  /** Uses the vendor's own client, where whoever runs the suite has said how. */
  probe?(client: unknown, twin: T): Promise<void>
  /** Requests that reached the twin, all or those of one operation. */
  requests(operation?: string): readonly RecordedRequest[]
}

/** One promise of an interface, and how to see whether it is kept. */
export interface Check<W extends World = World> {
  /** Stable for ever: deviations, mutants and reports name it. */
  readonly id: string
  readonly level: Level
  /** Capabilities without which the promise does not exist. The provider's own `supports` decides. */
  readonly needs?: readonly string[]
  /** A promise, as a user would say it. */
  readonly title: string
  /** A page that says why it matters. */
  readonly why: string
  /** Throws when the promise is broken. */
  run(world: W): Promise<void>
}

/** All checks of one interface. */
export interface Suite<W extends World = World> {
  /** The interface's name. */
  readonly name: string
  readonly checks: readonly Check<W>[]
  /** Methods that a twin must have, so that nothing is skipped for want of an oracle. */
  readonly twinMethods: readonly string[]
  /** Gives the world what this interface needs beyond the general part. */
  open(world: World): W
}
