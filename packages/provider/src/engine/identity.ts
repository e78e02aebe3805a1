import { createHash, randomBytes } from 'node:crypto'
import type { Intent } from '../intent.ts'
import type { Call } from './call.ts'

export interface IntentIdentity {
  readonly key: string
  readonly reference: string
  /** Empty when the key is our own: it is worked out of the stored input should somebody repeat it. */
  readonly fingerprint: string
}

/** Key, reference and fingerprint of an intent. The reference is derived from the key, so that a second process finds it again. */
export function identify(call: Call, scope: string): IntentIdentity {
  const given = call.options.idempotencyKey
  if (given === undefined) {
    const random = randomDigits()
    return { key: `${call.name}/auto/${random}`, reference: `do-${random}`, fingerprint: '' }
  }
  const digest = sha256(`${scope}\n${call.name}\n${given}`)
  return { key: `${call.name}/${given}`, reference: `do-${digest.slice(0, 32)}`, fingerprint: fingerprintOf(call.input, scope) }
}

const digits = 32
let pool = ''
let used = 0

/** 128 random bits in hex, drawn many at a time. */
function randomDigits(): string {
  if (used === pool.length) {
    pool = randomBytes(64 * (digits / 2)).toString('hex')
    used = 0
  }
  used += digits
  return pool.slice(used - digits, used)
}

/** The key as a caller gives it: what `OutcomeUnknownError.key` says, and may be given again. */
export function givenKey(call: Call, key: string): string {
  return key.slice(call.name.length + 1)
}

/** Is this what the stored intent was for? A store that tenants share by mistake does not answer one with the other's thing. */
export function isSame(intent: Intent, { fingerprint }: IntentIdentity, scope: string): boolean {
  return (intent.fingerprint || fingerprintOf(intent.input, scope)) === fingerprint
}

function fingerprintOf(input: unknown, scope: string): string {
  return sha256(scope === '' ? canonical(input) : `${scope}\n${canonical(input)}`)
}

/** Synchronous on purpose: WebCrypto's digest costs a trip through a thread pool, ten times the hash itself. */
function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** JSON with sorted keys: equal inputs give equal texts. */
export function canonical(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
  return text ?? ''
}
