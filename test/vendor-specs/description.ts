import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** Anything that came out of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
/** A schema as the vendor wrote it: OpenAPI 3.0's dialect, or JSON Schema 2020-12. */
export type Schema = boolean | { readonly [keyword: string]: unknown }
export type SchemaObject = Exclude<Schema, boolean>

export interface Reference {
  readonly $ref: string
}
export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path' | 'header' | 'cookie'
  readonly required?: boolean
  readonly schema?: Schema
  readonly style?: string
  readonly explode?: boolean
}
export interface MediaType {
  readonly schema?: Schema
}
export interface Body {
  readonly required?: boolean
  readonly content?: Readonly<Record<string, MediaType>>
}
export interface Operation {
  readonly operationId?: string
  readonly parameters?: readonly (Parameter | Reference)[]
  readonly requestBody?: Body | Reference
  readonly responses?: Readonly<Record<string, Body | Reference>>
  readonly security?: readonly Readonly<Record<string, unknown>>[]
}
export interface PathItem {
  readonly servers?: readonly { readonly url: string }[]
  readonly parameters?: readonly (Parameter | Reference)[]
  readonly [method: string]: unknown
}
/** The parts of an OpenAPI document that the checker reads. */
export interface Description {
  readonly openapi: string
  readonly servers?: readonly { readonly url: string }[]
  readonly security?: Operation['security']
  readonly paths: Readonly<Record<string, PathItem>>
  readonly webhooks?: Readonly<Record<string, PathItem>>
  readonly components?: {
    readonly schemas?: Readonly<Record<string, Schema>>
    readonly securitySchemes?: Readonly<Record<string, { readonly type: string; readonly scheme?: string }>>
    readonly [kind: string]: unknown
  }
}

export const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a local reference such as `#/components/schemas/Message` points at. */
export function pointed(document: Description, reference: string): unknown {
  if (!reference.startsWith('#/')) throw new Error(`The description refers outside of itself: ${reference}`)
  let at: unknown = document
  for (const part of reference.slice(2).split('/')) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    at = isObject(at) || Array.isArray(at) ? (at as Record<string, unknown>)[name] : undefined
  }
  if (at === undefined) throw new Error(`The description has nothing at ${reference}`)
  return at
}

/** The thing itself, where a reference to it may stand. */
export function direct<Thing extends object>(document: Description, thing: Thing | Reference): Thing {
  return '$ref' in thing && typeof thing.$ref === 'string'
    ? direct(document, pointed(document, thing.$ref) as Thing | Reference)
    : (thing as Thing)
}

/** The folder with the vendors' own descriptions, where the machine has one. */
export const folder = process.env.VENDOR_SPECS || undefined

/** One gzip JSON file of the folder that `VENDOR_SPECS` names. */
export function load<Content>(name: string): Content {
  if (folder === undefined) throw new Error('VENDOR_SPECS names no folder.')
  const file = join(folder, name)
  if (!existsSync(file)) throw new Error(`VENDOR_SPECS has no ${name}.`)
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Content
}

let warned = false

/** True where descriptions are there; otherwise says loudly that these checks did not run. */
export function available(): boolean {
  if (folder === undefined && !warned) console.warn('NOT RUN: vendor descriptions absent, set VENDOR_SPECS')
  warned = true
  return folder !== undefined
}
