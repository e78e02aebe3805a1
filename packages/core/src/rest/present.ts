import type { RequestContext } from '../http/context.ts'
import { currentCall } from '../kernel/call-context.ts'
import { page } from './page.ts'

export type Links = Readonly<Record<string, string>>

/** URL of the object that answers, without a slash at its end: links are absolute, so that they can be clicked anywhere. */
export function baseOf({ url: { origin, pathname }, path }: RequestContext): string {
  const base = pathname.endsWith(path) ? pathname.slice(0, pathname.length - path.length) : pathname
  return origin + base.replace(/\/$/, '')
}

interface Presented {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** JSON for programs; for a browser, which says that it would rather have HTML, the same as a page with its links. */
export function present(context: RequestContext, body: object, { status = 200, headers = {} }: Presented = {}): Response {
  const { request } = context
  const common = { ...headers, vary: 'accept', 'cache-control': headers['cache-control'] ?? 'private, no-cache' }
  const text = JSON.stringify(body, null, 2)
  if (wantsPage(request)) {
    const csp = "default-src 'none'; style-src 'unsafe-inline'"
    const more = {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': csp,
      'x-content-type-options': 'nosniff',
    }
    return new Response(page(`${status} ${context.path}`, text), { status, headers: { ...common, ...more } })
  }
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  return new Response(text, { status, headers: { 'content-type': type, ...common } })
}

/** A browser's navigation names `text/html` first of all that it accepts. */
function wantsPage(request: Request): boolean {
  if (request.method !== 'GET') return false
  return /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(request.headers.get('accept') ?? '')
}

/** Would the client rather have no body? RFC 7240. */
export function wantsMinimal(request: Request): boolean {
  return /(^|[,;\s])return\s*=\s*"?minimal"?/i.test(request.headers.get('prefer') ?? '')
}

/** `Link` of RFC 8288. URLs are serialised by the platform, so no `>` is in them. */
export function linkHeader(links: Links): string {
  return Object.entries(links)
    .map(([relation, href]) => `<${href}>; rel="${relation}"`)
    .join(', ')
}

export function principal(): string | undefined {
  return currentCall()?.principal
}
