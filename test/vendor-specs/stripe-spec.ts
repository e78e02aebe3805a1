import { openApi, type VendorSpec } from './checker.ts'
import { type Description, load } from './description.ts'
import { stripeOverlay } from './stripe-overlay.ts'
import { validator } from './validator.ts'

/**
 * The published description is of 2023-08: three years of members have come since. So what it says of answers is a lower bound
 * (what it requires, which types and values), and that nothing is there that Stripe does not have is held against the types
 * of the current SDK: `stripe-types.test.ts`. Requests stay closed-world.
 */
function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open)
  if (typeof value !== 'object' || value === null) return value
  const schema = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, open(inner)]))
  return 'properties' in schema && schema.type === 'object' ? { additionalProperties: true, ...schema } : schema
}

function described(): Description {
  const document = load<Description>('stripe/spec3.json.gz')
  return { ...document, components: { ...document.components, schemas: open(document.components?.schemas) } } as Description
}

/** Of webhooks the object that they carry. */
export function stripeSpec(): VendorSpec {
  const document = described()
  const spec = openApi('stripe', [document], stripeOverlay)
  const validate = validator(document, 'answer', stripeOverlay)
  return {
    ...spec,
    webhook({ body, headers }) {
      const event = JSON.parse(body) as { type: string; data: { object: { object: string } } }
      const { object } = event.data.object
      const judged = { operation: event.type, findings: [], unchecked: [] }
      if (document.components?.schemas?.[object] === undefined)
        return { ...judged, unchecked: [{ operation: event.type, side: 'webhook', why: 'the description has no such object' }] }
      const problems = [
        ...validate({ $ref: '#/components/schemas/event' }, { ...event, data: { ...event.data, object: {} } }),
        ...validate({ $ref: `#/components/schemas/${object}` }, event.data.object as never).map((one) => ({
          ...one,
          at: `/data/object${one.at}`,
        })),
      ].map(({ at, says }) => ({ at: `/body${at}`, says }))
      const signed = /^t=\d+,v1=[0-9a-f]{64}$/.test(headers.get('stripe-signature') ?? '')
        ? []
        : [{ at: '/header/stripe-signature', says: 'is required and has another form' }]
      return {
        ...judged,
        findings: [...signed, ...problems].map((one) => ({
          vendor: 'stripe',
          operation: event.type,
          side: 'webhook' as const,
          ...one,
        })),
      }
    },
  }
}
