import type { SentRequest } from './checker.ts'
import { type Body, type Description, direct, isObject, type Operation, pointed, type Schema } from './description.ts'
import type { Problem, Validate } from './validator.ts'

interface WebhookVerdict {
  readonly operation: string
  readonly problems: readonly Problem[]
  readonly unchecked: readonly string[]
}

/**
 * Checks what the vendor posts against the `webhooks` of its documents. Which one it is says the event's own type
 * (`event_type` in Telnyx's), which each described webhook names as a constant.
 */
export function webhookChecks(documents: readonly Description[], validateOf: (document: Description) => Validate) {
  const described = documents.flatMap((document) =>
    Object.entries(document.webhooks ?? {}).flatMap(([name, item]) => {
      const operation = (item.post ?? {}) as Operation
      const body = operation.requestBody === undefined ? undefined : direct<Body>(document, operation.requestBody)
      const schema = body?.content?.['application/json']?.schema
      if (schema === undefined) return []
      return [{ document, name, schema, types: eventTypes(document, schema), required: required(document, operation) }]
    }),
  )
  return ({ headers, body }: SentRequest): WebhookVerdict => {
    const given = (headers.get('content-type') ?? '').includes('json') ? (JSON.parse(body) as Record<string, unknown>) : {}
    const event = isObject(given.data) ? given.data : given
    const type = String(event.event_type ?? event.type ?? 'a webhook')
    const found = described.filter(({ types }) => types.includes(type))
    if (found.length === 0) return { operation: type, problems: [], unchecked: ['the description has no such webhook'] }
    const verdicts = found.map(({ document, schema, name, required: needed }) => ({
      operation: name,
      problems: [
        ...needed
          .filter((header) => !headers.has(header))
          .map((header) => ({ at: `/header/${header}`, says: 'is required and missing' })),
        ...validateOf(document)(schema, given).map(({ at, says }) => ({ at: `/body${at}`, says })),
      ],
      unchecked: [],
    }))
    return verdicts.sort((a, b) => a.problems.length - b.problems.length)[0] as WebhookVerdict
  }
}

function required(document: Description, { parameters = [] }: Operation): readonly string[] {
  return parameters
    .map((parameter) => direct(document, parameter))
    .flatMap((parameter) => (parameter.in === 'header' && parameter.required ? [parameter.name] : []))
}

/** The values that `event_type` may have, wherever the schema says so. */
function eventTypes(document: Description, schema: Schema, depth = 0): readonly string[] {
  if (!isObject(schema) || depth > 6) return []
  if (typeof schema.$ref === 'string') return eventTypes(document, pointed(document, schema.$ref) as Schema, depth + 1)
  const properties = (schema.properties ?? {}) as Record<string, Schema>
  const type = properties.event_type
  if (isObject(type)) return ((type.enum ?? (type.const === undefined ? [] : [type.const])) as unknown[]).map(String)
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => (schema[keyword] ?? []) as Schema[])
  return [properties.data, ...parts].flatMap((part) => (part === undefined ? [] : eventTypes(document, part, depth + 1)))
}
