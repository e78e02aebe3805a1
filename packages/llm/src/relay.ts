import * as z from 'zod/mini'
import { finishReason, model } from './generation.ts'
import { cost, usage } from './usage.ts'

/** A vendor's own language on the wire. */
export const wire = z.enum(['openai.chat', 'anthropic.messages'])

/**
 * A request in a vendor's own language, passed on as it is but for the model's name: for a gateway, which has nothing to say of its
 * own. Providers that speak the language declare it as a capability (`relay:openai.chat`).
 */
export const relayInput = z.object({
  model,
  wire,
  /** The request's body, parsed. With `stream: true` the answer comes as server-sent events. */
  body: z.record(z.string(), z.unknown()),
  /** Headers of the vendor's own that belong to the request (`anthropic-beta`). Never a credential. */
  headers: z.optional(z.record(z.string(), z.string())),
})

/** Bytes as the vendor sent them; a chunk holds whole events, however the network cut them. */
export const relayEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    provider: z.string(),
    model: z.string(),
    contentType: z.string(),
    /** The vendor's headers that a client may want: rate limits, its request id. */
    headers: z.record(z.string(), z.string()),
  }),
  z.object({
    type: z.literal('bytes'),
    data: z.instanceof(Uint8Array),
    /** It holds output, not only a preamble. */
    output: z.boolean(),
  }),
  z.object({
    type: z.literal('finish'),
    finish: z.optional(finishReason),
    usage: z.optional(usage),
    cost: z.optional(cost),
  }),
])

export type Wire = z.output<typeof wire>
export type RelayInput = z.input<typeof relayInput>
export type RelayEvent = z.output<typeof relayEvent>
