import { createHash } from 'node:crypto'
import type { Call } from './call.ts'

export interface IntentIdentity {
  readonly key: string
  readonly reference: string
  /** Empty when the key is our own: nobody can use it twice. */
  readonly fingerprint: string
}

/** Key, reference and fingerprint of an intent. The reference is derived from the key, so that a second process finds it again. */
export function identify(call: Call, scope: string): IntentIdentity {
  const given = call.options.idempotencyKey
  if (given === undefined) {
    const random = crypto.randomUUID().replaceAll('-', '')
    return { key: `${call.name}/auto/${random}`, reference: `do-${random}`, fingerprint: '' }
  }
  const digest = sha256(`${scope}\n${call.name}\n${given}`)
  const fingerprint = sha256(canonical(call.input))
  return { key: `${call.name}/${given}`, reference: `do-${digest.slice(0, 32)}`, fingerprint }
}

/** Synchronous on purpose: WebCrypto's digest costs a trip through a thread pool, ten times the hash itself. */
function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** JSON with sorted keys: equal inputs give equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
