import * as z from 'zod/mini'

const bytes = z.instanceof(Uint8Array, { error: 'must be bytes (Uint8Array)' })
const mediaType = z.string().check(z.regex(/^[\w.+-]+\/[\w.+-]+$/, 'must be a media type such as "image/png"'))
const name = z.string().check(z.regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"'))

/** Bytes, or a public URL that the vendor fetches by itself. */
const source = {
  data: z.optional(bytes),
  url: z.optional(z.url({ protocol: /^https?$/, error: 'must be an absolute http(s) URL' })),
}
const hasOne = z.refine<{ data?: unknown; url?: unknown }>(
  ({ data, url }) => (data === undefined) !== (url === undefined),
  'needs either `data` or `url`',
)

/**
 * Up to and with this part the prompt stays the same from call to call: a vendor that caches by marks keeps it this long. Vendors
 * that cache by themselves ignore it.
 */
const cache = z.optional(z.enum(['5m', '1h']))

export const textPart = z.object({ type: z.literal('text'), text: z.string(), cache })

const imagePart = z
  .object({
    type: z.literal('image'),
    ...source,
    /** Required with `data`. */
    mediaType: z.optional(mediaType),
    detail: z.optional(z.enum(['auto', 'low', 'high'])),
    cache,
  })
  .check(
    hasOne,
    z.refine(({ data, mediaType }) => data === undefined || mediaType !== undefined, {
      path: ['mediaType'],
      error: 'must be given with `data`',
    }),
  )

const filePart = z.object({ type: z.literal('file'), ...source, mediaType, name: z.optional(z.string()), cache }).check(hasOne)

const audioPart = z.object({ type: z.literal('audio'), data: bytes, mediaType })

/**
 * What the model thought before it answered. A `signature` is the vendor's seal on it: given back unchanged to the vendor that
 * `signedBy` names, it goes on from there; to another vendor it is worth nothing.
 */
export const reasoningPart = z.object({
  type: z.literal('reasoning'),
  text: z.string(),
  signature: z.optional(z.string()),
  /** The vendor shows none of it, only this sealed form. */
  redacted: z.optional(z.string()),
  signedBy: z.optional(z.string()),
})

export const toolCallPart = z.object({
  type: z.literal('tool_call'),
  /** Stable: the result names it. */
  id: z.string().check(z.minLength(1)),
  name,
  /** JSON, as the model wrote it. */
  arguments: z.string(),
  signature: z.optional(z.string()),
  signedBy: z.optional(z.string()),
})

const content = <Part extends z.ZodMiniType>(part: Part) => z.union([z.string(), z.array(part)])

const userPart = z.discriminatedUnion('type', [textPart, imagePart, filePart, audioPart])
export const assistantPart = z.discriminatedUnion('type', [textPart, reasoningPart, toolCallPart])
const toolPart = z.discriminatedUnion('type', [textPart, imagePart])

export const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: content(textPart) }),
  z.object({ role: z.literal('user'), content: content(userPart), name: z.optional(z.string()) }),
  z.object({ role: z.literal('assistant'), content: content(assistantPart) }),
  z.object({
    role: z.literal('tool'),
    /** The `id` of the call that this answers. */
    toolCall: z.string().check(z.minLength(1)),
    content: content(toolPart),
    /** The tool failed: `content` says how. */
    isError: z.optional(z.boolean()),
    cache,
  }),
])

/** A JSON Schema (2020-12) of an object. What is wrong inside, `checkRequest` finds, and calls it `invalid_schema`. */
export const objectSchema = z.record(z.string(), z.unknown())

export const tool = z.object({
  name,
  /** When and for what the model shall use it. */
  description: z.optional(z.string()),
  parameters: objectSchema,
  /** The vendor guarantees that the arguments fit the schema, where it can. */
  strict: z.optional(z.boolean()),
  cache,
})

export type Message = z.output<typeof message>
export type UserPart = z.output<typeof userPart>
export type AssistantPart = z.output<typeof assistantPart>
export type ToolCall = z.output<typeof toolCallPart>
export type ReasoningPart = z.output<typeof reasoningPart>
export type TextPart = z.output<typeof textPart>
export type Tool = z.output<typeof tool>
