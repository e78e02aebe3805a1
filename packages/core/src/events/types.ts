import type { Step } from '../actions/step-types.ts'
import type { ActionOptions, Actions, Retries, Signal } from '../actions/types.ts'
import type { Json } from '../storage/json.ts'
import type { Where } from '../storage/where.ts'

/**
 * The events of an application and their data, for types only. Add yours:
 * `declare module '@do/core/full' { interface EventTypes { 'Order.paid': { total: number } } }`
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications merge theirs into it
export interface EventTypes {}

/** Something that has happened: `Order.paid`, with data. */
export interface ObjectEvent<Data = unknown> extends Signal {
  readonly data: Data
  /** Counted by its source, from 1. */
  readonly sequence: number
}

export type EventHandler<Data = unknown> = (event: ObjectEvent<Data>, step: Step) => unknown

export interface HandlerOptions {
  /** Higher ones begin first; those below begin when every one above has had its first attempt. Default 0. */
  readonly priority?: number
  /** Conditions on the event's data. */
  readonly where?: Where
  /** By which deliveries know their handler over deploys. Default: the pattern, with `#2` for the second of it. */
  readonly name?: string
  readonly retries?: Retries
  /** For one attempt, in milliseconds. Default 60,000. */
  readonly timeoutMs?: number
  /** Deliveries at a time. Default 10. */
  readonly concurrency?: number
}

type DataOf<Type extends string> = Type extends keyof EventTypes ? EventTypes[Type] : unknown
type Nouns = keyof EventTypes extends infer Type ? (Type extends `${infer Noun}.${string}` ? Noun : never) : never
type Verbs<Noun extends string> = keyof EventTypes extends infer Type
  ? Type extends `${Noun}.${infer Verb}`
    ? Verb
    : never
  : never

type Register<Data> = (handler: EventHandler<Data>, options?: HandlerOptions) => void

/** `on('Order.paid', …)`, `on('Order.*', …)`, or fluent: `on.Order.paid(…)`. */
export type On = {
  /** @throws ProviderError `invalid_event`, `invalid_where`, `already_defined` */
  <Type extends string>(pattern: Type, handler: EventHandler<DataOf<Type>>, options?: HandlerOptions): void
} & {
  readonly [Noun in Nouns]: { readonly [Verb in Verbs<Noun>]: Register<DataOf<`${Noun}.${Verb}` & string>> }
} & { readonly [noun: string]: { readonly [verb: string]: Register<never> } }

export type Destination = 'self' | 'parent' | 'children' | (string & {})

export interface EmitOptions {
  /** Who gets it: this object, its `$context`, its children, or the object with this URL. Default `self`. */
  readonly to?: Destination | readonly Destination[]
  /** On and on: from parent to parent, or from children to theirs. */
  readonly deep?: boolean
  /** Within a month the same id is one event: what has come twice is told once. Default: a new one. */
  readonly id?: string
}

export interface Emitted {
  readonly id: string
  /** Absent when an event of this id was told before. */
  readonly sequence?: number
  /** URLs of the other objects that will get it. */
  readonly to: readonly string[]
}

export interface Events {
  /** In the constructor: handlers are found again after hibernation and deploys. */
  readonly on: On
  /**
   * Tells it to all who listen, durably: in one transaction with whatever else the caller writes.
   * @throws ProviderError `invalid_event`, `invalid_value`, `too_large`
   */
  emit<Type extends string>(type: Type, data?: DataOf<Type> extends Json ? DataOf<Type> : Json, options?: EmitOptions): Emitted
  /** An action of this name, where one is defined, otherwise an event. Nobody waits for an answer. */
  send(name: string, data?: Json, options?: EmitOptions & ActionOptions): { readonly id: string }
}

/** What actions and events give to `$`. */
export interface WorkflowContext {
  readonly do: Actions['do']
  readonly try: Actions['try']
  readonly send: Events['send']
  readonly on: On
}
