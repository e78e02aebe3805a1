import type { OpenaiCompatibleOptions, Thinking, ThinkingLevel } from './options.ts'

type Off = 'none' | 'minimal' | 'low' | 'nothing'

/**
 * The least that a model can think, by its name; the first that fits counts. `nothing`: it does not think, and takes no word on it.
 * https://developers.openai.com/api/docs/guides/reasoning
 */
const least: readonly (readonly [models: RegExp, off: Off])[] = [
  [/^gpt-5(\.\d+)?-chat|^chatgpt-|^gpt-[34]|^gpt-audio/, 'nothing'],
  [/^o\d/, 'low'],
  [/^gpt-5(-|$)/, 'minimal'],
  [/^/, 'none'],
]

/** OpenAI's word for a level. */
export function openaiThinking(level: ThinkingLevel, model: string): Thinking | undefined {
  const name = model.replace(/^ft:/, '')
  const off = (least.find(([models]) => models.test(name)) as (typeof least)[number])[1]
  if (off === 'nothing') return level === 'off' ? { body: {} } : undefined
  if (level !== 'off') return { body: { reasoning_effort: level } }
  return { body: { reasoning_effort: off }, ...(off === 'none' ? {} : { warning: 'thinking_not_off' }) }
}

/** A compatible server's, as its options say. */
export const compatibleThinking =
  (own: OpenaiCompatibleOptions['thinking']) =>
  (level: ThinkingLevel): Thinking => {
    const body = own?.[level]
    if (body !== undefined) return { body }
    return level === 'off' ? { body: {}, warning: 'thinking_off_ignored' } : { body: { reasoning_effort: level } }
  }
