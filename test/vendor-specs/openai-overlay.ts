import type { Correction, Overlay } from './correction.ts'
import type { Schema } from './description.ts'

const schemas = '#/components/schemas'

const withMembers = (members: Readonly<Record<string, Schema>>) => (schema: Record<string, unknown>) => ({
  ...schema,
  properties: { ...(schema.properties as object), ...members },
})
const orNull = (schema: Record<string, unknown>) => ({ anyOf: [schema, { type: 'null' }] })

/** Of Responses. */
const responses: readonly Correction[] = [
  {
    at: `${schemas}/CompoundFilter`,
    change: ({ $recursiveAnchor: _, ...schema }) => {
      const items = { oneOf: [{ $ref: `${schemas}/ComparisonFilter` }, { $ref: `${schemas}/CompoundFilter` }] }
      return withMembers({ filters: { type: 'array', items } })(schema)
    },
    reason: 'Refers to itself in the words of JSON Schema 2019-09, which OpenAPI 3.1 does not have.',
  },
  {
    at: `${schemas}/Response/allOf/2`,
    change: withMembers({ store: { type: 'boolean' } }),
    reason: "In the description's own examples of a response; described only for requests.",
  },
  ...['ResponseUsage', 'ModelResponseProperties/properties/user'].map((name) => ({
    at: `${schemas}/${name}`,
    change: orNull,
    reason: "Null in the description's own examples of `response.created` and of a response.",
  })),
  {
    at: `${schemas}/InputItem`,
    change: ({ oneOf, ...schema }) => ({ ...schema, anyOf: oneOf }),
    reason: "A message of parts is both an EasyInputMessage and an InputMessage, as in the description's own examples.",
  },
  {
    at: `${schemas}/ReasoningItem`,
    change: (schema) => ({ ...schema, required: ['summary', 'type'] }),
    reason:
      "OpenAI's own client sends thoughts back without their id, which names nothing where nothing is stored: https://github.com/openai/codex/blob/main/codex-rs/protocol/src/models.rs",
  },
  ...['ResponseTextDelta', 'ResponseRefusalDelta', 'ResponseReasoningSummaryTextDelta', 'ResponseFunctionCallArgumentsDelta'].map(
    (name) => ({
      at: `${schemas}/${name}Event`,
      change: withMembers({ obfuscation: { type: 'string' } }),
      reason: 'Described only in words, at `include_obfuscation` of ResponseStreamOptions: deltas have it by default.',
    }),
  ),
]

export const openaiOverlay: Overlay = {
  formats: {
    unixtime: { reason: 'Seconds since 1970; that it is an integer the type says.' },
  },
  corrections: [
    {
      at: `${schemas}/Embedding/properties/embedding`,
      change: (schema) => ({ anyOf: [schema, { type: 'string', pattern: '^[A-Za-z0-9+/]+=*$' }] }),
      reason: 'Described for `encoding_format: float` only; with `base64`, which the request has, it is a text.',
    },
    {
      at: `${schemas}/CreateTranscriptionResponseVerboseJson`,
      change: (schema) => ({
        ...schema,
        properties: { ...(schema.properties as object), task: { type: 'string', enum: ['transcribe'] } },
      }),
      reason: "The description's own example of this object begins with it.",
    },
    ...responses,
  ],
  answers: [
    {
      status: /^[45]\d\d$/,
      schema: { $ref: `${schemas}/ErrorResponse` },
      reason: 'Only 429 is described. All errors have its shape: https://developers.openai.com/api/docs/guides/error-codes',
    },
  ],
}
