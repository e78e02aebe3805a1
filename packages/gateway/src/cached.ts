import type { Answer } from './answer.ts'
import type { CachedAnswer } from './cache.ts'
import type { Exchange } from './exchange.ts'
import { type AnswerHeaders, answerHeaders } from './headers.ts'
import type { Outcome, Session } from './host.ts'
import { inBackground } from './settlement.ts'

/** Larger answers are not kept. */
const mostBytes = 1024 * 1024

/** A failing cache is none. */
export async function cachedAnswer(
  { cache }: Session,
  key: string,
  { requestId, log }: Pick<Exchange, 'requestId' | 'log'>,
): Promise<CachedAnswer | undefined> {
  try {
    return await cache?.get(key)
  } catch (error) {
    log({ event: 'cache_failed', requestId, error })
    return undefined
  }
}

/** As it was sent the first time, chunk by chunk. */
export function replayed({ chunks, provider, model }: CachedAnswer, about: AnswerHeaders): Response {
  const headers = answerHeaders({ ...about, provider, model, attempts: 0, cache: 'hit', microUsd: 0 })
  let next = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks[next++]
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk.slice())
    },
  })
  return new Response(body, { headers })
}

/** Follows an answer: what it came to, and its bytes where they shall be kept. */
export function recorder(exchange: Exchange, session: Session, key: string | undefined, answer: Answer) {
  const { requestId, log, waitUntil } = exchange
  const kept: Uint8Array[] = []
  let bytes = 0
  return {
    add(chunk: Uint8Array): void {
      bytes += chunk.length
      if (key === undefined) return
      if (bytes <= mostBytes) kept.push(chunk)
      else kept.length = 0
    },
    outcome: (): Outcome => ({
      effect: 'done',
      microUsd: answer.end?.cost?.microUsd,
      usage: answer.end?.usage,
      provider: answer.provider,
      model: answer.model,
      finish: answer.end?.finish ?? 'other',
      bytes,
      trail: answer.trail,
    }),
    /** Only whole answers that the model meant are worth keeping. */
    keep(): void {
      const { finish } = answer.end ?? {}
      if (key === undefined || kept.length === 0 || (finish !== 'stop' && finish !== 'tool_calls')) return
      const { contentType, provider, model } = answer
      const failed = (error: unknown) => log({ event: 'cache_failed', requestId, error })
      try {
        const done = session.cache?.put(key, { contentType, provider, model, chunks: kept.map((chunk) => chunk.slice()) })
        if (done instanceof Promise) inBackground(done.catch(failed), waitUntil)
      } catch (error) {
        failed(error)
      }
    },
  }
}
