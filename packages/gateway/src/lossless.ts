import { given, type Json } from './body.ts'
import { invalid } from './refusal.ts'

/** What cannot be said in our words: it is asked only of providers that speak the client's language. */
export const untranslatable = (param: string, why = 'is known only to providers that speak this language themselves') =>
  invalid(param, `"${param}" ${why}, and this model has none. Leave it out, or ask another model.`, 'unsupported_parameter')

/** The values of a field that say nothing, so that leaving it out loses nothing. */
export type Neutral = (value: unknown) => boolean

/** @throws GatewayRefusal that names the first field which would be lost. */
export function nothingLost(body: Json, kept: ReadonlySet<string>, neutral: Readonly<Record<string, Neutral>>, path = ''): void {
  for (const name of Object.keys(body)) {
    if (kept.has(name) || !given(body[name])) continue
    if (Object.hasOwn(neutral, name) && neutral[name]?.(body[name])) continue
    throw untranslatable(path === '' ? name : `${path}.${name}`)
  }
}

/** Bytes of base64 text. @throws GatewayRefusal for what is none. */
export function bytesOf(base64: string, path: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch {
    throw invalid(path, `"${path}" is not base64.`)
  }
}

const dataUrl = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,/

/** A `data:` URL taken apart; undefined for every other text. */
export function dataOf(
  url: string,
  path: string,
): { readonly data: Uint8Array<ArrayBuffer>; readonly mediaType: string } | undefined {
  if (!url.startsWith('data:')) return undefined
  const [head = '', mediaType] = dataUrl.exec(url) ?? []
  if (mediaType === undefined) throw invalid(path, `"${path}" must be a data URL with a media type and base64.`)
  return { data: bytesOf(url.slice(head.length), path), mediaType }
}

/** An http(s) URL. @throws GatewayRefusal */
export function urlOf(url: string, path: string): string {
  const protocol = URL.parse(url)?.protocol
  if (protocol !== 'https:' && protocol !== 'http:') throw invalid(path, `"${path}" must be an http(s) or data URL.`)
  return url
}
