/**
 * Does the vendor guarantee this schema? Only where every object names all its members as required and allows no others.
 * https://developers.openai.com/api/docs/guides/structured-outputs#supported-schemas
 */
export function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict)
  if (typeof schema !== 'object' || schema === null) return true
  const { properties, required, additionalProperties, type } = schema as Readonly<Record<string, unknown>>
  if (type === 'object' || properties !== undefined) {
    if (additionalProperties !== false) return false
    const names = new Set(Array.isArray(required) ? required : [])
    if (!Object.keys(properties ?? {}).every((name) => names.has(name))) return false
  }
  return Object.entries(schema).every(([keyword, value]) =>
    mapsOfSchemas.has(keyword) ? Object.values(value ?? {}).every(isStrict) : !schemas.has(keyword) || isStrict(value),
  )
}

const mapsOfSchemas: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions'])
const schemas: ReadonlySet<string> = new Set(['items', 'anyOf'])
