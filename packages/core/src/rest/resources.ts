import type { Handler, RequestContext } from '../http/context.ts'
import { notFound } from '../http/problem.ts'
import type { DigitalObject } from '../object/digital-object.ts'
import { type Answer, type Answers, wishOf } from './answers.ts'
import { readBody } from './body.ts'
import { callOperation } from './calls.ts'
import { checkConditions, etagOf, isFresh } from './conditions.ts'
import { mergePatch } from './merge-patch.ts'
import { baseOf, type Links, linkHeader, present, principal, wantsMinimal } from './present.ts'
import { queryOf } from './query.ts'
import type { AnyDocument, Operation, Resource } from './types.ts'

/** The routes of one collection, by method and path below the object. */
export function resourceRoutes(
  object: DigitalObject,
  resource: Resource,
  answers: Answers,
): [Operation, string, string, Handler][] {
  const { name, collection, allow, filters, described, requireMatch = false, scopes } = resource
  const all = `/${name}`
  const one = `/${name}/:id`

  const run = <T>(operation: Operation, args: readonly unknown[], act: () => T): Promise<T> => {
    const reads = operation === 'list' || operation === 'read'
    const call = {
      method: `${name}.${operation}`,
      kind: reads ? 'read' : 'write',
      args,
      scopes: scopes?.[reads ? 'read' : 'write'],
    } as const
    return callOperation(object, call, act)
  }
  const missing = (id: string) => notFound(`"${id.slice(0, 200)}" of ${name}`)

  const list: Handler = async (context) => {
    const { url } = context
    const query = queryOf(url.searchParams, filters, described)
    const { items, cursor } = await run('list', [query], () => collection.list({ ...query, maxBytes }))
    const base = baseOf(context)
    const links: Record<string, string> = { self: url.href }
    if (cursor !== undefined) links.next = withCursor(url, cursor)
    if (url.searchParams.has('cursor')) links.first = withCursor(url, undefined)
    const headers = { link: linkHeader(links) }
    const shown = items.map((document) => ({ ...document, $links: { self: urlOf(base, name, document.$id) } }))
    const more = { ...links, object: `${base}/`, openapi: `${base}/openapi.json` }
    return present(context, { items: shown, ...(cursor === undefined ? {} : { cursor }), links: more }, { headers })
  }

  const read: Handler = async (context) => {
    const id = context.params.id as string
    const document = await run('read', [id], () => collection.get(id))
    if (document === undefined) throw missing(id)
    const etag = etagOf(document)
    if (isFresh(context.request, etag)) return new Response(null, { status: 304, headers: { etag, vary: 'accept' } })
    return show(context, { status: 200, body: document })
  }

  const create: Handler = async (context) => {
    const { text, value } = await readBody(context.request)
    const wish = await wishOf(context.request, `POST ${all}`, principal(), text)
    return show(
      context,
      await run('create', [value], () => answers.inTransaction(wish, () => made(collection.insert(value as never)))),
    )
  }

  const replace: Handler = async (context) => {
    const id = context.params.id as string
    const { value } = await readBody(context.request)
    const answer = await run('replace', [id, value], () =>
      object.transaction(() => {
        const now = collection.get(id)
        checkConditions(context.request, now, requireMatch)
        if (now === undefined && !allow.has('create')) throw missing(id)
        const document = collection.upsert(id, value as never)
        return now === undefined ? made(document) : { status: 200, body: document }
      }),
    )
    return show(context, answer)
  }

  const change: Handler = async (context) => {
    const id = context.params.id as string
    const { value } = await readBody(context.request, { patch: true })
    const document = await run('change', [id, value], () =>
      object.transaction(() => {
        const now = collection.get(id)
        if (now === undefined) throw missing(id)
        checkConditions(context.request, now, requireMatch)
        return collection.update(id, ((current: unknown) => mergePatch(current, value)) as never)
      }),
    )
    return show(context, { status: 200, body: document })
  }

  const remove: Handler = async (context) => {
    const id = context.params.id as string
    await run('delete', [id], () =>
      object.transaction(() => {
        const now = collection.get(id)
        if (now === undefined) throw missing(id)
        checkConditions(context.request, now, requireMatch)
        collection.delete(id)
      }),
    )
    if (wantsMinimal(context.request)) return new Response(null, { status: 204, headers: minimal })
    const base = baseOf(context)
    return present(context, { deleted: id, links: { [name]: base + all, object: `${base}/` } })
  }

  /** A document with its validator and its links; without its body for who prefers so. */
  const show = (context: RequestContext, { status, body }: Answer): Response => {
    const document = body as AnyDocument
    const base = baseOf(context)
    const self = urlOf(base, name, document.$id)
    const headers = { etag: etagOf(document), ...(status === 201 ? { location: self } : {}) }
    if (context.request.method !== 'GET' && context.request.method !== 'HEAD' && wantsMinimal(context.request)) {
      return new Response(null, { status: status === 201 ? 201 : 204, headers: { ...headers, ...minimal } })
    }
    const $links: Links = { self, [name]: base + all, object: `${base}/` }
    return present(context, { ...document, $links }, { status, headers })
  }

  const routes: [Operation, string, string, Handler][] = [
    ['list', 'GET', all, list],
    ['create', 'POST', all, create],
    ['read', 'GET', one, read],
    ['replace', 'PUT', one, replace],
    ['change', 'PATCH', one, change],
    ['delete', 'DELETE', one, remove],
  ]
  return routes.filter(([operation]) => allow.has(operation))
}

/** A page of documents that are as large as they may be would be more than an object's memory. */
export const maxBytes = 8_000_000

const minimal = { 'preference-applied': 'return=minimal' }

function made(document: AnyDocument): Answer {
  return { status: 201, body: document }
}

function urlOf(base: string, name: string, id: string): string {
  return `${base}/${name}/${encodeURIComponent(id)}`
}

function withCursor(url: URL, cursor: string | undefined): string {
  const next = new URL(url)
  if (cursor === undefined) next.searchParams.delete('cursor')
  else next.searchParams.set('cursor', cursor)
  return next.href
}
