import { openApi, type VendorSpec } from './checker.ts'
import { type Description, load } from './description.ts'
import { deletesTakeQuery, newerParameters, newerPaths, stripeOverlay } from './stripe-overlay.ts'
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
  const paths = Object.entries({ ...document.paths, ...newerPaths } as Record<string, Record<string, { parameters?: object[] }>>)
  return {
    ...document,
    components: { ...document.components, schemas: open(document.components?.schemas) },
    paths: Object.fromEntries(
      paths.map(([path, { delete: one, ...methods }]) => {
        if (one === undefined) return [path, methods]
        return [path, { ...methods, delete: { ...one, parameters: [...(one.parameters ?? []), deletesTakeQuery] } }]
      }),
    ),
  } as unknown as Description
}

interface Body {
  requestBody: { content: Record<string, { schema: { properties: Record<string, unknown> } }> }
}

function withParameters(document: Description): Description {
  const paths = document.paths as unknown as Record<string, { post: Body }>
  for (const { path, parameters } of newerParameters) {
    const form = paths[path]?.post.requestBody.content['application/x-www-form-urlencoded']
    if (form === undefined) throw new Error(`The description has no form for ${path}.`)
    Object.assign(form.schema.properties, parameters)
  }
  return document
}

let made: VendorSpec | undefined
/** Of webhooks the object that they carry is checked. Made once: it takes seconds. */
export const stripeSpec = (): VendorSpec => (made ??= make())

function make(): VendorSpec {
  const document = withParameters(described())
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
