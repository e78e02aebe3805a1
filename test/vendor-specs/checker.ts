import { noOverlay, type Overlay } from './correction.ts'
import { type Body, type Description, direct, isObject, type MediaType, type Schema } from './description.ts'
import { readForm, readQuery, typed } from './read-text.ts'
import { find, type Route, routesOf } from './route.ts'
import { type Problem, type Validate, validator } from './validator.ts'
import { webhookChecks } from './webhooks.ts'

/** One thing that is not as the vendor's description has it. */
export interface Finding {
  readonly vendor: string
  /** The vendor's name of the operation; method and path where there is none. */
  readonly operation: string
  readonly side: 'request' | 'answer' | 'webhook'
  /** Where: `/query/…`, `/path/…`, `/header/…`, `/status`, `/body/…`. */
  readonly at: string
  readonly says: string
}

/** What nobody checked, because the description says nothing about it. */
export interface Unchecked {
  readonly operation: string
  readonly side: Finding['side']
  readonly why: string
}

export interface Judged {
  readonly operation: string
  readonly findings: readonly Finding[]
  readonly unchecked: readonly Unchecked[]
}

export interface SentRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}
export interface GivenAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** What can judge a vendor's traffic, whatever its description is made of. */
export interface VendorSpec {
  readonly vendor: string
  request(request: SentRequest): Judged
  answer(request: SentRequest, answer: GivenAnswer): Judged
  webhook(request: SentRequest): Judged
}

/** A vendor's OpenAPI documents (3.0 and 3.1), with known corrections. */
export function openApi(vendor: string, documents: readonly Description[], overlay: Overlay = noOverlay): VendorSpec {
  // Corrections are of the vendor's main document, the first.
  const own = (document: Description): Overlay => ({
    ...overlay,
    corrections: documents[0] === document ? overlay.corrections : [],
  })
  const routes = documents.flatMap(routesOf)
  const speech = new Map(
    documents.map((document) => [
      document,
      { request: validator(document, 'request', own(document)), answer: validator(document, 'answer', own(document)) },
    ]),
  )
  const judge = (
    side: Finding['side'],
    operation: string,
    problems: readonly Problem[],
    unchecked: readonly string[] = [],
  ): Judged => ({
    operation,
    findings: problems.map(({ at, says }) => ({ vendor, operation, side, at, says })),
    unchecked: unchecked.map((why) => ({ operation, side, why })),
  })
  const locate = ({ method, url }: SentRequest) => find(routes, method, new URL(url))
  const webhooks = webhookChecks(documents, (document) => (speech.get(document) as { answer: Validate }).answer)

  return {
    vendor,
    request(request) {
      const found = locate(request)
      if (found.route === undefined) return judge('request', named(request), [{ at: '/path', says: found.why }])
      const { request: validate } = speech.get(found.route.document) as { request: Validate }
      const asked = checkParameters(found.route, found.path, request, validate)
      const { problems, unchecked } = checkRequestBody(found.route, request, validate)
      return judge('request', found.route.name, [...asked, ...problems], unchecked)
    },
    answer(request, answer) {
      const found = locate(request)
      const operation = found.route?.name ?? named(request)
      const described = found.route === undefined ? undefined : describedAnswer(found.route, answer.status)
      const validate = speech.get(found.route?.document ?? (documents[0] as Description))?.answer as Validate
      if (described === undefined) {
        const extra = overlay.answers.find(
          ({ status, operation: only }) => status.test(String(answer.status)) && (only?.test(operation) ?? true),
        )
        if (extra !== undefined) return judge('answer', operation, under('/body', validate(extra.schema, parsed(answer.body))))
        const nothing = found.route !== undefined && Object.keys(found.route.operation.responses ?? {}).length === 0
        if (nothing) return judge('answer', operation, [], ['the description has no answers for it'])
        return judge('answer', operation, [{ at: '/status', says: `${answer.status} is not described` }])
      }
      const { problems, unchecked } = checkBody(described, answer, validate)
      return judge('answer', operation, problems, unchecked)
    },
    webhook(request) {
      const { operation, problems, unchecked } = webhooks(request)
      return judge('webhook', operation, problems, unchecked)
    },
  }
}

interface Outcome {
  readonly problems: readonly Problem[]
  readonly unchecked: readonly string[]
}
const wrong = (at: string, says: string): Outcome => ({ problems: [{ at, says }], unchecked: [] })

export const named = ({ method, url }: SentRequest): string => `${method} ${new URL(url).pathname}`

/** Problems of a part, as problems of the whole. */
export const under = (place: string, problems: readonly Problem[]): readonly Problem[] =>
  problems.map(({ at, says }) => ({ at: `${place}${at}`, says }))

function checkParameters(
  route: Route,
  path: Readonly<Record<string, string>>,
  request: SentRequest,
  validate: Validate,
): readonly Problem[] {
  const { document, parameters } = route
  const single = (place: 'path' | 'header', name: string, text: string, schema: Schema | undefined) =>
    schema === undefined ? [] : under(`/${place}/${name}`, validate(schema, typed(document, text, schema)))
  const query = readQuery(
    document,
    new URL(request.url).searchParams,
    parameters.filter((parameter) => parameter.in === 'query'),
  )
  const heads = parameters
    .filter((parameter) => parameter.in === 'header')
    .flatMap(({ name, required, schema }) => {
      const text = request.headers.get(name)
      if (text === null) return required ? [{ at: `/header/${name}`, says: 'is required and missing' }] : []
      return single('header', name, text, schema)
    })
  const places = parameters
    .filter((parameter) => parameter.in === 'path')
    .flatMap(({ name, schema }) => single('path', name, path[name] ?? '', schema))
  return [
    ...places,
    ...under('/query', validate(querySchema(route, query.schema), query.value)),
    ...heads,
    ...checkCredential(route, request),
  ]
}

/** One object for each operation, so that the validator compiles it once. */
const queries = new WeakMap<Route, Schema>()
function querySchema(route: Route, schema: Schema): Schema {
  if (!queries.has(route)) queries.set(route, schema)
  return queries.get(route) as Schema
}

function checkCredential({ document, operation }: Route, { headers }: SentRequest): readonly Problem[] {
  const needed = operation.security ?? document.security ?? []
  const schemes = needed.flatMap((one) => Object.keys(one)).map((name) => document.components?.securitySchemes?.[name])
  const expected = schemes.flatMap((scheme) =>
    scheme?.type === 'http' && scheme.scheme !== undefined ? [scheme.scheme.toLowerCase()] : [],
  )
  const given = headers.get('authorization')?.split(' ')[0]?.toLowerCase() ?? 'none'
  if (expected.length === 0 || expected.length < schemes.length || expected.includes(given)) return []
  return [{ at: '/header/authorization', says: `must be ${expected.join(' or ')}, is ${given}` }]
}

function checkRequestBody({ document, operation }: Route, request: SentRequest, validate: Validate): Outcome {
  if (operation.requestBody === undefined)
    return request.body === '' ? { problems: [], unchecked: [] } : wrong('/body', 'no body is described')
  const body = direct<Body>(document, operation.requestBody)
  if (request.body === '') return body.required ? wrong('/body', 'is required and missing') : emptyBody(body, validate)
  return checkBody({ document, body }, request, validate)
}

/** No body is an empty one: what it requires is missing. */
function emptyBody({ content = {} }: Body, validate: Validate): Outcome {
  const media = Object.values(content)[0]
  const form = 'application/x-www-form-urlencoded' in content
  const requires = isObject(media?.schema) && !form && Array.isArray(media.schema.required) && media.schema.required.length > 0
  if (media?.schema === undefined || !(form || requires)) return { problems: [], unchecked: [] }
  return { problems: under('/body', validate(media.schema, {})), unchecked: [] }
}

interface Described {
  readonly document: Description
  readonly body: Body
}

function describedAnswer({ document, operation }: Route, status: number): Described | undefined {
  const responses = operation.responses ?? {}
  const found =
    responses[status] ?? responses[`${String(status)[0]}XX`] ?? responses[`${String(status)[0]}xx`] ?? responses.default
  return found === undefined ? undefined : { document, body: direct<Body>(document, found) }
}

function checkBody(
  { document, body }: Described,
  carried: { readonly headers: Headers; readonly body: string },
  validate: Validate,
): Outcome {
  const type = (carried.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const content = body.content ?? {}
  if (Object.keys(content).length === 0)
    return carried.body === '' ? { problems: [], unchecked: [] } : wrong('/body', 'no body is described')
  const media = mediaFor(content, type)
  if (media === undefined) return wrong('/header/content-type', `"${type}" is not described (${Object.keys(content).join(', ')})`)
  if (media.schema === undefined || media.schema === true)
    return { problems: [], unchecked: [`the description has no schema for ${type}`] }
  const value = /form-urlencoded/.test(type) ? readForm(document, carried.body, media.schema) : parsed(carried.body)
  if (value === undefined) return wrong('/body', 'is not JSON')
  return { problems: under('/body', validate(media.schema, value)), unchecked: [] }
}

function mediaFor(content: Readonly<Record<string, MediaType>>, type: string): MediaType | undefined {
  return content[type] ?? content[`${type.split('/')[0]}/*`] ?? content['*/*'] ?? content['*']
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
