import { exposedBy } from '../expose/capability.ts'
import type { Handler, Middleware, RequestContext } from '../http/context.ts'
import type { DigitalObject } from '../object/digital-object.ts'
import { createAnswers } from './answers.ts'
import { callOperation } from './calls.ts'
import { etagOfRecord, isFresh } from './conditions.ts'
import { callableMethods, type ExposedMethod, methodRoutes } from './methods.ts'
import { openapiOf } from './openapi.ts'
import { baseOf, present } from './present.ts'
import { resourceRoutes } from './resources.ts'
import { jsonSchemaOf } from './schemas.ts'
import type { AnyCollection, Operation, Resource, ResourceOptions, RestOptions } from './types.ts'

const everything: readonly Operation[] = ['list', 'read', 'create', 'replace', 'change', 'delete']
/** Paths that mean something else, here or in other rooms. */
const reserved = ['rpc', 'mcp', 'changes', 'openapi.json', 'healthz']

/**
 * REST over an object's collections and exposed methods, with its description. In the constructor, after the fields:
 * `rest(this, { collections: { orders: this.orders } })`. What is not named in the options and not exposed does not exist.
 * Who may do what is said where it is said for every protocol: middleware (`use`), `$calls`, `authorize`, scopes.
 * @throws TypeError when two things want the same path, or a name cannot be a path.
 */
export function rest(object: DigitalObject, options: RestOptions = {}): void {
  const resources = Object.entries(options.collections ?? {}).map(([name, given]) => resourceOf(name, given))
  const methods = methodsOf(object, options.methods)
  refuseClashes([...resources, ...methods])
  const answers = createAnswers(object.kernel, options.keepAnswersMs ?? 86_400_000)

  object.use(problemLinks(resources))
  object.route('GET', '/', home(object, options, resources, methods))
  object.route('GET', '/openapi.json', (context) =>
    Response.json(openapiOf({ base: baseOf(context), type: object.$type, options, resources, methods }), {
      headers: { 'cache-control': 'private, no-cache' },
    }),
  )
  for (const resource of resources)
    for (const [, method, path, handler] of resourceRoutes(object, resource, answers)) object.route(method, path, handler)
  for (const method of methods)
    for (const [verb, path, handler] of methodRoutes(object, method, answers)) object.route(verb, path, handler)
}

function resourceOf(name: string, given: AnyCollection | ResourceOptions): Resource {
  const options: ResourceOptions = 'collection' in given ? given : { collection: given }
  const described = options.jsonSchema ?? jsonSchemaOf(options.schema, 'input')
  return { ...options, name, allow: new Set(options.allow ?? everything), described }
}

function methodsOf(object: DigitalObject, wanted: RestOptions['methods'] = true): readonly ExposedMethod[] {
  if (wanted === false) return []
  const callable = callableMethods(object, exposedBy(object))
  if (wanted === true) return callable
  return wanted.map((name) => {
    const found = callable.find((method) => method.name === name)
    if (found === undefined)
      throw new TypeError(`rest: "${name}" is no exposed method that answers data. Name it in "static methods".`)
    return found
  })
}

function refuseClashes(named: readonly { readonly name: string }[]): void {
  const seen = new Set(reserved)
  for (const { name } of named) {
    if (!/^[A-Za-z_][\w-]{0,63}$/.test(name))
      throw new TypeError(`rest: "${name}" cannot be a path. Use letters, digits, "_" and "-".`)
    if (seen.has(name)) throw new TypeError(`rest: "/${name}" is taken. Give the collection or the method another name.`)
    seen.add(name)
  }
}

function home(
  object: DigitalObject,
  { links: more = {} }: RestOptions,
  resources: readonly Resource[],
  methods: readonly ExposedMethod[],
): Handler {
  return async (context) => {
    const call = { method: '$record', kind: 'read', args: [], scopes: undefined } as const
    const record = await callOperation(object, call, () => object.$record)
    const etag = etagOfRecord(record)
    if (isFresh(context.request, etag)) return new Response(null, { status: 304, headers: { etag, vary: 'accept' } })
    const base = baseOf(context)
    const links: Record<string, string> = { self: `${base}/`, openapi: `${base}/openapi.json` }
    if (record.$context !== null) links.context = record.$context
    for (const [name, target] of Object.entries(more)) links[name] = target.startsWith('/') ? base + target : target
    for (const { name, allow } of resources) if (allow.has('list')) links[name] = `${base}/${name}`
    for (const { name, reads, input } of methods) if (reads && !('required' in input)) links[name] = `${base}/${name}`
    const actions = Object.fromEntries(
      methods.map(({ name, reads, parameters, options: { title, description } }) => [
        name,
        { href: `${base}/${name}`, method: reads ? 'GET' : 'POST', parameters, title, description },
      ]),
    )
    return present(context, { ...record, links, actions }, { headers: { etag } })
  }
}

/** Every problem of this object says where to go on. */
function problemLinks(resources: readonly Resource[]): Middleware {
  return async (context, next) => {
    const response = await next()
    const isProblem = response.status >= 400 && response.headers.get('content-type') === 'application/problem+json'
    if (!isProblem || context.request.method === 'HEAD') return response
    const body = (await response.json()) as object
    const headers = Object.fromEntries(response.headers)
    return present(context, { ...body, links: wayOn(context, resources) }, { status: response.status, headers })
  }
}

function wayOn(context: RequestContext, resources: readonly Resource[]): Readonly<Record<string, string>> {
  const base = baseOf(context)
  const first = context.path.split('/')[1]
  const resource = resources.find(({ name, allow }) => name === first && allow.has('list'))
  return {
    object: `${base}/`,
    ...(resource === undefined ? {} : { [resource.name]: `${base}/${resource.name}` }),
    openapi: `${base}/openapi.json`,
  }
}
