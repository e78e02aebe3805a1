import { problem } from '../http/problem.ts'
import type { AnyDocument } from './types.ts'

/** Strong validator of a document: a new one under an old id has another, though its versions begin anew. */
export function etagOf({ $version, $createdAt }: AnyDocument): string {
  return `"${$version}-${Date.parse($createdAt).toString(36)}"`
}

/** Validator of the object's own record; it counts one with each of its mutations. */
export function etagOfRecord({
  $version,
  $createdAt,
}: {
  readonly $version: number
  readonly $createdAt: string | null
}): string {
  return `"${$version}-${Date.parse($createdAt ?? '1970-01-01').toString(36)}"`
}

/** Does the client have what would be sent? RFC 9110 §13.1.2, weak comparison. */
export function isFresh(request: Request, etag: string): boolean {
  const given = request.headers.get('if-none-match')
  return given !== null && (given.trim() === '*' || tagsOf(given).some((tag) => tag.replace(/^W\//, '') === etag))
}

/**
 * May this write happen to what is there now? RFC 9110 §13: `If-Match` by strong comparison, `If-None-Match: *` for "only if
 * there is none". @throws Problem 412 `precondition_failed`, 428 `precondition_required`
 */
export function checkConditions(request: Request, now: AnyDocument | undefined, required: boolean): void {
  const match = request.headers.get('if-match')
  const noneMatch = request.headers.get('if-none-match')
  const etag = now === undefined ? undefined : etagOf(now)
  if (match !== null) {
    const holds = etag !== undefined && (match.trim() === '*' || tagsOf(match).includes(etag))
    if (!holds) {
      const is = etag === undefined ? 'It is not there any more' : 'It has been changed since'
      throw problem(412, 'precondition_failed', `${is}. Read it again and repeat the change.`, etagHeader(etag))
    }
  } else if (required && now !== undefined) {
    const detail = 'Send "If-Match" with the ETag of what you have read, so that no change of another is lost.'
    throw problem(428, 'precondition_required', detail, etagHeader(etag))
  }
  if (noneMatch !== null && etag !== undefined && isFresh(request, etag)) {
    throw problem(412, 'precondition_failed', 'It is there already. Change it, or use another id.', etagHeader(etag))
  }
}

function tagsOf(header: string): readonly string[] {
  return header.match(/(W\/)?"[^"]*"/g) ?? []
}

function etagHeader(etag: string | undefined) {
  return etag === undefined ? {} : { headers: { etag } }
}
