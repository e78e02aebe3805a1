import { type CallOptions, ProviderError } from '@do/provider'
import type { Message, SendInput } from './interface.ts'

export interface BulkResult {
  /** Position in the given list. */
  readonly index: number
  readonly to: string
  /** `unknown`: the vendor may have sent it; ask again with the same `idempotencyKey` to find out. */
  readonly outcome: 'sent' | 'failed' | 'unknown'
  readonly message?: Message
  readonly error?: ProviderError
}

export interface BulkProgress {
  readonly total: number
  readonly done: number
  readonly sent: number
  readonly failed: number
  readonly unknown: number
}

export interface BulkOptions extends CallOptions {
  /** How many are under way at once. Default 8. */
  readonly concurrency?: number
  /** Called after every message. */
  readonly onProgress?: (progress: BulkProgress) => void
}

interface Sender {
  send(input: SendInput, options?: CallOptions): Promise<Message>
}

/**
 * Sends many messages, never throwing for one of them. With an `idempotencyKey`, message i uses `<key>/<i>`, so a
 * repeated call sends only what was not sent. After an abort the rest is reported as failed, unsent (`cancelled`).
 */
export function sendBulk(provider: Sender) {
  return async (messages: readonly SendInput[], options: BulkOptions = {}): Promise<readonly BulkResult[]> => {
    const { concurrency = 8, onProgress, idempotencyKey, ...rest } = options
    const results: BulkResult[] = []
    const counts = { sent: 0, failed: 0, unknown: 0 }
    let next = 0
    const worker = async () => {
      while (next < messages.length) {
        const index = next++
        const input = messages[index] as SendInput
        const key = idempotencyKey === undefined ? {} : { idempotencyKey: `${idempotencyKey}/${index}` }
        const result = await sendOne(provider, index, input, { ...rest, ...key })
        results[index] = result
        counts[result.outcome] += 1
        onProgress?.({ total: messages.length, done: counts.sent + counts.failed + counts.unknown, ...counts })
      }
    }
    await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, messages.length)) }, worker))
    return results
  }
}

async function sendOne(provider: Sender, index: number, input: SendInput, options: CallOptions): Promise<BulkResult> {
  try {
    return { index, to: input.to, outcome: 'sent', message: await provider.send(input, options) }
  } catch (error) {
    if (!ProviderError.is(error)) throw error
    return { index, to: input.to, outcome: error.effect === 'unknown' ? 'unknown' : 'failed', error }
  }
}
