import type { Correction, Overlay } from './correction.ts'
import type { Schema } from './description.ts'

const schemas = '#/components/schemas'
const newer = "Newer than the description; in the types of the vendor's own SDK 1.11, where it is never missing."

const orNull = (schema: object): Schema => ({ anyOf: [schema, { type: 'null' }] })
const support = { $ref: `${schemas}/CapabilitySupport` }
const serverTools = {
  type: 'object',
  properties: { supported: { type: 'boolean' }, web_search: support, code_execution: support },
  required: ['supported', 'web_search', 'code_execution'],
}
const outputDetails = orNull({
  type: 'object',
  properties: { thinking_tokens: { type: 'integer', minimum: 0 } },
  required: ['thinking_tokens'],
})

/** Members that have come since, by schema. */
const members: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  Usage: { output_tokens_details: outputDetails, speed: orNull({ enum: ['standard', 'fast'] }) },
  MessageDeltaUsage: { output_tokens_details: outputDetails },
  // Nobody here asks for a diagnosis.
  Message: { diagnostics: { type: 'null' } },
  ThinkingTypes: { disabled: support, between_tools: support },
  ModelCapabilities: { server_tools: serverTools },
  ModelInfo: {
    lifecycle: { enum: ['active', 'deprecated', 'retired'] },
    line: orNull({ enum: ['haiku', 'sonnet', 'opus', 'fable', 'mythos'] }),
    deprecated_at: orNull({ type: 'string', format: 'date-time' }),
    retires_at: orNull({ type: 'string', format: 'date-time' }),
  },
}

const errors = [
  ...[
    'InvalidRequest',
    'Authentication',
    'Billing',
    'Permission',
    'NotFound',
    'RateLimit',
    'GatewayTimeout',
    'API',
    'Overloaded',
  ],
].map((name) => `${name}Error`)

const withMembers = (more: Readonly<Record<string, Schema>>, required: boolean) => (schema: Record<string, unknown>) => ({
  ...schema,
  properties: { ...(schema.properties as object), ...more },
  ...(required ? { required: [...(schema.required as string[]), ...Object.keys(more)] } : {}),
})

const corrections: readonly Correction[] = [
  ...Object.entries(members).map(([name, more]) => ({
    at: `${schemas}/${name}`,
    change: withMembers(more, true),
    reason: newer,
  })),
  ...errors.map((name) => ({
    at: `${schemas}/${name}`,
    change: withMembers({ details: { type: 'null' } }, false),
    reason:
      "The SDK's errors read it (`core/error.d.ts`). It is null for those without an `error_code`, and none of these has one.",
  })),
]

export const anthropicOverlay: Overlay = {
  formats: {},
  corrections,
  answers: [
    {
      status: /^5\d\d$/,
      schema: { $ref: `${schemas}/ErrorResponse` },
      reason: 'Only 4XX is described. All errors have its shape: https://platform.claude.com/docs/en/api/errors',
    },
  ],
}
