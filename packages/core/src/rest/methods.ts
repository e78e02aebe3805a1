import { ProviderError, refuse } from '@do/provider'
import { methodOf } from '../expose/capability.ts'
import { isTyped } from '../expose/errors.ts'
import { invoke } from '../expose/invoke.ts'
import type { MethodOptions } from '../expose/types.ts'
import { outgoing } from '../expose/values.ts'
import type { Handler, RequestContext } from '../http/context.ts'
import { problem, statusOf } from '../http/problem.ts'
import type { DigitalObject } from '../object/digital-object.ts'
import type { Deliver } from '../rpc/access.ts'
import { type Answer, type Answers, wishOf } from './answers.ts'
import { readBody } from './body.ts'
import { accessOf } from './calls.ts'
import { baseOf, present, principal } from './present.ts'
import { readValue } from './query.ts'
import { inputSchemaOf, parametersOf, typeOf } from './schemas.ts'
import type { JsonSchema } from './types.ts'

/** One exposed method, as the HTTP face and MCP call it: by named arguments. */
export interface ExposedMethod {
  readonly name: string
  readonly options: MethodOptions
  readonly reads: boolean
  /** Names of its arguments, in order. */
  readonly parameters: readonly string[]
  readonly input: JsonSchema
}

/** Those of the exposed methods that can be called with data and answer data: all but the ones that hand out capabilities. */
export function callableMethods(object: object, exposed: Readonly<Record<string, MethodOptions>>): readonly ExposedMethod[] {
  return Object.entries(exposed)
    .filter(([, { kind }]) => kind !== 'capability')
    .map(([name, options]) => {
      const parameters = parametersOf(options, methodOf(object, name))
      return { name, options, reads: options.kind === 'read', parameters, input: inputSchemaOf(options, parameters) }
    })
}

/**
 * Calls a method by named arguments as somebody outside; its answer is plain data. `once` goes around the bare method of one that
 * writes, after it was asked who may and whether the arguments are right.
 * @throws ProviderError `invalid_input` naming a field that the method does not have; everything that `invoke` throws.
 */
export function callByName(
  object: DigitalObject,
  method: ExposedMethod,
  named: Readonly<Record<string, unknown>>,
  once?: (run: () => unknown) => unknown,
): Promise<unknown> {
  const { name, parameters } = method
  const unknown = Object.keys(named).find((field) => !parameters.includes(field))
  if (unknown !== undefined) {
    const known = parameters.length === 0 ? 'It takes none.' : `It takes: ${parameters.join(', ')}.`
    const field = unknown.slice(0, 100)
    throw refuse('invalid_input', `"${name}" has no argument "${field}". ${known}`, { field })
  }
  const args = parameters.map((parameter) => (Object.hasOwn(named, parameter) ? named[parameter] : undefined))
  while (args.length > 0 && args.at(-1) === undefined) args.pop()
  const plain = (result: unknown) =>
    outgoing(result, () => {
      throw refuse('not_over_http', `"${name}" hands out an object with methods of its own. Call it by RPC.`)
    })
  const access = accessOf(object)
  const deliver: Deliver = (args) => ({
    args,
    replaying: false,
    repeated: false,
    once: (run) => (once === undefined ? run() : once(async () => plain(await run()))),
  })
  return invoke(object, name, args, { ...access, deliver }, plain).catch((error: unknown) => {
    throw withName(error, method)
  })
}

/** Whoever calls by names is told the name of a wrong argument, not its place. */
function withName(error: unknown, { parameters }: ExposedMethod): unknown {
  if (!ProviderError.is(error) || error.code !== 'invalid_input') return error
  const place = /\bargument (\d+) of "/.exec(error.message)
  const name = parameters[Number(place?.[1]) - 1]
  if (place === null || name === undefined) return error
  const message = error.message.replace(place[0], `"${name}" of "`)
  return refuse('invalid_input', message, { field: [name, error.field].filter(Boolean).join('.') })
}

export function methodRoutes(object: DigitalObject, method: ExposedMethod, answers: Answers): [string, string, Handler][] {
  const path = `/${method.name}`

  const post: Handler = async (context) => {
    const { text, value } = await readBody(context.request, { optional: true })
    if (method.reads) return show(context, answerOf(await callByName(object, method, value)))
    const wish = await wishOf(context.request, `POST ${path}`, principal(), text)
    // Inside the call: who may not call it is given no kept answer, and leaves none.
    const once = async (run: () => unknown) => {
      const { body } = await answers.around(wish, async () => answerOf(await run()), nothingDone)
      return (body as { readonly result: unknown }).result
    }
    return show(context, answerOf(await callByName(object, method, value, once)))
  }

  const get: Handler = async (context) => show(context, answerOf(await callByName(object, method, named(context))))

  const named = ({ url }: RequestContext) => {
    const values: Record<string, unknown> = Object.create(null)
    for (const [name, text] of url.searchParams) {
      if (name in values) throw problem(400, 'invalid_query', 'A query parameter is given twice.', { field: name.slice(0, 100) })
      values[name] = readValue(text, typeOf(method.input, name), name)
    }
    return values
  }

  const show = (context: RequestContext, { status, body }: Answer): Response => {
    const base = baseOf(context)
    const links = { self: base + path, object: `${base}/`, openapi: `${base}/openapi.json` }
    return present(context, { ...(body as object), links }, { status })
  }
  return [['POST', path, post], ...(method.reads ? [['GET', path, get] as [string, string, Handler]] : [])]
}

function answerOf(result: unknown): Answer {
  return { status: 200, body: { result: result ?? null } }
}

/** Is it certain that nothing was done? Then the same key may try again. */
function nothingDone(error: unknown): boolean {
  return ProviderError.is(error) ? error.effect === 'none' : isTyped(error) && statusOf(error) < 500
}
