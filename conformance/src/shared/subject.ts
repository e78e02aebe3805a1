import type { CallOptions } from '@do/provider'
import type { World } from '../check.ts'

/**
 * An operation that makes something, as the checks see it that are the same for all such operations: whatever is made, it
 * must be made once, with honest verdicts, clean errors and handles that lead back.
 */
export interface Subject<W extends World = World, Input = any> {
  /** Dotted, with the interface: `sms.send`. The ids of its checks begin with it. */
  readonly name: string
  /** The twin's name of the request that makes the thing: `messages.create`. */
  readonly request: string
  /** What is made, for titles: `message`. */
  readonly noun: string
  /** A good input. Makes what it is about where that must be there first (a payment to be refunded), never the thing itself. */
  input(world: W): Promise<Input>
  /** Another good input, for another thing. */
  other(world: W): Promise<Input>
  run(provider: W['provider'], input: Input, options?: CallOptions): Promise<{ readonly id: string }>
  /** How many such things the vendor made since the reset: the oracle. */
  effects(world: W): number | Promise<number>
  /** Reads one thing back by its handle. */
  read(provider: W['provider'], id: string): Promise<{ readonly id: string }>
  /** May the very same input be given twice, for two things? (A number can be bought once.) */
  readonly repeatable: boolean
  /** A part of the input that no error may quote. */
  readonly privateText?: string
}

/** The operation without the interface: `send`, `calls.make`. */
export const operationOf = (name: string) => name.slice(name.indexOf('.') + 1)
