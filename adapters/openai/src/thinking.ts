import { lacks } from './lacks.ts'
import { type ChatLimit, modelRow } from './model-table.ts'
import type { OpenaiCompatibleOptions, Thinking, ThinkingWish } from './options.ts'

const elsewhere = (model: string, field: string, what: string) =>
  lacks(field, `"${model}" ${what} only in OpenAI's Responses. See the option \`api\`, or ask another model.`)

/** OpenAI's word for a level. @throws ProviderError `unsupported` for what the model cannot: another may be asked. */
export function openaiThinking({ level, model, hasTools, api }: ThinkingWish): Thinking {
  const { least, chat } = modelRow(model)
  const wants = level !== undefined && level !== 'off'
  if (api === 'chat') {
    checkChat(model, chat, hasTools)
    if (hasTools && (chat === 'silent' || chat === 'none')) {
      if (wants) throw elsewhere(model, 'thinking', notBoth)
      if (chat === 'silent') return { body: {} }
      return { body: { reasoning_effort: 'none' }, ...(level === undefined ? { warning: 'thinking_off_for_tools' } : {}) }
    }
  }
  if (least === 'nothing') {
    if (wants) throw lacks('thinking', `"${model}" does not think before it answers.`)
    return { body: {} }
  }
  if (level === undefined) return { body: {}, thinks: true }
  if (wants) return { body: { reasoning_effort: level }, thinks: true }
  return { body: { reasoning_effort: least }, ...(least === 'none' ? {} : { warning: 'thinking_not_off', thinks: true }) }
}

const notBoth = 'thinks and calls tools at once'

function checkChat(model: string, chat: ChatLimit | undefined, hasTools: boolean): void {
  if (chat === 'nowhere') throw elsewhere(model, 'model', 'answers')
  if (chat === 'never' && hasTools) throw elsewhere(model, 'tools', 'calls tools')
}

/**
 * A request in the language of chat completions is passed on as it is, so this must be a model that takes it.
 * @throws ProviderError `unsupported`: it has to be translated, or another model asked.
 */
export function checkRelay(model: string, body: Readonly<Record<string, unknown>>): void {
  const { chat } = modelRow(model)
  const hasTools = Array.isArray(body.tools) && body.tools.length > 0
  const effort = body.reasoning_effort ?? undefined
  checkChat(model, chat, hasTools)
  if (!hasTools || (chat !== 'silent' && chat !== 'none') || effort === (chat === 'none' ? 'none' : undefined)) return
  throw elsewhere(model, 'reasoning_effort', notBoth)
}

/** A compatible server's, as its options say. */
export const compatibleThinking =
  (own: OpenaiCompatibleOptions['thinking']) =>
  ({ level }: ThinkingWish): Thinking => {
    if (level === undefined) return { body: {} }
    return { body: own?.[level] ?? { reasoning_effort: level === 'off' ? 'none' : level }, thinks: level !== 'off' }
  }
