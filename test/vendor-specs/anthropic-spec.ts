import { anthropicOverlay } from './anthropic-overlay.ts'
import { type Judged, openApi, type SentRequest, type VendorSpec } from './checker.ts'
import { type Description, load } from './description.ts'
import { type Events, readEvents } from './server-events.ts'

interface Post {
  post: { responses: Record<string, { content: Record<string, object> }> }
}

function described(): Description {
  const document = load<Description>('anthropic/openapi.json.gz')
  const messages = (document.paths as unknown as Record<string, Post>)['/v1/messages']?.post.responses['200']?.content
  if (messages === undefined) throw new Error('The description has lost its messages.')
  // The events are described, and nowhere said to be an answer.
  messages['text/event-stream'] = { schema: { $ref: '#/components/schemas/MessageStreamEvent' } }
  return document
}

let made: VendorSpec | undefined
/** Made once: the description is large. */
export const anthropicSpec = (): VendorSpec => (made ??= streaming(openApi('anthropic', [described()], anthropicOverlay)))

function streaming(spec: VendorSpec): VendorSpec {
  return {
    ...spec,
    answer(request, answer) {
      if (!(answer.headers.get('content-type') ?? '').startsWith('text/event-stream')) return spec.answer(request, answer)
      const events = readEvents(answer.body)
      // An error within a stream is judged as any other error.
      const judged = events.data.map((body, index) =>
        events.names[index] === 'error' && answer.status === 200
          ? spec.answer(request, { status: 400, headers: new Headers({ 'content-type': 'application/json' }), body })
          : spec.answer(request, { ...answer, body }),
      )
      const frame = framing(spec, request, events)
      return {
        operation: judged[0]?.operation ?? frame.operation,
        findings: [...judged, frame].flatMap(({ findings }) => findings),
        unchecked: judged.flatMap(({ unchecked }) => unchecked),
      }
    },
  }
}

/** Every event has its name twice; a whole stream begins and ends with its own, and each block is opened once and closed once. */
function framing({ vendor }: VendorSpec, request: SentRequest, { data, names, others }: Events): Judged {
  const operation = `${request.method} ${new URL(request.url).pathname}`
  const says: string[] = others.map((line) => `has the line "${line}"`)
  const types = data.map((body) => typeIn(body))
  const named = types.findIndex((type, index) => type !== names[index])
  if (named >= 0) says.push(`calls "${types[named]}" the event "${names[named]}"`)
  const said = types.filter((type) => type !== 'ping')
  if (said[0] !== 'message_start' && said[0] !== 'error') says.push(`begins with "${said[0]}"`)
  if (said.at(-1) !== 'message_stop' && said.at(-1) !== 'error') says.push(`ends with "${said.at(-1)}"`)
  const count = (type: string) => said.filter((one) => one === type).length
  if (count('message_start') > 1 || count('message_stop') > 1) says.push('begins or ends twice')
  if (said.at(-1) === 'message_stop' && count('content_block_start') !== count('content_block_stop'))
    says.push('leaves a block open')
  return {
    operation,
    findings: says.map((what) => ({ vendor, operation, side: 'answer', at: '/body', says: `the stream ${what}` })),
    unchecked: [],
  }
}

function typeIn(body: string): string {
  try {
    return String((JSON.parse(body) as { type?: unknown }).type)
  } catch {
    return 'no JSON'
  }
}
