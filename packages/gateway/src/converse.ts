import type { Answer } from './answer.ts'
import { askChain } from './ask-chain.ts'
import { parseObject, readText } from './body.ts'
import { cacheKey, cacheWish } from './cache-key.ts'
import { cachedAnswer, recorder, replayed } from './cached.ts'
import { type Exchange, type Opened, opened, wishesOf } from './exchange.ts'
import { answerHeaders } from './headers.ts'
import type { Language } from './language.ts'
import { problemOf } from './problem.ts'
import { modelNotFound } from './refusal.ts'
import { restreamed } from './restreamed.ts'
import { streamBody } from './stream-body.ts'
import { inputTokens } from './tokens.ts'

/** Answers a conversation in the client's language. */
export async function converse(exchange: Exchange, language: Language): Promise<Response> {
  const { request, requestId, clock } = exchange
  const text = await readText(exchange)
  const body = parseObject(text)
  language.check(body)
  const streamed = body.stream === true
  const wishes = wishesOf(request.headers)
  const ask = {
    operation: 'generate' as const,
    model: body.model as string,
    streamed,
    inputTokens: inputTokens(body, text),
    units: {},
    headers: wishes,
    ...language.facts(body),
  }
  return opened(exchange, ask, async (open) => {
    const { session, chain, settle } = open
    if (chain.length === 0) throw modelNotFound(`No provider here has the model "${ask.model}".`)
    const wish = cacheWish(wishes['x-do-cache'], body.temperature === 0)
    const headers = language.relayHeaders(request.headers)
    const key =
      session.cache && wish !== 'off' ? await cacheKey(session.tenant, language.wire, chain, { body, headers }) : undefined
    const found = key === undefined || wish === 'refresh' ? undefined : await cachedAnswer(session, key, exchange)
    if (found !== undefined) {
      settle({ effect: 'none', microUsd: 0, provider: found.provider, model: found.model, finish: 'cached' })
      return replayed(found, { requestId, session, contentType: found.contentType })
    }
    const question = { language, body, streamed, facts: { requestId, now: clock.now() }, headers }
    const hold = streamed && (session.hold === true || wishes['x-do-stream'] === 'whole')
    const asking = { llm: session.llm, chain, signal: request.signal, clock, deadline: exchange.deadline, hold }
    const answer = restreamed(await askChain(question, asking), question)
    const attempts = answer.trail.filter(({ action }) => action === 'attempt').length
    const about = {
      requestId,
      session,
      contentType: answer.contentType,
      provider: answer.provider,
      model: answer.model,
      attempts,
      vendor: answer.headers,
      cache: key === undefined ? undefined : ('miss' as const),
    }
    const record = recorder(exchange, session, key, answer)
    if (!streamed) return whole(answer, open, record, (microUsd) => answerHeaders({ ...about, microUsd }))
    return new Response(streamOf(exchange, answer, open, record), { headers: answerHeaders(about) })
  })
}

type Recorder = ReturnType<typeof recorder>

async function whole(
  answer: Answer,
  { settle }: Opened,
  record: Recorder,
  headers: (microUsd?: number) => Record<string, string>,
): Promise<Response> {
  const chunks: Uint8Array[] = []
  for (let chunk = await answer.next(); chunk !== undefined; chunk = await answer.next()) {
    record.add(chunk)
    chunks.push(chunk)
  }
  settle(record.outcome())
  record.keep()
  const body = chunks.length === 1 ? (chunks[0] as Uint8Array<ArrayBuffer>) : new Blob(chunks as Uint8Array<ArrayBuffer>[])
  return new Response(body, { headers: headers(answer.end?.cost?.microUsd) })
}

function streamOf(exchange: Exchange, answer: Answer, { settle }: Opened, record: Recorder): ReadableStream<Uint8Array> {
  const { request, clock, keepAliveMs, shape, requestId } = exchange
  return streamBody(answer, {
    clock,
    keepAliveMs,
    errorEvent: (error) => shape.event(problemOf(error), requestId),
    seen: record.add,
    over: (error) => {
      if (error === undefined) {
        settle(record.outcome())
        record.keep()
      } else
        settle({ ...record.outcome(), effect: 'unknown', finish: request.signal.aborted ? 'cancelled' : problemOf(error).code })
    },
    left: () => settle({ ...record.outcome(), effect: 'unknown', finish: 'cancelled' }),
  })
}
