import { refuse } from '@do/provider'
import type { OpenaiCompatibleOptions, Thinking, ThinkingWish } from './options.ts'

/** The least that a model can think. `nothing`: it does not think, and takes no word on it. */
type Least = 'none' | 'minimal' | 'low' | 'nothing'

/**
 * What chat completions make of tools. `silent`: tools only without a word on thinking, which then is off. `none`: only with the word
 * for off. `never`: no tools at all. OpenAI has the rest in its Responses alone.
 */
type WithTools = 'silent' | 'none' | 'never'

/**
 * By the model's name; the first that fits counts.
 * https://developers.openai.com/api/docs/guides/reasoning, https://developers.openai.com/api/docs/guides/deployment-checklist and
 * https://github.com/openai/openai-openapi/issues/541
 */
const models: readonly (readonly [names: RegExp, least: Least, tools?: WithTools])[] = [
  [/^gpt-5(\.\d+)?-chat|^chatgpt-|^gpt-[34]|^gpt-audio/, 'nothing'],
  [/^o\d/, 'low'],
  [/^gpt-5(-|$)/, 'minimal'],
  [/^gpt-5\.[234]/, 'none', 'silent'],
  [/^gpt-5\.[56]|^gpt-6-(sol|luna)/, 'none', 'none'],
  [/^gpt-6-astra|^gpt-6\.1-sol/, 'low', 'never'],
  [/^gpt-6\.2-astra/, 'low'],
  [/^/, 'none'],
]

/** OpenAI's word for a level. @throws ProviderError `unsupported` for what the model cannot: another may be asked. */
export function openaiThinking({ level, model, hasTools }: ThinkingWish): Thinking {
  const name = model.replace(/^ft:/, '')
  const [, least, tools] = models.find(([names]) => names.test(name)) as (typeof models)[number]
  const lacks = (field: string, what: string) => refuse('unsupported', `"${model}" ${what}`, { field, elsewhere: true })
  const wants = level !== undefined && level !== 'off'
  if (hasTools && tools === 'never') {
    throw lacks('tools', "calls tools only through OpenAI's Responses, which this adapter does not speak. Ask another model.")
  }
  if (hasTools && tools !== undefined) {
    if (wants) throw lacks('thinking', 'does not think and call tools at once here. Leave one of both out, or ask another model.')
    if (tools === 'silent') return { body: {} }
    return { body: { reasoning_effort: 'none' }, ...(level === undefined ? { warning: 'thinking_off_for_tools' } : {}) }
  }
  if (level === undefined) return { body: {} }
  if (least === 'nothing') {
    if (wants) throw lacks('thinking', 'does not think before it answers.')
    return { body: {} }
  }
  if (wants) return { body: { reasoning_effort: level } }
  return { body: { reasoning_effort: least }, ...(least === 'none' ? {} : { warning: 'thinking_not_off' }) }
}

/** A compatible server's, as its options say. */
export const compatibleThinking =
  (own: OpenaiCompatibleOptions['thinking']) =>
  ({ level }: ThinkingWish): Thinking => {
    if (level === undefined) return { body: {} }
    return { body: own?.[level] ?? { reasoning_effort: level === 'off' ? 'none' : level } }
  }
