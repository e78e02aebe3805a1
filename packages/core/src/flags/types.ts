import type { Json } from '../storage/json.ts'

export type Scalar = string | number | boolean

/** Who asks: tenant, user, plan, country … Never written down. */
export type Subject = Readonly<Record<string, Scalar | undefined>>

/** A bare value means equal. */
export type Condition =
  | Scalar
  | {
      readonly in?: readonly Scalar[]
      readonly not?: readonly Scalar[]
      readonly gte?: number
      readonly lt?: number
      readonly prefix?: string
    }

export interface FlagRule<Value = Json> {
  /** All of it must hold. An attribute that the subject lacks never does. */
  readonly when?: Readonly<Record<string, Condition>>
  /** Epoch milliseconds; from is included, until is not. */
  readonly from?: number
  readonly until?: number
  /** So many of a hundred, in steps of a thousandth; the same ones each time, and still among them when it grows. */
  readonly percent?: number
  /** The attribute by which they are chosen. Default `user`. */
  readonly by?: string
  readonly value: Value
}

/** In code: what the flag is. */
export interface FlagDefinition<Value extends Json = Json> {
  /** When no rule holds, when it is switched off, and when a prerequisite is not met. */
  readonly default: Value
  /** All values it can have. Default: true and false. */
  readonly variants?: readonly Value[]
  readonly description?: string
}

/** In data: how it is set. */
export interface FlagSetting<Value = Json> {
  /** The kill switch: false gives everybody the default. */
  readonly enabled: boolean
  /** The first that holds decides. At most 100. */
  readonly rules: readonly FlagRule<Value>[]
  /** Each other flag must have this value for the same subject. */
  readonly prerequisites: readonly { readonly flag: string; readonly value: Json }[]
}

export interface Flag<Value = Json> extends FlagSetting<Value> {
  readonly name: string
  readonly default: Value
  readonly variants: readonly Value[]
  readonly description?: string
  /** 0 while it was never set; grows with each change. */
  readonly version: number
  readonly updatedAt: number | null
}

export interface Evaluation<Value = Json> {
  readonly value: Value
  readonly reason: 'rule' | 'default' | 'off' | 'prerequisite'
  /** Position of the rule that decided, from 0. */
  readonly rule?: number
  /** The flag that did not have the value asked for. */
  readonly prerequisite?: string
  readonly version: number
}

export interface FlagChange {
  readonly flag: string
  readonly version: number
  readonly at: number
  /** The principal of the call, or who was named. */
  readonly by: string | null
  readonly note: string | null
  readonly before: FlagSetting | null
  readonly after: FlagSetting
}

export interface Exposure {
  readonly flag: string
  readonly value: Json
  /** UTC: `2026-11-21`. Kept for 90 days. */
  readonly day: string
  readonly count: number
}

type ValueOf<Definition> = Definition extends { readonly variants: readonly (infer Value)[] }
  ? Value
  : Definition extends { readonly default: boolean }
    ? boolean
    : Json
type Name<Definitions> = keyof Definitions & string

export interface Flags<Definitions extends Readonly<Record<string, FlagDefinition>>> {
  /** @throws ProviderError `unknown_flag` */
  get<N extends Name<Definitions>>(name: N, subject?: Subject): ValueOf<Definitions[N]>
  /** The value and why, without a trace. @throws `unknown_flag` */
  evaluate<N extends Name<Definitions>>(name: N, subject?: Subject): Evaluation<ValueOf<Definitions[N]>>
  /** The same for somebody who is shown what it decides: counted by value and day. @throws `unknown_flag` */
  expose<N extends Name<Definitions>>(name: N, subject?: Subject): Evaluation<ValueOf<Definitions[N]>>
  /**
   * Changes what is named and keeps the rest. @throws `unknown_flag`, `invalid_flag` naming the field, `flag_cycle`, `version_conflict`
   */
  set<N extends Name<Definitions>>(
    name: N,
    change: Partial<FlagSetting<ValueOf<Definitions[N]>>>,
    options?: { readonly by?: string; readonly note?: string; readonly version?: number },
  ): Flag
  /** Everybody gets the default, now. */
  kill(name: Name<Definitions>, options?: { readonly by?: string; readonly note?: string }): Flag
  list(): readonly Flag[]
  /** Newest first; the last 1,000 of each flag are kept. */
  history(name: Name<Definitions>, limit?: number): readonly FlagChange[]
  exposures(name: Name<Definitions>): readonly Exposure[]
}
