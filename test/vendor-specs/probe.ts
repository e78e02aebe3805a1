import type { Judged, SentRequest, VendorSpec } from './checker.ts'

/** Asks a vendor's description about one request or answer; each finding is `<where> <what is wrong>`. */
export interface Judge {
  request(method: string, path: string, body?: unknown): readonly string[]
  form(method: string, path: string, body: string): readonly string[]
  answer(method: string, path: string, status: number, body: unknown): readonly string[]
  webhook(body: unknown, headers: Readonly<Record<string, string>>): readonly string[]
}

/** @param base What every path stands below: `https://api.vendor.com/v2`. */
export function judge(spec: VendorSpec, base: string, headers: Readonly<Record<string, string>>): Judge {
  const said = ({ findings }: Judged) => findings.map(({ at, says }) => `${at} ${says}`)
  const sent = (method: string, path: string, body = '', type = 'application/json'): SentRequest => ({
    method,
    url: `${base}${path}`,
    headers: new Headers({ ...headers, ...(body === '' ? {} : { 'content-type': type }) }),
    body,
  })
  const text = (body: unknown) => (body === undefined ? '' : JSON.stringify(body))
  return {
    request: (method, path, body) => said(spec.request(sent(method, path, text(body)))),
    form: (method, path, body) => said(spec.request(sent(method, path, body, 'application/x-www-form-urlencoded'))),
    answer: (method, path, status, body) =>
      said(
        spec.answer(sent(method, path), {
          status,
          headers: new Headers({ 'content-type': 'application/json' }),
          body: text(body),
        }),
      ),
    webhook: (body, more) =>
      said(
        spec.webhook({
          method: 'POST',
          url: 'https://hooks.example.com/',
          headers: new Headers({ ...more, 'content-type': 'application/json' }),
          body: text(body),
        }),
      ),
  }
}
