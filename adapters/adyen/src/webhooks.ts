import { hmac, refuse, sameText, toBase64, type WebhookRequest, webhookError } from '@do/provider'
import type { AdyenOptions } from './client.ts'

/** An item of a standard webhook. All but eight of its members are unsigned. */
export interface Item {
  readonly eventCode: string
  readonly pspReference: string
  readonly originalReference?: string | null
  readonly merchantAccountCode: string
  readonly merchantReference?: string | null
  readonly amount?: { readonly currency: string; readonly value: number } | null
  readonly success: string | boolean
  readonly reason?: string | null
  readonly eventDate?: string
  readonly paymentMethod?: string
  readonly additionalData?: { readonly [name: string]: unknown } | null
}

/** A webhook of the balance platform. */
export interface PlatformEvent {
  readonly type: string
  readonly timestamp?: string
  readonly data: { readonly [name: string]: unknown }
}

export type Received = { readonly items: readonly Item[] } | { readonly event: PlatformEvent }

/**
 * A standard webhook proves itself in its body alone, so it is taken for Adyen's when no other vendor's signature is there.
 * https://docs.adyen.com/development-resources/webhooks
 */
export const recognises = (headers: Headers) =>
  headers.has('hmacsignature') ||
  ((headers.get('content-type') ?? '').includes('json') && ![...headers.keys()].some((name) => /signature|hmac|-sig$/.test(name)))

export const keysOf = ({ hmacKey = [] }: AdyenOptions): readonly string[] => (typeof hmacKey === 'string' ? [hmacKey] : hmacKey)

/** @throws ProviderError `invalid_option` */
export function checkKeys(options: AdyenOptions): void {
  if (keysOf(options).every((key) => /^([0-9a-f]{2})+$/i.test(key))) return
  throw refuse('invalid_option', '`hmacKey` must be the key(s) of the webhooks in hex, as the Customer Area shows them.', {
    field: 'hmacKey',
  })
}

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

async function signedBy(keys: readonly string[], data: string | Uint8Array<ArrayBuffer>, signature: string): Promise<boolean> {
  let signed = false
  for (const key of keys) signed = sameText(toBase64(await hmac('SHA-256', bytesOf(key), data)), signature) || signed
  return signed
}

/**
 * What of an item is signed. Adyen's pages say that ":" and "\\" within a field are escaped, its servers do not do so, and its libraries
 * had to follow: https://github.com/Adyen/adyen-python-api-library/issues/117. Both prove the same key.
 */
function signedParts(item: Item): readonly string[] {
  const { pspReference, originalReference, merchantAccountCode, merchantReference, amount, eventCode, success } = item
  const fields = [
    pspReference,
    originalReference,
    merchantAccountCode,
    merchantReference,
    amount?.value,
    amount?.currency,
    eventCode,
    success,
  ]
  const texts = fields.map((field) => String(field ?? ''))
  const [plain, escaped] = [texts.join(':'), texts.map((text) => text.replace(/[\\:]/g, '\\$&')).join(':')]
  return plain === escaped ? [plain] : [plain, escaped]
}

async function genuine(item: Item, keys: readonly string[]): Promise<boolean> {
  const signature = item.additionalData?.hmacSignature
  if (typeof signature !== 'string') return false
  for (const part of signedParts(item)) if (await signedBy(keys, part, signature)) return true
  return false
}

/**
 * Verified on the raw bytes. There is no time in either signature, so an old webhook cannot be told from a late one.
 * @throws ProviderError `webhook_signature`
 */
export async function verified(request: WebhookRequest, options: AdyenOptions): Promise<Received> {
  const keys = keysOf(options)
  if (keys.length === 0 || !known(request.headers, options)) throw webhookError('webhook_signature')
  const header = request.headers.get('hmacsignature')
  if (header !== null && !(await signedBy(keys, request.body, header))) throw webhookError('webhook_signature')
  const body = bodyOf(request.text)
  if (header !== null && typeof body?.type === 'string' && typeof body.data === 'object')
    return { event: body as unknown as PlatformEvent }
  const items = itemsOf(body)
  if (items.length === 0) throw webhookError(header === null ? 'webhook_signature' : 'webhook_malformed')
  for (const item of items) {
    if (!(await genuine(item, keys))) throw webhookError('webhook_signature')
  }
  // All of another shop, signed with a key of the company: whoever has that shop takes it.
  if (!items.some(({ merchantAccountCode }) => merchantAccountCode === options.merchantAccount))
    throw webhookError('webhook_signature')
  return { items }
}

function known(headers: Headers, { webhookBasic }: AdyenOptions): boolean {
  if (webhookBasic === undefined) return true
  const expected = `Basic ${toBase64(new TextEncoder().encode(`${webhookBasic.username}:${webhookBasic.password}`))}`
  return sameText(headers.get('authorization') ?? '', expected)
}

function bodyOf(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

function itemsOf(body: Record<string, unknown> | undefined): readonly Item[] {
  const wrapped = body?.notificationItems
  if (!Array.isArray(wrapped)) return []
  const items = wrapped.map((one: { NotificationRequestItem?: Item } | null) => one?.NotificationRequestItem)
  return items.every((item): item is Item => typeof item?.eventCode === 'string' && typeof item.pspReference === 'string')
    ? items
    : []
}
