import type { Clock } from './clock.ts'
import { ProviderError } from './errors.ts'

type WebhookProblem = 'webhook_signature' | 'webhook_expired' | 'webhook_unrecognised' | 'webhook_malformed'

const problems: Readonly<Record<WebhookProblem, string>> = {
  webhook_signature: "The webhook's signature is missing or wrong. Check the secret and the public URL, and answer 403.",
  webhook_expired: "The webhook's time stamp is missing, unreadable or too far from now. Answer 403; check this machine's clock.",
  webhook_unrecognised: 'This request is no webhook of any configured provider. Check the URL that the vendor calls.',
  webhook_malformed: "The webhook is signed correctly but cannot be read. Report it with the vendor's event id.",
}

/** Of a vendor that sends none: whatever comes is somebody else's. */
export const noWebhooks = {
  recognises: () => false,
  receive: () => Promise.reject(webhookError('webhook_unrecognised')),
}

export function webhookError(code: WebhookProblem, provider?: string): ProviderError {
  return new ProviderError({
    effect: 'none',
    fault: code === 'webhook_malformed' ? 'provider' : 'caller',
    code,
    message: problems[code],
    ...(provider === undefined ? {} : { provider }),
  })
}

/** @throws ProviderError `webhook_expired` unless the time is within `toleranceSeconds` of now, either way. */
export function checkTimestamp(epochSeconds: string | null | undefined, clock: Clock, toleranceSeconds = 300): void {
  // Number('') is 0 and Number('x') is NaN, which passes every comparison the wrong way round.
  const seconds = epochSeconds && /^\d+$/.test(epochSeconds) ? Number(epochSeconds) : Number.NaN
  if (!(Math.abs(clock.now() / 1000 - seconds) <= toleranceSeconds)) throw webhookError('webhook_expired')
}

const encoder = new TextEncoder()

export async function hmac(
  hash: 'SHA-1' | 'SHA-256',
  secret: string | Uint8Array<ArrayBuffer>,
  data: string | Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey(
    'raw',
    typeof secret === 'string' ? encoder.encode(secret) : secret,
    { name: 'HMAC', hash },
    false,
    ['sign'],
  )
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, typeof data === 'string' ? encoder.encode(data) : data))
}

/** Ed25519 over raw bytes; `publicKey` and `signature` in base64. False for anything malformed. */
export async function verifyEd25519(publicKey: string, signature: string, data: Uint8Array<ArrayBuffer>): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', fromBase64(publicKey), { name: 'Ed25519' }, false, ['verify'])
    return await crypto.subtle.verify({ name: 'Ed25519' }, key, fromBase64(signature), data)
  } catch {
    return false
  }
}

/** Compares without telling by its time where two texts differ. */
export function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}

export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(text)
}

/** @throws DOMException on text that is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** SHA-256 of a text, in hex. */
export async function sha256(text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))))
}
