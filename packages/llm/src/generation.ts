import * as z from 'zod/mini'
import { assistantPart, message, objectSchema, tool, toolCallPart } from './messages.ts'
import { cost, usage } from './usage.ts'

/**
 * A model: an alias of the instance's `aliases` (`fast`), an instance and its vendor's name (`openai:gpt-5-mini`), or the vendor's name
 * alone, which is then asked of every provider in turn.
 */
const oneModel = z.string().check(z.minLength(1, 'must name a model'), z.maxLength(256))
export const model = z.union([oneModel, z.array(oneModel).check(z.minLength(1), z.maxLength(16))])

const between = (from: number, to: number) => z.number().check(z.gte(from), z.lte(to))

export const generateInput = z.object({
  /** One, or several: the first that can, and the rest if it fails. */
  model,
  messages: z.array(message).check(z.minLength(1, 'must hold at least one message')),
  tools: z.optional(z.array(tool).check(z.maxLength(128))),
  /** Default `auto` where there are tools. */
  toolChoice: z.optional(z.union([z.enum(['auto', 'none', 'required']), z.object({ tool: z.string() })])),
  /** May it ask for several tools at once? Default: as the vendor does. */
  parallelTools: z.optional(z.boolean()),
  /** The answer is JSON: of this schema, or any. */
  output: z.optional(
    z.union([
      z.object({ schema: objectSchema, name: z.optional(z.string()), description: z.optional(z.string()) }),
      z.literal('json'),
    ]),
  ),
  /** How long it may think before it answers. Default: as the vendor does. */
  thinking: z.optional(z.enum(['off', 'low', 'medium', 'high'])),
  /** Most tokens of the answer, thinking included. */
  maxOutputTokens: z.optional(z.int().check(z.positive())),
  temperature: z.optional(between(0, 2)),
  topP: z.optional(between(0, 1)),
  stop: z.optional(z.array(z.string().check(z.minLength(1))).check(z.maxLength(4))),
  seed: z.optional(z.int()),
  presencePenalty: z.optional(between(-2, 2)),
  frequencyPenalty: z.optional(between(-2, 2)),
  /** An id of the end user that is not a name: vendors look for abuse by it. */
  user: z.optional(z.string().check(z.maxLength(128))),
  /**
   * Where the conversation carries thoughts that one vendor has signed: `convert` (default) leaves them out for another vendor and says
   * so in `warnings`; `stay` asks no other vendor.
   */
  signed: z.optional(z.enum(['stay', 'convert'])),
})

/**
 * `stop`: it was done, or met a stop sequence. `length`: cut at the token limit. `tool_calls`: it waits for tools. `content_filter`: the
 * vendor's filter held it back. `refusal`: the model itself declined. `other`: see `rawFinish`.
 */
export const finishReason = z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'refusal', 'other'])

const ending = {
  finish: finishReason,
  /** The vendor's own word for it. */
  rawFinish: z.optional(z.string()),
  usage: z.optional(usage),
  /** Absent where the model has no price in the table, or the vendor did not count. */
  cost: z.optional(cost),
  /** What was asked and could not be kept: `signed_reasoning_dropped`, `seed_ignored`. */
  warnings: z.optional(z.array(z.string())),
}

export const generation = z.object({
  /** The vendor's id of this answer. */
  id: z.string(),
  /** The instance that gave it. */
  provider: z.string(),
  /** The model as the vendor names the one that answered. */
  model: z.string(),
  /** Put it at the end of `messages` as `{ role: 'assistant', content }` to go on. */
  content: z.array(assistantPart),
  /** All text of `content`. */
  text: z.string(),
  toolCalls: z.array(toolCallPart),
  /** With `output`: the text, parsed. Absent when it was cut or refused. */
  object: z.optional(z.unknown()),
  /** What the model said when it declined. */
  refusal: z.optional(z.string()),
  ...ending,
  raw: z.optional(z.unknown()),
})

/** The pieces of a streamed answer. Put together (`accumulate`) they are the same `Generation` that `generate` gives. */
export const generationEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), id: z.string(), provider: z.string(), model: z.string() }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('reasoning'), text: z.string() }),
  /** Ends a reasoning part: its seal. */
  z.object({
    type: z.literal('signature'),
    signature: z.optional(z.string()),
    redacted: z.optional(z.string()),
    signedBy: z.string(),
    /** Of the tool call with this index, otherwise of the reasoning before it. */
    toolCall: z.optional(z.int()),
  }),
  z.object({ type: z.literal('refusal'), text: z.string() }),
  /** A tool call begins. `index` counts them from 0 within the answer, whatever the vendor numbers. */
  z.object({ type: z.literal('tool_call'), index: z.int(), id: z.string(), name: z.string() }),
  /** More of its arguments. */
  z.object({ type: z.literal('tool_arguments'), index: z.int(), text: z.string() }),
  /** Always the last. */
  z.object({ type: z.literal('finish'), ...ending }),
])

export type GenerateInput = z.input<typeof generateInput>
export type GenerateRequest = z.output<typeof generateInput>
export type Generation = z.output<typeof generation>
export type GenerationEvent = z.output<typeof generationEvent>
export type FinishReason = z.output<typeof finishReason>

/** The first piece that a reader can see or use. */
export const commits = (event: GenerationEvent): boolean =>
  event.type === 'tool_call' ||
  ((event.type === 'text' || event.type === 'reasoning' || event.type === 'refusal') && event.text !== '')

export const ends = (event: GenerationEvent): boolean => event.type === 'finish'
