import { bodyOf, type RelayEvent, type RelayInput, wholeEvents } from '@do/llm'
import type { Clock, DriverContext } from '@do/provider'
import { isJson, objectOf } from './body.ts'
import type { Connection } from './client.ts'
import type { Dialect } from './options.ts'
import { finishSeen, nothingSeen, read, type Seen, scan } from './relay-scan.ts'
import { counted, usageOf } from './usage.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Passes requests on as they are but for the model, and the bytes of the answer as they come. */
export const relayOperations = ({ post }: Connection, dialect: Dialect) => ({
  relay: async (
    { model: asked, body, headers }: RelayInput,
    { signal, clock }: DriverContext,
  ): Promise<AsyncIterable<RelayEvent>> => {
    const model = asked as string
    const asksUsage = body.stream === true && dialect.streamUsage && lacksUsage(body.stream_options)
    const wish = asksUsage ? { stream_options: { ...(body.stream_options as object | null), include_usage: true } } : {}
    const response = await post('/chat/completions', JSON.stringify({ ...body, model, ...wish }), headers)
    const start: RelayEvent = {
      type: 'start',
      provider: dialect.provider,
      model,
      contentType: response.headers.get('content-type') ?? 'application/json',
      headers: headersOf(response.headers),
    }
    const finish = (seen: Seen): RelayEvent => ({
      type: 'finish',
      finish: finishSeen(seen),
      ...counted(dialect, [seen.model ?? model, model], usageOf(seen.usage)),
    })
    const choices = typeof body.n === 'number' ? body.n : 1
    return isJson(response)
      ? whole(response, start, finish)
      : events(response, start, finish, { choices, hidesUsage: asksUsage, signal, clock })
  },
})

/** Options that are none at all are the vendor's to refuse. */
const lacksUsage = (options: unknown) =>
  options === undefined ||
  (typeof options === 'object' && (options as { include_usage?: unknown } | null)?.include_usage !== true)

const passed = /^(x-ratelimit-.*|x-request-id|openai-processing-ms|openai-version|retry-after(-ms)?)$/

function headersOf(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = {}
  headers.forEach((value, name) => {
    if (passed.test(name)) kept[name] = value
  })
  return kept
}

async function* whole(response: Response, start: RelayEvent, finish: (seen: Seen) => RelayEvent): AsyncGenerator<RelayEvent> {
  const data = new Uint8Array(await response.arrayBuffer())
  const seen = nothingSeen()
  const answer = objectOf(JSON.parse(new TextDecoder().decode(data)))
  if (!Array.isArray(answer.choices) || answer.choices.length === 0) throw new Error('The answer holds no choice.')
  read(answer, seen)
  yield start
  yield { type: 'bytes', data, output: true }
  yield finish(seen)
}

interface Rules {
  /** How many answers were asked for. */
  readonly choices: number
  /** The client did not ask for usage, so it does not see the event that holds it. */
  readonly hidesUsage: boolean
  readonly signal: AbortSignal
  readonly clock: Clock
}

async function* events(
  response: Response,
  start: RelayEvent,
  finish: (seen: Seen) => RelayEvent,
  { choices, hidesUsage, signal, clock }: Rules,
): AsyncGenerator<RelayEvent> {
  yield start
  const seen = nothingSeen()
  const body = bodyOf(response, signal, clock, { mayGather: true })
  for await (const chunk of wholeEvents(body)) {
    const data = scan(chunk, seen, hidesUsage)
    if (data !== undefined) yield { type: 'bytes', data: data as Bytes, output: seen.output }
    if (!seen.done) {
      // The first output goes out at once.
      if (seen.output) body.gather()
      continue
    }
    body.settle()
    break
  }
  // Without the vendor's word why it ended, or with one answer of several missing, it is not whole: the kernel says so.
  if (seen.finished.size >= (seen.done ? 1 : choices)) yield finish(seen)
}
