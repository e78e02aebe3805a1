import type { Overlay } from './correction.ts'

const schemas = '#/components/schemas'

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
  ],
  answers: [
    {
      status: /^[45]\d\d$/,
      schema: { $ref: `${schemas}/ErrorResponse` },
      reason: 'Only 429 is described. All errors have its shape: https://developers.openai.com/api/docs/guides/error-codes',
    },
  ],
}
