import { openApi, type VendorSpec } from './checker.ts'
import { type Description, load } from './description.ts'
import { stripeOverlay } from './stripe-overlay.ts'
import { validator } from './validator.ts'

/** Stripe's description of 2023-08, brought up to what the types of its current SDK say; of webhooks the object that they carry. */
export function stripeSpec(): VendorSpec {
  const document = load<Description>('stripe/spec3.json.gz')
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
