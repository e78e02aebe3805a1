import { accumulator, bodyOf, type GenerateRequest, type Generation, type GenerationEvent, serverEvents } from '@do/llm'
import type { DriverContext } from '@do/provider'
import { answerId, contentOf, costOfAnswer, counted, isJson, type Setting, tellGateway } from './answer.ts'
import type { Connection } from './client.ts'
import { gatewayFacts } from './gateway.ts'
import { type Reader, reader, type VendorPiece } from './reader.ts'
import { requestOf, type VendorRequest } from './request.ts'

interface Generating {
  generate(input: GenerateRequest): Promise<Generation>
  stream(input: GenerateRequest, context: DriverContext): Promise<AsyncIterable<GenerationEvent>>
}

export function generating(connection: Connection, setting: Setting, defaultMaxTokens: number): Generating {
  return {
    async generate(input) {
      const request = requestOf(input, defaultMaxTokens)
      const response = await connection.run({ model: request.model, inputs: request.inputs, session: input.user })
      tellGateway(setting, 'generate', request.model, response)
      const whole = accumulator({ object: input.output !== undefined })
      for (const event of await wholeAnswer(response, request, setting)) whole.add(event)
      const facts = gatewayFacts(response.headers)
      return Object.keys(facts).length === 0 ? whole.result() : { ...whole.result(), raw: { gateway: facts } }
    },
    async stream(input, context) {
      const request = requestOf(input, defaultMaxTokens)
      if (request.atOnce) {
        const asked = connection.run({ model: request.model, inputs: request.inputs, session: input.user })
        // Nobody may be reading yet; whoever does gets the error.
        asked.catch(() => {})
        return late(asked, request, setting)
      }
      const inputs = {
        ...request.inputs,
        stream: true,
        ...(request.shape === 'chat' ? { stream_options: { include_usage: true } } : {}),
      }
      const response = await connection.run({ model: request.model, inputs, session: input.user })
      tellGateway(setting, 'stream', request.model, response)
      // Some models answer all of it at once, whatever they were asked for.
      return isJson(response) ? late(Promise.resolve(response), request, setting) : pieces(response, request, setting, context)
    },
  }
}

/** A whole answer in the form of a stream: it is there when it is read. */
async function* late(asked: Promise<Response>, request: VendorRequest, setting: Setting): AsyncGenerator<GenerationEvent> {
  const response = await asked
  if (request.atOnce) tellGateway(setting, 'stream', request.model, response)
  yield* await wholeAnswer(response, request, setting)
}

async function wholeAnswer(response: Response, request: VendorRequest, setting: Setting): Promise<readonly GenerationEvent[]> {
  const piece = (await contentOf(response)) as VendorPiece
  if (piece.response === undefined && piece.choices === undefined && piece.tool_calls === undefined) {
    throw new Error('The answer holds no text.')
  }
  const id = answerId(response, piece.id)
  const read = reader(id, request.maxTokens)
  return [startOf(id, request, setting), ...read.read(piece), ...ending(read, request, setting, response)]
}

async function* pieces(
  response: Response,
  request: VendorRequest,
  setting: Setting,
  context: DriverContext,
): AsyncGenerator<GenerationEvent> {
  let read: Reader | undefined
  let done = false
  const body = bodyOf(response, context.signal)
  for await (const { data = '' } of serverEvents(body)) {
    if (data === '') continue
    if (data.trim() === '[DONE]') {
      done = true
      body.settle()
      break
    }
    const piece = JSON.parse(data) as VendorPiece
    if (read === undefined) {
      const id = answerId(response, piece.id)
      read = reader(id, request.maxTokens)
      yield startOf(id, request, setting)
    }
    yield* read.read(piece)
  }
  // Without a reason or an end mark it is not whole: the kernel says so.
  if (read?.isWhole(done)) yield* ending(read, request, setting, response)
}

const startOf = (id: string, { model }: VendorRequest, { provider }: Setting): GenerationEvent => ({
  type: 'start',
  id,
  provider,
  model,
})

function* ending(
  read: Reader,
  { model, warnings }: VendorRequest,
  setting: Setting,
  response: Response,
): Generator<GenerationEvent> {
  const { events, finish, rawFinish, usage } = read.end()
  yield* events
  yield {
    type: 'finish',
    finish,
    ...(rawFinish === undefined ? {} : { rawFinish }),
    ...counted(usage, costOfAnswer(setting, model, usage, response)),
    ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
  }
}
