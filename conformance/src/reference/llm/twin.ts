import { http, type RequestHandler } from 'msw'
import type { TwinAnswer } from '../../kit/llm-core.ts'
import { type Frame, LlmTwinCore } from '../../kit/llm-core.ts'
import type { TwinOptions, VendorVoice } from '../../kit/twin-core.ts'
import type { AskedAnswer, LlmRefusal } from '../../llm-twin.ts'
import { authorised, notFound, problem } from '../answers.ts'
import { askedOf } from './asked.ts'
import { answerOf, framesOf } from './frames.ts'
import { embedded, painted, soundFrames, spokenAs, writtenFrames } from './media-twin.ts'
import { anthropicAnswer, anthropicFrames, askedForeign, openAiAnswer, openAiFrames } from './relay-twin.ts'
import type { VendorRequest } from './wire.ts'

type Json = Record<string, any>
type Make = (body: any) => Response

const refusals: Readonly<Record<LlmRefusal, readonly [status: number, code: string]>> = {
  context_length: [400, 'too_long'],
  content_filter: [400, 'filtered'],
  model_not_found: [404, 'no_model'],
  insufficient_quota: [429, 'no_credit'],
  overloaded: [503, 'busy'],
  invalid_schema: [400, 'bad_schema'],
}

const routes: readonly (readonly [path: string, operation: string])[] = [
  ['/answers', 'answers.create'],
  ['/openai/chat/completions', 'answers.create'],
  ['/anthropic/messages', 'answers.create'],
  ['/vectors', 'vectors.create'],
  ['/images', 'images.create'],
  ['/speech', 'speech.create'],
  ['/transcripts', 'transcripts.create'],
  ['/models', 'models.list'],
]

const kinds = { chat: 'chat', thinking: 'chat', embedding: 'embedding', image: 'image', speech: 'speech' } as const

/** The invented vendor's side that answers, with every capability. */
export class MemoryLlmTwin extends LlmTwinCore {
  readonly vendor = 'memory'
  readonly baseUrl = 'https://api.memory.example'
  readonly signs = true
  readonly countsCacheWrites = true
  readonly models = {
    chat: 'memory-chat',
    thinking: 'memory-thinker',
    embedding: 'memory-vectors',
    image: 'memory-painter',
    speech: 'memory-voice',
    transcription: 'memory-ear',
  }
  readonly credentials: { readonly apiKey: string; readonly webhookSecret: string }
  readonly handlers: readonly RequestHandler[]
  protected readonly voice: VendorVoice = {
    operation: ({ path }) => routes.find(([known]) => path === `/v1${known}`)?.[1],
    rateLimited: (seconds) => problem(429, 'slow_down', 'Too many requests.', undefined, { 'retry-after': String(seconds) }),
    serverError: (status) => problem(status, 'broken', 'Something broke.'),
    unauthorized: () => problem(401, 'bad_key', 'The key is not valid.'),
    invalid: () => problem(422, 'bad_request', 'The request is not valid.'),
    notFound,
    sign: async () => ({}),
    forge: (headers) => headers,
  }

  constructor(options: TwinOptions = {}) {
    super(options)
    const suffix = options.seed === undefined ? '' : `-${options.seed}`
    this.credentials = { apiKey: `key-for-tests-only${suffix}`, webhookSecret: 'none' }
    this.handlers = [
      this.#post('/answers', (body) => this.#answer(body)),
      this.#post('/openai/chat/completions', (body) => this.#foreign(body, openAiAnswer, openAiFrames)),
      this.#post('/anthropic/messages', (body) => this.#foreign(body, anthropicAnswer, anthropicFrames)),
      this.#post('/vectors', (body) => this.#embed(body)),
      this.#post('/images', (body) => this.#paint(body)),
      this.#post('/speech', (body) => this.#speak(body)),
      this.#post('/transcripts', (body) => this.#transcribe(body)),
      http.get('*/v1/models', ({ request }) => authorised(this.credentials, request) ?? this.#list()),
    ]
  }

  get secrets(): readonly string[] {
    return [this.credentials.apiKey]
  }

  #post(path: string, make: Make): RequestHandler {
    return http.post(`*/v1${path}`, async ({ request }) => {
      const refused = authorised(this.credentials, request)
      if (refused !== undefined) return refused
      const text = await request.text()
      try {
        return make(JSON.parse(text))
      } catch (error) {
        if (error instanceof SyntaxError) return problem(400, 'bad_json', 'The body is no JSON.')
        throw error
      }
    })
  }

  protected refusal(why: LlmRefusal): Response {
    const [status, code] = refusals[why]
    return problem(status, code, 'The vendor refuses.')
  }

  protected errorFrame(): string {
    return 'data: {"error":{"code":"busy"}}\n\n'
  }

  protected keepAlive(): string {
    return ': still there\n\nevent: ping\ndata: {}\n\n'
  }

  /** Whatever refuses the request; otherwise it is answered. */
  #refused(asked: AskedAnswer, known: readonly (string | undefined)[]): Response | undefined {
    return this.note(asked) ?? (known.includes(asked.model) ? undefined : this.refusal('model_not_found'))
  }

  #answer(body: VendorRequest): Response {
    const asked = askedOf(body)
    const refused = this.#refused(asked, [this.models.chat, this.models.thinking])
    if (refused !== undefined) return refused
    const { thinks, ...unthought } = this.answerTo(asked)
    // It thinks unless it is told not to.
    const answer = this.counted(asked, asked.thinking === 'off' || thinks === undefined ? unthought : { thinks, ...unthought })
    const id = `ans_${this.random.hex(16)}`
    const whole = answerOf(answer, id, asked.model, () => this.random.hex(12))
    return body.stream === true ? this.streamed(asked, answer, framesOf(whole)) : this.whole(asked, answer, whole)
  }

  #foreign(
    body: Json,
    whole: (answer: TwinAnswer, model: string, id: string) => object,
    frames: (answer: TwinAnswer, model: string, id: string) => readonly Frame[],
  ): Response {
    const asked = askedForeign(body)
    const refused = this.#refused(asked, [this.models.chat])
    if (refused !== undefined) return refused
    const answer = this.answerTo(asked)
    const id = `ans_${this.random.hex(16)}`
    const headers = { 'x-request-id': `req_${this.random.hex(8)}`, 'x-ratelimit-remaining': '59' }
    return body.stream === true
      ? this.streamed(asked, answer, frames(answer, asked.model, id), headers)
      : this.whole(asked, answer, whole(answer, asked.model, id), headers)
  }

  #media(operation: AskedAnswer['operation'], body: Json, more: Partial<AskedAnswer>, model: string) {
    const facts = { system: [], messages: [], tools: [], streamed: body.stream === true }
    const asked: AskedAnswer = { operation, model: String(body.model), ...facts, ...more }
    return { asked, refused: this.#refused(asked, [model]) }
  }

  #embed(body: Json): Response {
    const { asked, refused } = this.#media('embed', body, { texts: body.texts }, this.models.embedding)
    if (refused !== undefined) return refused
    const answer = this.counted(asked, { text: '' })
    return this.whole(asked, answer, embedded(body, answer))
  }

  #paint(body: Json): Response {
    const { asked, refused } = this.#media('image', body, { texts: [body.prompt] }, this.models.image)
    if (refused !== undefined) return refused
    const answer = this.counted(asked, { text: '' })
    return this.whole(asked, answer, painted(body, answer))
  }

  #speak(body: Json): Response {
    const { asked, refused } = this.#media('speak', body, { texts: [body.text] }, this.models.speech)
    if (refused !== undefined) return refused
    const answer = this.counted(asked, { text: '' })
    if (body.stream === true) return this.streamed(asked, answer, soundFrames(body, answer))
    return this.whole(asked, answer, spokenAs(body, answer))
  }

  #transcribe(body: Json): Response {
    const audioBytes = atob(String(body.audio)).length
    const { asked, refused } = this.#media('transcribe', body, { audioBytes }, this.models.transcription)
    if (refused !== undefined) return refused
    const answer = this.answerTo(asked)
    if (body.stream === true) return this.streamed(asked, answer, writtenFrames(body, answer))
    return this.whole(asked, answer, { model: body.model, text: answer.text ?? '', counts: countsIn(answer) })
  }

  #list(): Response {
    const models = Object.entries(this.models).map(([kind, name]) => ({
      name,
      kind: kind === 'transcription' ? kind : kinds[kind as keyof typeof kinds],
    }))
    return Response.json({ models })
  }
}

const countsIn = ({ usage }: TwinAnswer) => ({ prompt: usage.prompt, cached: 0, stored: 0, output: usage.output, thought: 0 })

export const memoryLlmTwin = (options?: TwinOptions): MemoryLlmTwin => new MemoryLlmTwin(options)
