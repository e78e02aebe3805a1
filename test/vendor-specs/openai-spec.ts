import { type GivenAnswer, type Judged, openApi, type SentRequest, type VendorSpec } from './checker.ts'
import { type Description, load } from './description.ts'
import { readParts } from './openai-multipart.ts'
import { openaiOverlay } from './openai-overlay.ts'
import { type Events, readEvents } from './server-events.ts'

interface Post {
  post: {
    requestBody: { content: Record<string, object> }
    responses: Record<string, { content: Record<string, object> }>
  }
}

function described(): Description {
  const document = load<Description>('openai/openapi.json.gz')
  const paths = document.paths as unknown as Record<string, Post>
  const speech = paths['/audio/speech']?.post.responses['200']?.content
  const transcription = paths['/audio/transcriptions']?.post.requestBody.content
  if (speech === undefined || transcription === undefined) throw new Error('The description has lost a path.')
  // Described as octets; the vendor names the format. What sound holds is nothing a schema could judge.
  speech['audio/*'] = {}
  // The form is read into JSON before it is judged.
  transcription['application/json'] = transcription['multipart/form-data'] as object
  return document
}

let plain: VendorSpec | undefined
let made: VendorSpec | undefined
/** Made once: the description is large. */
export const openaiSpec = (): VendorSpec => (made ??= streaming(openaiEvents()))
/** For a single event of a stream, which by itself is no stream. */
export const openaiEvents = (): VendorSpec => (plain ??= openApi('openai', [described()], openaiOverlay))

const endMark = '[DONE]'

function streaming(spec: VendorSpec): VendorSpec {
  return {
    ...spec,
    request(request) {
      if (!(request.headers.get('content-type') ?? '').startsWith('multipart/form-data')) return spec.request(request)
      return spec.request({ ...request, headers: asJson(request.headers), body: JSON.stringify(readParts(request)) })
    },
    answer(request, answer) {
      if (!(answer.headers.get('content-type') ?? '').startsWith('text/event-stream')) return spec.answer(request, answer)
      const events = readEvents(answer.body)
      return merged(judgeEvents(spec, request, answer, events), framing(spec, request, events))
    },
  }
}

/** The same, said to be JSON. */
export function asJson(headers: Headers): Headers {
  const changed = new Headers(headers)
  changed.set('content-type', 'application/json')
  return changed
}

/** Each event by itself. An error within a stream is judged as any other error. */
function judgeEvents(spec: VendorSpec, request: SentRequest, answer: GivenAnswer, { data }: Events): readonly Judged[] {
  return data
    .filter((body) => body !== endMark)
    .map((body) =>
      body.startsWith('{"error":') && answer.status === 200
        ? spec.answer(request, { status: 500, headers: asJson(answer.headers), body })
        : spec.answer(request, { ...answer, body }),
    )
}

/** A stream of chat ends with its mark, once, unless it broke. */
function framing({ vendor }: VendorSpec, request: SentRequest, { data, names, others }: Events): Judged {
  const operation = `${request.method} ${new URL(request.url).pathname}`
  const says: string[] = others.map((line) => `has the line "${line}"`)
  if (data.length === 0) says.push('has no event')
  const broke = data.some((body) => body.startsWith('{"error":'))
  const marks = data.filter((body) => body === endMark).length
  if (operation.endsWith('/chat/completions')) {
    if (broke ? marks > 0 : marks !== 1 || data.at(-1) !== endMark)
      says.push(`has the end mark ${marks} times, or not at its end`)
  }
  if (operation.endsWith('/responses')) says.push(...responseFraming(data, names))
  return {
    operation,
    findings: says.map((what) => ({ vendor, operation, side: 'answer', at: '/body', says: `the stream ${what}` })),
    unchecked: [],
  }
}

const last = /^(response\.(completed|incomplete|failed)|error)$/

/** A stream of Responses numbers its events, names each as its data does, and ends with one that says how it ended. */
function responseFraming(data: readonly string[], names: readonly string[]): readonly string[] {
  const told = data.map((body) => JSON.parse(body) as { readonly type?: unknown; readonly sequence_number?: unknown })
  return told.flatMap(({ type, sequence_number: number }, index) => [
    ...(names[index] === type ? [] : [`calls an event "${names[index]}" that is "${String(type)}"`]),
    ...(number === index ? [] : [`gives the event at ${index} the number ${String(number)}`]),
    ...(last.test(String(type)) === (index === told.length - 1) ? [] : [`has "${String(type)}" at ${index} of ${told.length}`]),
  ])
}

function merged(events: readonly Judged[], frame: Judged): Judged {
  const operation = events[0]?.operation ?? frame.operation
  return {
    operation,
    findings: [...events, frame].flatMap(({ findings }) => findings),
    unchecked: events.flatMap(({ unchecked }) => unchecked),
  }
}
