import { sha256, toBase64 } from '../webhook.ts'
import type { Call } from './call.ts'

export interface IntentIdentity {
  readonly key: string
  readonly reference: string
  /** Empty when the key is our own: nobody can use it twice. */
  readonly fingerprint: string
}

/** Key, reference and fingerprint of an intent. The reference is derived from the key, so that a second process finds it again. */
export async function identify(call: Call, scope: string): Promise<IntentIdentity> {
  const given = call.options.idempotencyKey
  if (given === undefined) {
    const random = short(crypto.getRandomValues(new Uint8Array(16)))
    return { key: `${call.name}/auto/${random}`, reference: `do-${random}`, fingerprint: '' }
  }
  const [digest, fingerprint] = await Promise.all([sha256(`${scope}\n${call.name}\n${given}`), sha256(canonical(call.input))])
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digest.slice(2 * i, 2 * i + 2), 16))
  return { key: `${call.name}/${given}`, reference: `do-${short(bytes)}`, fingerprint }
}

function short(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** JSON with sorted keys: equal inputs give equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
