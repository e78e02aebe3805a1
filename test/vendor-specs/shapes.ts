import { type Finding, type Judged, named, parsed, type SentRequest, type VendorSpec } from './checker.ts'
import type { ShapeOperation, ShapeOverlay } from './correction.ts'
import { isObject, type Json } from './description.ts'

interface Difference {
  readonly at: string
  readonly says: string
}

/**
 * A vendor without an API description: the twin's answers must have the members and JSON types of the answers that the
 * vendor's own SDK tests hold. Requests and webhooks are not described at all, and reported as unchecked.
 */
export function shapes(
  vendor: string,
  fixtures: Readonly<Record<string, Json>>,
  operations: readonly ShapeOperation[],
  overlay: ShapeOverlay,
): VendorSpec {
  const asked = ({ method, url }: SentRequest) => {
    const { pathname, search } = new URL(url)
    return operations.find((operation) => operation.method === method && operation.path.test(pathname + search))
  }
  const fixture = (name: string): Json => {
    const found = fixtures[`${name}.json`]
    if (found === undefined) throw new Error(`There is no fixture ${name}.`)
    return found
  }
  const judged = (side: Finding['side'], operation: string, differences: readonly Difference[], unchecked?: string): Judged => ({
    operation,
    findings: differences.map(({ at, says }) => ({ vendor, operation, side, at, says })),
    unchecked: unchecked === undefined ? [] : [{ operation, side, why: unchecked }],
  })
  const nowhere = [{ at: '/path', says: 'no operation of this method and path is known' }]

  return {
    vendor,
    request(request) {
      const operation = asked(request)
      if (operation === undefined) return judged('request', named(request), nowhere)
      return judged('request', operation.name, [], 'the vendor publishes no description of requests')
    },
    answer(request, { status, body }) {
      const operation = asked(request)
      if (operation === undefined) return judged('answer', named(request), nowhere)
      const { name, fixture: files } = operation
      const error = overlay.errors.find((entry) => entry.status.test(String(status)))
      if (error === undefined && !operation.status.includes(status))
        return judged('answer', name, [{ at: '/status', says: `${status} is not among the known answers` }])
      if (error === undefined && files.length === 0)
        return judged('answer', name, body === '' ? [] : [{ at: '/body', says: 'must be empty' }])
      const value = parsed(body)
      if (value === undefined) return judged('answer', name, [{ at: '/body', says: 'is not JSON' }])
      const additions = overlay.additions.filter((one) => error === undefined && one.operation.test(name))
      return judged(
        'answer',
        name,
        compare(value as Json, error === undefined ? files.map(fixture) : [error.example], '/body', additions),
      )
    },
    webhook: ({ body }) =>
      judged(
        'webhook',
        new URLSearchParams(body).get('Event') ?? 'message',
        [],
        'the vendor publishes no description of webhooks',
      ),
  }
}

type Additions = ShapeOverlay['additions']

const typeOf = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** Where the value has other members or JSON types than all of the examples. Of an example's null alone, nothing follows. */
function compare(value: Json, examples: readonly Json[], at: string, additions: Additions): Difference[] {
  const place = at.replace(/\/\d+(?=\/|$)/g, '/*')
  const known = [...examples.map(typeOf), ...additions.filter((one) => one.at === place).flatMap(({ types }) => types)]
  const types = new Set(known)
  const type = typeOf(value)
  if (!types.has(type) && !(types.size === 1 && types.has('null')))
    return [{ at, says: `must be ${[...types].join(' or ')}, is ${type}` }]
  if (Array.isArray(value)) {
    const items = examples.flatMap((example) => (Array.isArray(example) ? (example as readonly Json[]) : []))
    return items.length === 0 ? [] : value.flatMap((item, index) => compare(item, items, `${at}/${index}`, additions))
  }
  const objects = examples.filter((example): example is { readonly [name: string]: Json } => isObject(example))
  if (!isObject(value) || objects.length === 0) return []
  return compareMembers(value as { readonly [name: string]: Json }, objects, at, additions)
}

function compareMembers(
  value: { readonly [name: string]: Json },
  objects: readonly { readonly [name: string]: Json }[],
  at: string,
  additions: Additions,
): Difference[] {
  const place = at.replace(/\/\d+(?=\/|$)/g, '/*')
  const loose = (name: string) => additions.some((one) => one.at === `${place}/${name}`)
  const described = new Set(objects.flatMap((example) => Object.keys(example)))
  const differences = Object.entries(value).flatMap(([name, member]) => {
    if (!described.has(name) && !loose(name)) return [{ at: `${at}/${name}`, says: 'is not described' }]
    const examples = objects.flatMap((example) => (name in example ? [example[name] as Json] : []))
    return compare(member, examples, `${at}/${name}`, additions)
  })
  const always = [...described].filter((name) => objects.every((example) => name in example))
  const missing = always.filter((name) => !(name in value) && !loose(name))
  return [...differences, ...missing.map((name) => ({ at: `${at}/${name}`, says: 'is required and missing' }))]
}
