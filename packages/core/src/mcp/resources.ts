import { notFound } from '../http/problem.ts'
import { decode } from '../http/router.ts'
import { currentCall } from '../kernel/call-context.ts'
import type { DigitalObject } from '../object/digital-object.ts'
import { callOperation } from '../rest/calls.ts'
import { queryOf } from '../rest/query.ts'
import { maxBytes } from '../rest/resources.ts'
import type { AnyCollection } from '../rest/types.ts'
import { protocolError } from './errors.ts'

type Collections = Readonly<Record<string, AnyCollection>>

const mimeType = 'application/json'

export function listed(base: string, collections: Collections): object[] {
  return Object.keys(collections).map((name) => ({ uri: `${base}/${name}`, name, mimeType, description: `The first of ${name}` }))
}

export function templates(base: string, collections: Collections): object[] {
  return Object.keys(collections).map((name) => ({ uriTemplate: `${base}/${name}/{id}`, name: `One of ${name}`, mimeType }))
}

/** A page of a collection, or one document: by the URL that it also has over HTTP. */
export async function readResource(object: DigitalObject, base: string, collections: Collections, uri: string): Promise<object> {
  try {
    return { contents: [{ uri, mimeType, text: JSON.stringify(await read(object, base, collections, uri)) }] }
  } catch (error) {
    throw protocolError(error, currentCall()?.requestId ?? '')
  }
}

async function read(object: DigitalObject, base: string, collections: Collections, uri: string): Promise<unknown> {
  const url = URL.canParse(uri) ? new URL(uri) : undefined
  const below = url === undefined ? '' : url.origin + url.pathname
  const [name = '', id, ...rest] = below.startsWith(`${base}/`) ? below.slice(base.length + 1).split('/') : []
  const collection = Object.hasOwn(collections, name) ? collections[name] : undefined
  if (url === undefined || collection === undefined || rest.length > 0) throw notFound('This resource')
  const call = { kind: 'read', scopes: undefined } as const
  if (id === undefined) {
    const query = queryOf(url.searchParams)
    return callOperation(object, { ...call, method: `${name}.list`, args: [query] }, () =>
      collection.list({ ...query, maxBytes }),
    )
  }
  const wanted = decode(id) ?? ''
  const found = await callOperation(object, { ...call, method: `${name}.read`, args: [wanted] }, () => collection.get(wanted))
  if (found === undefined) throw notFound('This resource')
  return found
}
