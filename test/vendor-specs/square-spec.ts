import { openApi, type VendorSpec } from './checker.ts'
import type { Correction, Overlay } from './correction.ts'
import { type Description, load, type Schema } from './description.ts'
import { validator } from './validator.ts'

/** The five references that lead nowhere, as what they name. */
const dangling: Readonly<Record<string, object>> = {
  'https://developer-production-s.squarecdn.com/schemas/v1/common.json#squareup.common.Boolean': { type: 'boolean' },
  'https://developer-production-s.squarecdn.com/schemas/v1/common.json#squareup.common.Number': { type: 'string' },
  'https://developer-production-s.squarecdn.com/schemas/v1/common.json#squareup.common.String': { type: 'string' },
  'https://developer-production-s.squarecdn.com/schemas/v1/common.json#squareup.common.PhoneNumber': { type: 'string' },
  '#/components/schemas/CatalogModifierToggleOverrideType': { type: 'string', enum: ['YES', 'NO', 'NOT_SET'] },
}

function mended(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mended)
  if (typeof value !== 'object' || value === null) return value
  const reference = (value as { $ref?: unknown }).$ref
  if (typeof reference === 'string' && dangling[reference] !== undefined) return dangling[reference]
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mended(inner)]))
}

const corrections: readonly Correction[] = ['DisputeCreatedEventObject', 'DisputeStateUpdatedEventObject'].map((name) => ({
  at: `#/components/schemas/${name}`,
  change: ({ properties, ...rest }) => ({ ...rest, properties: { dispute: (properties as { object: Schema }).object } }),
  reason:
    'Its example has the dispute under its own name, as other events do: https://developer.squareup.com/reference/square/webhooks/dispute.state.updated',
}))

export const squareOverlay: Overlay = {
  formats: { int64: { reason: 'Says how wide the integer is; JSON has no limit.' } },
  corrections,
  answers: [
    {
      status: /^(4\d\d|5\d\d)$/,
      schema: {
        type: 'object',
        required: ['errors'],
        properties: {
          errors: { type: 'array', minItems: 1, items: { $ref: '#/components/schemas/Error' } },
          payment: { $ref: '#/components/schemas/Payment' },
        },
      },
      reason:
        'The description names successes only. Errors, and the payment that is kept of a decline: https://developer.squareup.com/docs/build-basics/general-considerations/handling-errors',
    },
  ],
}

/** Square's description, and of webhooks its schemas of events, by their names: `payment.created` is `PaymentCreatedEvent`. */
export function squareSpec(): VendorSpec {
  const document = mended(load<Description>('square/api.json.gz')) as Description
  const spec = openApi('square', [document], squareOverlay)
  const validate = validator(document, 'answer', squareOverlay)
  return {
    ...spec,
    webhook({ body, headers }) {
      const event = JSON.parse(body) as { type: string }
      const name = `${event.type.replace(/(^|[._])([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}Event`
      const judged = { operation: event.type, findings: [], unchecked: [] }
      if (document.components?.schemas?.[name] === undefined)
        return { ...judged, unchecked: [{ operation: event.type, side: 'webhook', why: 'the description has no such event' }] }
      const problems = validate({ $ref: `#/components/schemas/${name}` }, event).map(({ at, says }) => ({
        at: `/body${at}`,
        says,
      }))
      const signed = headers.has('x-square-hmacsha256-signature')
        ? []
        : [{ at: '/header/x-square-hmacsha256-signature', says: 'is required and missing' }]
      return {
        ...judged,
        findings: [...signed, ...problems].map((one) => ({
          vendor: 'square',
          operation: event.type,
          side: 'webhook' as const,
          ...one,
        })),
      }
    },
  }
}
