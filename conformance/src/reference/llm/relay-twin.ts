import { type Frame, piecesOf, type TwinAnswer } from '../../kit/llm-core.ts'
import type { AskedAnswer } from '../../llm-twin.ts'

type Json = Record<string, any>

/** A request in a foreign language, as far as a relay's checks need it. */
export function askedForeign({ model, stream, messages = [], system, max_tokens: limit }: Json): AskedAnswer {
  const turns = (messages as Json[]).filter(({ role }) => role !== 'system')
  return {
    operation: 'generate',
    model: String(model),
    streamed: stream === true,
    system: [
      ...(system === undefined ? [] : [String(system)]),
      ...(messages as Json[]).filter(({ role }) => role === 'system').map(({ content }) => String(content)),
    ],
    messages: turns.map(({ role, content }) => ({ role, text: String(content), media: [], toolCalls: [], signatures: [] })),
    tools: [],
    ...(limit === undefined ? {} : { maxOutputTokens: limit }),
  }
}

const openAiEnd = ({ finish }: TwinAnswer) => (finish === 'length' ? 'length' : 'stop')

const openAiUsage = ({ usage }: TwinAnswer) => ({
  prompt_tokens: usage.prompt,
  completion_tokens: usage.output,
  total_tokens: usage.prompt + usage.output,
  prompt_tokens_details: { cached_tokens: usage.cacheRead },
})

export const openAiAnswer = (answer: TwinAnswer, model: string, id: string) => ({
  ...{ id, object: 'chat.completion', model },
  choices: [{ index: 0, message: { role: 'assistant', content: answer.text ?? '' }, finish_reason: openAiEnd(answer) }],
  usage: openAiUsage(answer),
})

export function openAiFrames(answer: TwinAnswer, model: string, id: string): readonly Frame[] {
  const chunk = (delta: object, more: object = {}, output = false): Frame => {
    const body = { id, object: 'chat.completion.chunk', model, choices: [{ index: 0, delta, finish_reason: null, ...more }] }
    return { text: `data: ${JSON.stringify(body)}\n\n`, output }
  }
  return [
    chunk({ role: 'assistant', content: '' }),
    ...piecesOf(answer.text ?? '').map((content) => chunk({ content }, {}, true)),
    chunk({}, { finish_reason: openAiEnd(answer) }),
    { text: `data: ${JSON.stringify({ id, model, choices: [], usage: openAiUsage(answer) })}\n\n`, output: false },
    { text: 'data: [DONE]\n\n', output: false },
  ]
}

const anthropicEnd = ({ finish }: TwinAnswer) => (finish === 'length' ? 'max_tokens' : 'end_turn')

const anthropicUsage = ({ usage }: TwinAnswer) => ({
  input_tokens: usage.prompt - usage.cacheRead - usage.cacheWrite,
  cache_read_input_tokens: usage.cacheRead,
  cache_creation_input_tokens: usage.cacheWrite,
})

export const anthropicAnswer = (answer: TwinAnswer, model: string, id: string) => ({
  ...{ type: 'message', id, role: 'assistant', model, content: [{ type: 'text', text: answer.text ?? '' }] },
  stop_reason: anthropicEnd(answer),
  usage: { ...anthropicUsage(answer), output_tokens: answer.usage.output },
})

export function anthropicFrames(answer: TwinAnswer, model: string, id: string): readonly Frame[] {
  const event = (type: string, body: object, output = false): Frame => ({
    text: `event: ${type}\ndata: ${JSON.stringify({ type, ...body })}\n\n`,
    output,
  })
  const message = { type: 'message', id, role: 'assistant', model, content: [], stop_reason: null }
  return [
    event('message_start', { message: { ...message, usage: { ...anthropicUsage(answer), output_tokens: 1 } } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...piecesOf(answer.text ?? '').map((text) =>
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }, true),
    ),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: anthropicEnd(answer) }, usage: { output_tokens: answer.usage.output } }),
    event('message_stop', {}),
  ]
}
