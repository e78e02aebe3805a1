import { fields, refuse } from '@do/provider'
import * as z from 'zod/mini'

const language = z.string().check(z.regex(/^[a-z]{2}(-[A-Z]{2})?$/, 'must be a language such as "en-US"'))
const seconds = (most: number) => z.int().check(z.gte(1), z.lte(most))

const say = z.object({
  verb: z.literal('say'),
  text: z.string().check(z.minLength(1), z.maxLength(3000)),
  language: z.optional(language),
  voice: z.optional(z.enum(['female', 'male'])),
  loop: z.optional(z.int().check(z.gte(1), z.lte(10))),
})
const play = z.object({ verb: z.literal('play'), url: fields.url, loop: z.optional(z.int().check(z.gte(1), z.lte(10))) })

const step = z.discriminatedUnion('verb', [
  say,
  play,
  z.object({
    /** Collects digits, then asks the webhook what to do next (`call.gathered`). */
    verb: z.literal('gather'),
    /** Spoken or played while waiting for the digits. */
    prompt: z.optional(z.array(z.discriminatedUnion('verb', [say, play])).check(z.minLength(1), z.maxLength(1))),
    /** Ends after so many digits. */
    digits: z.optional(z.int().check(z.gte(1), z.lte(32))),
    /** Ends at this key. Default "#". */
    finishOn: z.optional(z.string().check(z.regex(/^[0-9*#]$/, 'must be one key'))),
    /** Seconds without a key. Default 5. */
    timeout: z.optional(seconds(60)),
  }),
  z.object({
    /** Connects the caller to another number. */
    verb: z.literal('dial'),
    to: fields.e164,
    from: z.optional(fields.e164),
    /** Seconds to ring. Default 30. */
    timeout: z.optional(seconds(600)),
    record: z.optional(z.boolean()),
  }),
  z.object({
    verb: z.literal('conference'),
    name: z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1–64 letters, digits, "_" or "-"')),
    muted: z.optional(z.boolean()),
    /** The conference ends when this caller leaves. */
    endOnExit: z.optional(z.boolean()),
  }),
  z.object({
    /** Records the caller, then reports `call.recorded`. */
    verb: z.literal('record'),
    maxSeconds: z.optional(seconds(3600)),
    finishOn: z.optional(z.string().check(z.regex(/^[0-9*#]$/, 'must be one key'))),
    beep: z.optional(z.boolean()),
  }),
  z.object({ verb: z.literal('pause'), seconds: seconds(60) }),
  z.object({
    /** Hands the call to the instructions at another URL, in the vendor's own language. */
    verb: z.literal('redirect'),
    url: fields.url,
  }),
  z.object({
    /** Refuses an inbound call without answering it. Must be the first and only step. */
    verb: z.literal('reject'),
    reason: z.optional(z.enum(['busy', 'rejected'])),
  }),
  z.object({ verb: z.literal('hangup') }),
])

const terminal = new Set(['redirect', 'reject', 'hangup'])

export const flowSchema = z.object({
  // Readonly, so that a FlowBuilder fits.
  steps: z.readonly(
    z.array(step).check(
      z.minLength(1),
      z.maxLength(50),
      z.refine((steps: { verb: string }[]) => !steps.slice(0, -1).some((s) => terminal.has(s.verb)), {
        error: 'has steps after one that ends it (redirect, reject or hangup)',
      }),
      z.refine((steps: { verb: string }[]) => steps.length === 1 || !steps.some((s) => s.verb === 'reject'), {
        error: 'may hold "reject" only alone',
      }),
    ),
  ),
})

export type FlowStep = z.output<typeof step>
export type FlowVerb = FlowStep['verb']
/** What happens on a call, independent of the vendor. Plain data: it may be stored and sent. */
export interface CallFlow {
  readonly steps: readonly FlowStep[]
}

type Without<Step, Keys extends string> = Step extends unknown ? Omit<Step, 'verb' | Keys> : never
type Options<Verb extends FlowVerb, Keys extends string = never> = Without<Extract<FlowStep, { verb: Verb }>, Keys>

/** Builds a call flow, checked at every step. Immutable: a part may be shared. */
export class FlowBuilder implements CallFlow {
  readonly steps: readonly FlowStep[]

  constructor(steps: readonly FlowStep[] = []) {
    this.steps = steps
  }

  /** Speaks a text. */
  say(text: string, options: Options<'say', 'text'> = {}): FlowBuilder {
    return this.#with({ verb: 'say', text, ...options })
  }
  /** Plays a sound file. */
  play(url: string, options: Options<'play', 'url'> = {}): FlowBuilder {
    return this.#with({ verb: 'play', url, ...options })
  }
  /** Collects digits; `prompt` is spoken while waiting. The webhook then gets `call.gathered`. */
  gather(options: Omit<Options<'gather'>, 'prompt'> & { readonly prompt?: string } = {}): FlowBuilder {
    const { prompt, ...rest } = options
    return this.#with({ verb: 'gather', ...rest, ...(prompt === undefined ? {} : { prompt: [{ verb: 'say', text: prompt }] }) })
  }
  /** Connects the caller to another number. */
  dial(to: string, options: Options<'dial', 'to'> = {}): FlowBuilder {
    return this.#with({ verb: 'dial', to, ...options })
  }
  conference(name: string, options: Options<'conference', 'name'> = {}): FlowBuilder {
    return this.#with({ verb: 'conference', name, ...options })
  }
  record(options: Options<'record'> = {}): FlowBuilder {
    return this.#with({ verb: 'record', ...options })
  }
  pause(seconds: number): FlowBuilder {
    return this.#with({ verb: 'pause', seconds })
  }
  redirect(url: string): FlowBuilder {
    return this.#with({ verb: 'redirect', url })
  }
  reject(reason: 'busy' | 'rejected' = 'rejected'): FlowBuilder {
    return this.#with({ verb: 'reject', reason })
  }
  hangup(): FlowBuilder {
    return this.#with({ verb: 'hangup' })
  }

  #with(step: FlowStep): FlowBuilder {
    const steps = [...this.steps, step]
    const result = flowSchema.safeParse({ steps })
    if (!result.success) {
      const issue = result.error.issues[0]
      throw refuse('invalid_flow', `The call flow ${issue?.message} (at ${issue?.path.join('.')}).`, {
        field: `flow.${issue?.path.join('.')}`,
      })
    }
    return new FlowBuilder(steps)
  }
}

/** Starts a call flow: `callFlow().say('Hello').gather({ digits: 1, prompt: 'Press one' })`. */
export const callFlow = (): FlowBuilder => new FlowBuilder()

/** The capabilities a flow needs: `flow.<verb>` for each verb in it. */
export function flowNeeds(flow: CallFlow | undefined): string[] {
  return [...new Set((flow?.steps ?? []).map(({ verb }) => `flow.${verb}`))]
}
