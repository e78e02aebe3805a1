import type { Judged, SentRequest, VendorSpec } from './checker.ts'
import { named, parsed } from './checker.ts'
import { isObject, type Json } from './description.ts'
import type { ShapeOverlay } from './overlay.ts'

/** One answer of the vendor, as its SDK's tests have it, and what else is known of the operation's answers. */
interface Known {
  readonly operation: string
  readonly examples: readonly Json[]
}

interface Difference {
  readonly at: string
  readonly says: string
}

/**
 * A vendor without an API description: the twin's answers must have the members and JSON types of the answers that the
 * vendor's own SDK tests hold. Requests are not described at all, and reported as unchecked.
 */
export function shapes(vendor: string, fixtures: Readonly<Record<string, Json>>, overlay: ShapeOverlay): VendorSpec {
  const known = (request: SentRequest, status: number): Known | undefined => {
    const { pathname } = new URL(request.url)
    const error = overlay.errors.find((entry) => entry.status.test(String(status)))
    if (error !== undefined) return { operation: operationOf(request) ?? named(request), examples: [error.example] }
    const operation = overlay.operations.find(({ method, path }) => method === request.method && path.test(pathname))
    if (operation === undefined || !operation.status.includes(status)) return undefined
    const names = [operation.fixture].flat()
    return { operation: operation.name, examples: [...names.map((name) => fixture(name)), ...(operation.more ?? [])] }
  }
  const fixture = (name: string): Json => {
    const found = fixtures[`${name}.json`]
    if (found === undefined) throw new Error(`There is no fixture ${name}.`)
    return found
  }
  const operationOf = (request: SentRequest) => overlay.operations.find(({ method, path }) => method === request.method && path.test(new URL(request.url).pathname))?.name

  const judged = (side: 'request' | 'answer' | 'webhook', operation: string, differences: readonly Difference[], unchecked?: string): Judged => ({
    operation,
    findings: differences.map(({ at, says }) => ({ vendor, operation, side, at, says })),
    unchecked: unchecked === undefined ? [] : [{ operation, side, why: unchecked }],
  })

  return {
    vendor,
    request(request) {
      const operation = operationOf(request)
      if (operation === undefined) return judged('request', named(request), [{ at: '/path', says: 'no operation of this method and path is known' }])
      return judged('request', operation, [], 'the vendor publishes no description of requests')
    },
    answer(request, { status, body }) {
      const operation = operationOf(request) ?? named(request)
      if (status === 204 || overlay.empty.some((entry) => entry === `${operation} ${status}`)) {
        return judged('answer', operation, body === '' ? [] : [{ at: '/body', says: 'must be empty' }])
      }
      const shape = known(request, status)
      if (shape === undefined) {
        if (operationOf(request) === undefined) return judged('answer', operation, [{ at: '/path', says: 'no operation of this method and path is known' }])
        return judged('answer', operation, [{ at: '/status', says: `${status} is not among the known answers` }])
      }
      const value = parsed(body)
      if (value === undefined) return judged('answer', operation, [{ at: '/body', says: 'is not JSON' }])
      const optional = new Set(overlay.additions.filter((one) => one.operation.test(operation)).map(({ at }) => at))
      return judged('answer', operation, compare(value as Json, shape.examples, '/body', optional, overlay, operation))
    },
    webhook: ({ body }) => judged('webhook', new URLSearchParams(body).get('Event') ?? 'webhook', [], 'the vendor publishes no description of webhooks'),
  }
}

const typeOf = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** Where the value has other members or JSON types than all of the examples. An example's null says nothing of the type. */
function compare(value: Json, examples: readonly Json[], at: string, optional: ReadonlySet<string>, overlay: ShapeOverlay, operation: string): Difference[] {
  const types = new Set(examples.map(typeOf))
  const place = at.replace(/\/\d+(?=\/|$)/g, '/*')
  const addition = overlay.additions.find((one) => one.at === place && one.operation.test(operation))
  for (const type of addition?.types ?? []) types.add(type)
  const type = typeOf(value)
  const unknown = types.size === 1 && types.has('null')
  if (!types.has(type) && !unknown) return [{ at, says: `must be ${[...types].join(' or ')}, is ${type}` }]
  if (Array.isArray(value)) {
    const items = examples.flatMap((example) => (Array.isArray(example) ? example : []))
    return items.length === 0 ? [] : value.flatMap((item, index) => compare(item, items, `${at}/${index}`, optional, overlay, operation))
  }
  if (!isObject(value)) return []
  const objects = examples.filter((example): example is { readonly [name: string]: Json } => isObject(example))
  if (objects.length === 0) return []
  const known = new Map<string, Json[]>()
  for (const example of objects) for (const [name, member] of Object.entries(example)) known.set(name, [...(known.get(name) ?? []), member])
  const differences: Difference[] = []
  for (const [name, member] of Object.entries(value as Record<string, Json>)) {
    const examplesOf = known.get(name)
    if (examplesOf !== undefined) differences.push(...compare(member, examplesOf, `${at}/${name}`, optional, overlay, operation))
    else if (optional.has(`${place}/${name}`)) differences.push(...compare(member, [], `${at}/${name}`, optional, overlay, operation))
    else differences.push({ at: `${at}/${name}`, says: 'is not described' })
  }
  for (const [name] of known) {
    const always = objects.every((example) => name in example)
    if (always && !(name in value) && !optional.has(`${place}/${name}`)) differences.push({ at: `${at}/${name}`, says: 'is required and missing' })
  }
  return differences
}
