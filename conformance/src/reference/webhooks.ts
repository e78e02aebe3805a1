import { checkTimestamp, type DriverContext, hmac, sameText, toHex, type WebhookRequest, webhookError } from '@do/provider'

/** How far a webhook's time may be from ours, in seconds. */
export const toleranceSeconds = 300

export interface MemoryEvent {
  readonly id: string
  readonly type: string
  readonly created_at: string
  readonly data: Readonly<Record<string, unknown>>
}

export const recognises = (headers: Headers) => headers.has('memory-signature')

/** Verifies on the raw bytes: HMAC-SHA256 over "<time>.<body>", any of the secrets. */
export async function verified(
  request: WebhookRequest,
  secrets: readonly string[],
  { clock }: Pick<DriverContext, 'clock'>,
): Promise<MemoryEvent> {
  const time = request.headers.get('memory-time')
  const signature = request.headers.get('memory-signature') ?? ''
  const expected = await Promise.all(
    secrets.map(async (secret) => toHex(await hmac('SHA-256', secret, `${time}.${request.text}`))),
  )
  if (!expected.some((candidate) => sameText(candidate, signature))) throw webhookError('webhook_signature')
  checkTimestamp(time, clock, toleranceSeconds)
  return JSON.parse(request.text)
}
