import { ProviderError, refuse } from '../errors.ts'
import type { CallOptions } from '../interface.ts'
import type { Streaming } from '../streaming.ts'
import { inSpan } from '../telemetry.ts'
import { type Call, startCall } from './call.ts'
import { reportHealth } from './ending.ts'
import type { Member } from './member.ts'
import { type OpenStream, openStream } from './open-stream.ts'
import type { Engine } from './policy.ts'
import { firstToAnswer, stepsOf } from './read.ts'
import { tell } from './within.ts'

export function streaming(engine: Engine, operation: string, input: unknown, options: CallOptions): Streaming<unknown> {
  let reading: Reading | undefined
  return {
    get provider() {
      return reading?.member?.name
    },
    get trail() {
      return [...(reading?.call?.trail ?? [])]
    },
    [Symbol.asyncIterator]() {
      if (reading !== undefined) {
        throw refuse('stream_used', 'This stream is being read or was read. Ask again for another answer.', {
          operation: `${engine.description.name}.${operation}`,
        })
      }
      reading = new Reading(engine, operation, input, options)
      return reading
    },
  }
}

/** One reading: candidates until one commits, then that one until it ends or breaks. */
class Reading implements AsyncIterator<unknown> {
  call: Call | undefined
  member: Member | undefined
  readonly #engine: Engine
  readonly #operation: string
  readonly #input: unknown
  readonly #options: CallOptions
  #open: OpenStream | undefined
  #held: unknown[] = []
  #over = false
  /** Settles when the piece is there that was asked for last. */
  #asked: Promise<void> | undefined
  /** Ends the search for a provider, when the reader leaves before there is one. */
  readonly #leave = new AbortController()

  constructor(engine: Engine, operation: string, input: unknown, options: CallOptions) {
    this.#engine = engine
    this.#operation = operation
    this.#input = input
    this.#options = options
  }

  /** One after the other, as of a generator: whoever asks for several pieces at once gets them in order, of one answer. */
  next(): Promise<IteratorResult<unknown>> {
    const now = this.#asked === undefined ? this.#next() : this.#asked.then(() => this.#next())
    const over = () => {
      if (this.#asked === settled) this.#asked = undefined
    }
    const settled = now.then(over, over)
    this.#asked = settled
    return now
  }

  async #next(): Promise<IteratorResult<unknown>> {
    if (this.#held.length > 0) return { done: false, value: this.#held.shift() }
    if (this.#over) return { done: true, value: undefined }
    try {
      this.#open ??= await this.#begin()
      if (this.#held.length > 0) return { done: false, value: this.#held.shift() }
      const result = await this.#open.next()
      if (result.done) await this.#end('whole')
      return result
    } catch (error) {
      const told = ProviderError.is(error) && error.operation === undefined ? error.with({ operation: this.#name }) : error
      await this.#end(ProviderError.is(told) ? told : 'left')
      throw told
    }
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.#held = []
    this.#leave.abort(new DOMException('The reader has left.', 'AbortError'))
    this.#open?.stop()
    await this.#end('left')
    return { done: true, value: undefined }
  }

  get #name(): string {
    return `${this.#engine.description.name}.${this.#operation}`
  }

  async #begin(): Promise<OpenStream> {
    const { signal } = this.#options
    const either = signal === undefined ? this.#leave.signal : AbortSignal.any([signal, this.#leave.signal])
    const call = await startCall(this.#engine, this.#operation, this.#input, { ...this.#options, signal: either })
    this.call = call
    return inSpan(call.name, { 'do.operation': call.name }, async () => {
      const answer = await firstToAnswer(stepsOf(this.#engine, call), openStream)
      this.member = answer.member
      this.#held = answer.value.held
      return answer.value
    })
  }

  async #end(how: 'whole' | 'left' | ProviderError): Promise<void> {
    if (this.#over) return
    this.#over = true
    const { call, member } = this
    if (call === undefined) return
    // Who leaves says nothing about the vendor; without a member, the search has reported each failure.
    if (member !== undefined && how !== 'left') await reportHealth(call, member, how === 'whole' ? undefined : how)
    tell(this.#options.onTrail, call.trail)
  }
}
