import { bodyOf as chunksOf, type RelayEvent, type RelayInput } from '@do/llm'
import type { DriverContext } from '@do/provider'
import type { Context } from './driver.ts'
import { bodyOf } from './events.ts'
import { relayed, relayedWhole } from './relay-scan.ts'
import { modelOf } from './request.ts'

/** The only headers of a client that go on to the vendor. */
const passedOn: ReadonlySet<string> = new Set(['anthropic-beta', 'anthropic-version'])

/** Passes a request on as it is but for the model's name, and the answer byte by byte. */
export async function relay(
  context: Context,
  input: RelayInput,
  { signal, clock }: DriverContext,
): Promise<AsyncIterable<RelayEvent>> {
  const model = modelOf(input)
  const streams = input.body.stream === true
  const headers = Object.entries(input.headers ?? {}).filter(([name]) => passedOn.has(name.toLowerCase()))
  const client = await context.client()
  const response = await client
    .post('/v1/messages', {
      body: { ...input.body, model },
      headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
      stream: streams,
    })
    .asResponse()
  const start: RelayEvent = {
    type: 'start',
    provider: context.provider,
    model,
    contentType: response.headers.get('content-type') ?? '',
    headers: shown(response.headers),
  }
  const body = bodyOf(response, streams ? 'event-stream' : 'json')
  return started(
    start,
    streams ? relayed(chunksOf(response, signal, clock, { mayGather: true }), context.cost) : relayedWhole(body, context.cost),
  )
}

async function* started(start: RelayEvent, rest: AsyncIterable<RelayEvent>): AsyncGenerator<RelayEvent> {
  yield start
  yield* rest
}

/** https://platform.claude.com/docs/en/api/rate-limits#response-headers */
function shown(headers: Headers): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of headers) {
    if (name === 'request-id' || name === 'retry-after' || name.startsWith('anthropic-ratelimit-')) result[name] = value
  }
  return result
}
