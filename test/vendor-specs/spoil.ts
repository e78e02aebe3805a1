import type { Exchange } from './checked.ts'
import type { SentRequest, VendorSpec } from './checker.ts'
import { isObject, type Json } from './description.ts'

interface Spoiled {
  /** Where, with `*` for any position in a list. */
  readonly at: string
  readonly value: Json
}

/** What no description knows. */
const stranger = 'do_not_described'

/** Every way to add an unknown member to one of the objects in a value, the first of each list only. */
function strangers(value: Json, at = ''): Spoiled[] {
  if (Array.isArray(value)) {
    const [first, ...rest] = value as readonly Json[]
    return first === undefined
      ? []
      : strangers(first, `${at}/*`).map((spoiled) => ({ at: spoiled.at, value: [spoiled.value, ...rest] }))
  }
  if (!isObject(value)) return []
  const members = Object.entries(value as Record<string, Json>)
  const below = members.flatMap(([name, member]) =>
    strangers(member, `${at}/${name}`).map((spoiled) => ({ at: spoiled.at, value: { ...value, [name]: spoiled.value } as Json })),
  )
  return [{ at, value: { ...value, [stranger]: 1 } as Json }, ...below]
}

/** Every way to give one member another JSON type. */
function wrongTypes(value: Json, at = ''): Spoiled[] {
  if (Array.isArray(value)) {
    const [first, ...rest] = value as readonly Json[]
    return first === undefined
      ? []
      : wrongTypes(first, `${at}/*`).map((spoiled) => ({ at: spoiled.at, value: [spoiled.value, ...rest] }))
  }
  if (isObject(value)) {
    return Object.entries(value as Record<string, Json>).flatMap(([name, member]) =>
      wrongTypes(member, `${at}/${name}`).map((spoiled) => ({
        at: spoiled.at,
        value: { ...value, [name]: spoiled.value } as Json,
      })),
    )
  }
  return [{ at, value: { [stranger]: [stranger] } }]
}

function json(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

const withQuery = (request: SentRequest): SentRequest => ({
  ...request,
  url: `${request.url}${request.url.includes('?') ? '&' : '?'}${stranger}=1`,
})

const names = (text: string) => (text.match(/"\w+":(?=.)/g) ?? []).sort().join()
const kind = ({ operation, request, answer }: Exchange) =>
  [operation, answer?.status, names(request.body).length, [...new Set(names(answer?.body ?? '').split(','))].join()].join(' ')

/**
 * Spoils real traffic in every place, one at a time, and says where nobody noticed: proof that "no findings" means
 * that something was looked at. Each entry is `<side> <operation> <where>: <what was done>`. Of exchanges of one kind
 * (operation, status, members) one is enough.
 */
export function unnoticed(exchanges: readonly Exchange[], spec: VendorSpec): readonly string[] {
  const places = new Set<string>()
  const kinds = new Map(exchanges.map((exchange) => [kind(exchange), exchange]))
  for (const { operation, request, answer } of kinds.values()) {
    const asked = (changed: SentRequest, where: string) => {
      if (spec.request(changed).findings.length === 0) places.add(`request ${operation} ${where}`)
    }
    asked(withQuery(request), '/query: unknown parameter')
    asked({ ...request, method: 'OPTIONS' }, '/method: another method')
    const form = (request.headers.get('content-type') ?? '').includes('form-urlencoded')
    if (form) asked({ ...request, body: `${request.body}&${stranger}=1` }, '/body: unknown member')
    const body = form ? undefined : json(request.body)
    if (body !== undefined) {
      for (const { at, value } of strangers(body))
        asked({ ...request, body: JSON.stringify(value) }, `/body${at}: unknown member`)
      for (const { at, value } of wrongTypes(body)) asked({ ...request, body: JSON.stringify(value) }, `/body${at}: wrong type`)
    }
    if (answer === undefined) continue
    const told = (status: number, text: string, where: string) => {
      if (spec.answer(request, { ...answer, status, body: text }).findings.length === 0)
        places.add(`answer ${operation} ${where}`)
    }
    // Errors may have a `default`, which is there for every status.
    if (answer.status < 400) told(299, answer.body, '/status: unknown status')
    const given = json(answer.body)
    if (given === undefined) continue
    for (const { at, value } of strangers(given)) told(answer.status, JSON.stringify(value), `/body${at}: unknown member`)
    for (const { at, value } of wrongTypes(given)) told(answer.status, JSON.stringify(value), `/body${at}: wrong type`)
  }
  return [...places].sort()
}
