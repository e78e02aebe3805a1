import type { FinishReason, Generation, GenerationEvent, Usage } from '@do/llm'
import type { Json } from '../body.ts'
import type { AnswerFacts, EventWriter } from '../language.ts'

/** A refusal has a field of its own; for what has no word here it was done. */
const finishes: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'stop',
  other: 'stop',
}

/** OpenAI counts what comes from the cache as part of the prompt. */
export function chatUsage({ input, cacheRead, cacheWrite, output, reasoning, audioInput, audioOutput }: Usage) {
  const prompt = input + cacheRead + cacheWrite
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: cacheRead, audio_tokens: audioInput ?? 0 },
    completion_tokens_details: { reasoning_tokens: reasoning, audio_tokens: audioOutput ?? 0 },
  }
}

/** The vendor's id, or one of ours where it gave none. */
const idOf = (id: string, requestId: string) => (id === '' ? `chatcmpl-${requestId}` : id)

const sealed = (signature: string | undefined, signedBy: string | undefined) =>
  signature === undefined || signedBy === undefined ? {} : { extra_content: { [signedBy]: { thought_signature: signature } } }

/** See https://platform.openai.com/docs/api-reference/chat/object */
export function chatAnswer(generation: Generation, { requestId, now }: AnswerFacts) {
  const { toolCalls, text, refusal, content, usage } = generation
  const thought = content.flatMap((part) => (part.type === 'reasoning' ? [part.text] : [])).join('')
  const calls = toolCalls.map(({ id, name, arguments: written, signature, signedBy }) => ({
    id,
    type: 'function',
    function: { name, arguments: written },
    ...sealed(signature, signedBy),
  }))
  const message = {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== undefined) ? null : text,
    refusal: refusal ?? null,
    ...(thought === '' ? {} : { reasoning_content: thought }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
  return {
    id: idOf(generation.id, requestId),
    object: 'chat.completion',
    created: Math.floor(now / 1000),
    model: generation.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishes[generation.finish] }],
    ...(usage === undefined ? {} : { usage: chatUsage(usage) }),
  }
}

/** See https://platform.openai.com/docs/api-reference/chat/streaming */
export function chatWriter(body: Json, { requestId, now }: AnswerFacts): EventWriter {
  const wantsUsage = (body.stream_options as Json | null | undefined)?.include_usage === true
  let head = ''
  // Where usage is wanted it is null on every chunk but its own.
  const tail = wantsUsage ? ',"usage":null}\n\n' : '}\n\n'
  const chunk = (delta: string, finish = 'null') =>
    `${head}"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${tail}`
  const call = (index: number, rest: object) => chunk(JSON.stringify({ tool_calls: [{ index, ...rest }] }))
  return {
    write(event: GenerationEvent) {
      switch (event.type) {
        case 'start': {
          const facts = {
            id: idOf(event.id, requestId),
            object: 'chat.completion.chunk',
            created: Math.floor(now / 1000),
            model: event.model,
          }
          head = `data: ${JSON.stringify(facts).slice(0, -1)},`
          return chunk('{"role":"assistant","content":""}')
        }
        case 'text':
          return event.text === '' ? '' : chunk(`{"content":${JSON.stringify(event.text)}}`)
        case 'refusal':
          return event.text === '' ? '' : chunk(`{"refusal":${JSON.stringify(event.text)}}`)
        case 'reasoning':
          return event.text === '' ? '' : chunk(`{"reasoning_content":${JSON.stringify(event.text)}}`)
        case 'tool_call':
          return call(event.index, { id: event.id, type: 'function', function: { name: event.name, arguments: '' } })
        case 'tool_arguments':
          return event.text === '' ? '' : call(event.index, { function: { arguments: event.text } })
        case 'signature':
          return event.toolCall === undefined ? '' : call(event.toolCall, sealed(event.signature, event.signedBy))
        case 'finish': {
          const end = chunk('{}', JSON.stringify(finishes[event.finish]))
          const counted =
            wantsUsage && event.usage !== undefined
              ? `${head}"choices":[],"usage":${JSON.stringify(chatUsage(event.usage))}}\n\n`
              : ''
          return `${end}${counted}data: [DONE]\n\n`
        }
      }
    },
  }
}
