import type { Cost, Llm, Usage } from '@do/llm'
import type { CallOptions, Trail } from '@do/provider'
import { cacheKey, cacheWish } from './cache-key.ts'
import { cachedAnswer, recorder, replayed } from './cached.ts'
import { type Exchange, opened } from './exchange.ts'
import { answerHeaders } from './headers.ts'
import type { Ask } from './host.ts'
import { modelNotFound } from './refusal.ts'

/** What every answer that is no stream says of itself. */
interface Counted {
  readonly provider: string
  readonly model: string
  readonly usage?: Usage | undefined
  readonly cost?: Cost | undefined
}

interface Work<Result extends Counted> {
  readonly ask: Ask
  readonly run: (llm: Llm, model: string[], options: CallOptions) => Promise<Result>
  readonly render: (result: Result) => { readonly contentType: string; readonly bytes: Uint8Array }
  /** What the answer depends on, where the same question always has the same answer. */
  readonly cacheable?: object
}

/** One answer at once: vectors, pictures, sound, a transcript. */
export function compute<Result extends Counted>(
  exchange: Exchange,
  { ask, run, render, cacheable }: Work<Result>,
): Promise<Response> {
  const { requestId, request, deadline } = exchange
  return opened(exchange, ask, async ({ session, chain, settle }) => {
    if (chain.length === 0) throw modelNotFound(`No provider here has the model "${ask.model}".`)
    const wish = cacheWish(ask.headers['x-do-cache'], cacheable !== undefined)
    const uses = session.cache !== undefined && cacheable !== undefined && wish !== 'off'
    const key = uses ? await cacheKey(session.tenant, ask.operation, chain, { cacheable }) : undefined
    const found = key === undefined || wish === 'refresh' ? undefined : await cachedAnswer(session, key, exchange)
    if (found !== undefined) {
      settle({ effect: 'none', microUsd: 0, provider: found.provider, model: found.model, finish: 'cached' })
      return replayed(found, { requestId, session, contentType: found.contentType })
    }
    let trail: Trail = []
    const options = { signal: request.signal, deadline, onTrail: (record: Trail) => (trail = record) }
    const result = await run(session.llm, [...chain], options)
    const { provider, model, usage, cost } = result
    const paid = { microUsd: cost?.microUsd, usage, provider, model, trail }
    const { contentType, bytes } = written(
      () => render(result),
      () => settle({ effect: 'done', finish: 'other', ...paid }),
    )
    const end = { finish: 'stop' as const, usage, cost }
    const none = async () => undefined
    const record = recorder(exchange, session, key, {
      provider,
      model,
      contentType,
      headers: {},
      trail,
      end,
      next: none,
      stop: () => {},
    })
    record.add(bytes)
    settle(record.outcome())
    record.keep()
    const attempts = trail.filter(({ action }) => action === 'attempt').length
    const cache = key === undefined ? undefined : ('miss' as const)
    const headers = answerHeaders({ requestId, session, contentType, provider, model, attempts, cache, microUsd: cost?.microUsd })
    return new Response(bytes as Uint8Array<ArrayBuffer>, { headers })
  })
}

/** What cannot be written in the client's format was computed all the same: it is paid for. */
function written<Bytes>(render: () => Bytes, settle: () => void): Bytes {
  try {
    return render()
  } catch (error) {
    settle()
    throw error
  }
}

const encoder = new TextEncoder()

export const json = (value: unknown) => ({ contentType: 'application/json', bytes: encoder.encode(JSON.stringify(value)) })
