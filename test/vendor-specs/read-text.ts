import { type Description, isObject, type Parameter, pointed, type Schema } from './description.ts'

type Bag = { [name: string]: unknown }

/** JSON types that a schema allows, through references and compositions. */
function typesOf(document: Description, schema: Schema | undefined, depth = 0): Set<string> {
  const types = new Set<string>()
  if (!isObject(schema) || depth > 12) return types
  const add = (part: Schema) => {
    for (const type of typesOf(document, part, depth + 1)) types.add(type)
  }
  if (typeof schema.$ref === 'string') add(pointed(document, schema.$ref) as Schema)
  for (const type of [schema.type].flat()) if (typeof type === 'string') types.add(type)
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) for (const part of (schema[keyword] ?? []) as Schema[]) add(part)
  return types
}

/** The schema of a member or of the items, through references and compositions. */
function inside(
  document: Description,
  schema: Schema | undefined,
  keyword: 'items' | { readonly member: string },
  depth = 0,
): Schema | undefined {
  if (!isObject(schema) || depth > 12) return undefined
  if (keyword === 'items' && schema.items !== undefined) return schema.items as Schema
  if (keyword !== 'items') {
    const own = isObject(schema.properties) ? (schema.properties[keyword.member] as Schema | undefined) : undefined
    if (own !== undefined) return own
  }
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((name) => (schema[name] ?? []) as Schema[])
  if (typeof schema.$ref === 'string') parts.push(pointed(document, schema.$ref) as Schema)
  for (const part of parts) {
    const found = inside(document, part, keyword, depth + 1)
    if (found !== undefined) return found
  }
  return keyword !== 'items' && isObject(schema.additionalProperties) ? (schema.additionalProperties as Schema) : undefined
}

/** `a[0][b]=1&a[1][b]=2`: a list whose items are objects. */
const numbered = (value: unknown): unknown[] | undefined =>
  isObject(value) && Object.keys(value).every((name, index) => name === String(index)) ? Object.values(value) : undefined

/** Text from a URL or form in the JSON type that the schema asks for. What does not fit stays text, and so is reported. */
export function typed(document: Description, value: unknown, schema: Schema | undefined): unknown {
  const types = typesOf(document, schema)
  if (types.has('array')) {
    const list = Array.isArray(value) ? value : (numbered(value) ?? (types.has('string') ? undefined : [value]))
    if (list !== undefined) return list.map((item) => typed(document, item, inside(document, schema, 'items')))
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, typed(document, member, inside(document, schema, { member: name }))]),
    )
  }
  if (typeof value !== 'string' || types.has('string')) return value
  if ((types.has('integer') || types.has('number')) && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  if (types.has('boolean') && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

/** `a=1&a=2&b[c]=3&d[]=4` as nested values; a repeated name gives a list. */
export function nested(pairs: Iterable<readonly [string, string]>, brackets: (name: string) => boolean): Bag {
  const result: Bag = {}
  for (const [name, value] of pairs) {
    const root = name.split('[')[0] as string
    const path =
      name.includes('[') && brackets(root)
        ? [root, ...[...name.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] as string)]
        : [name]
    put(result, path, value)
  }
  return result
}

function put(bag: Bag, [name, ...rest]: readonly string[], value: string): void {
  if (name === undefined) return
  const list = rest.length === 1 && (rest[0] === '' || /^\d+$/.test(rest[0] as string))
  if (rest.length === 0 || list) {
    const before = bag[name]
    bag[name] = before === undefined ? (list ? [value] : value) : Array.isArray(before) ? [...before, value] : [before, value]
    return
  }
  if (!isObject(bag[name])) bag[name] = {}
  put(bag[name] as Bag, rest, value)
}

/** The query as one value, member by member as the parameters say, and the schema of the whole. */
export function readQuery(
  document: Description,
  query: URLSearchParams,
  parameters: readonly Parameter[],
): { value: Bag; schema: Schema } {
  const deep = new Set(parameters.filter(({ style }) => style === 'deepObject').map(({ name }) => name))
  const value = nested(query, (name) => deep.has(name))
  const properties: Record<string, Schema> = {}
  for (const { name, schema = true, explode, style } of parameters) {
    properties[name] = schema
    const types = typesOf(document, schema)
    if (explode === false && types.has('array') && typeof value[name] === 'string') value[name] = value[name].split(',')
    if (name in value) value[name] = typed(document, value[name], schema)
    if (style === 'deepObject' || !types.has('object')) continue
    // An exploded object in `form` style has its members as parameters of their own.
    for (const [member, part] of membersOf(document, schema)) {
      properties[member] ??= part
      if (member in value) value[member] = typed(document, value[member], part)
    }
  }
  const required = parameters.filter((parameter) => parameter.required).map(({ name }) => name)
  return { value, schema: { type: 'object', properties, required, additionalProperties: false } }
}

function membersOf(document: Description, schema: Schema): [string, Schema][] {
  if (!isObject(schema)) return []
  const given = typeof schema.$ref === 'string' ? (pointed(document, schema.$ref) as Schema) : schema
  return isObject(given) && isObject(given.properties) ? (Object.entries(given.properties) as [string, Schema][]) : []
}

/** A form body as the value that its schema describes. */
export function readForm(document: Description, body: string, schema: Schema | undefined): unknown {
  const names = (name: string) => inside(document, schema, { member: name }) !== undefined
  return typed(document, nested(new URLSearchParams(body), names), schema)
}
