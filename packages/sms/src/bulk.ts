import { type CallOptions, ProviderError, refuse } from '@do/provider'
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
  /** Called after every message. What it throws is ignored: the messages go on. */
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
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw refuse('invalid_input', 'sms.sendBulk: "concurrency" must be a whole number of at least 1.', { field: 'concurrency' })
    }
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
        const done = counts.sent + counts.failed + counts.unknown
        report(onProgress, { total: messages.length, done, ...counts })
      }
    }
    await Promise.all(Array.from({ length: Math.min(concurrency, messages.length) }, worker))
    return results
  }
}

function report(listener: BulkOptions['onProgress'], progress: BulkProgress): void {
  try {
    listener?.(progress)
  } catch {
    // Some messages are on their way already; the caller must learn of all of them.
  }
}

async function sendOne(provider: Sender, index: number, input: SendInput, options: CallOptions): Promise<BulkResult> {
  const to = input?.to ?? ''
  try {
    return { index, to, outcome: 'sent', message: await provider.send(input, options) }
  } catch (cause) {
    const error = ProviderError.is(cause) ? cause : unexpected(cause)
    return { index, to, outcome: error.effect === 'none' ? 'failed' : 'unknown', error }
  }
}

/** A wrapper of somebody's own failed (a store that is down, say): whether the message went out is not known. */
function unexpected(cause: unknown): ProviderError {
  return new ProviderError({
    effect: 'unknown',
    fault: 'provider',
    code: 'wrapper_failed',
    message: 'Something around the provider failed. Repeat with the same idempotencyKey to find out what became of the message.',
    operation: 'sms.send',
    cause,
  })
}
