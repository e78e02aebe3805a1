import type { Api } from './options.ts'

/** The least that a model can think. `nothing`: it does not think, and takes no word on it. */
type Least = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'nothing'

/**
 * What chat completions lack of a model; Responses have all of it. `silent`: tools only without a word on thinking, which then is
 * off. `none`: tools only with the word for off. `never`: no tools. `nowhere`: the model. `memory`: only its thoughts from turn to turn.
 */
export type ChatLimit = 'silent' | 'none' | 'never' | 'nowhere' | 'memory'

/**
 * By the model's name; the first that fits counts.
 * https://developers.openai.com/api/docs/guides/reasoning, https://developers.openai.com/api/docs/guides/deployment-checklist and
 * https://github.com/openai/openai-openapi (`ModelIdsResponses`, and issue 541)
 */
const models: readonly (readonly [names: RegExp, least: Least, chat?: ChatLimit])[] = [
  [/^gpt-5(\.\d+)?-chat|^chatgpt-|^gpt-[34]|^gpt-audio/, 'nothing'],
  [/^gpt-5-pro/, 'high', 'nowhere'],
  [/^gpt-5\.\d-pro/, 'medium', 'nowhere'],
  [/codex|^o\d.*-(pro|deep-research)|^gpt-daybreak/, 'low', 'nowhere'],
  [/^o\d/, 'low'],
  [/^gpt-5(-|$)/, 'minimal'],
  [/^gpt-5\.[234]/, 'none', 'silent'],
  [/^gpt-5\.[56]|^gpt-6-(sol|luna)/, 'none', 'none'],
  [/^gpt-6-astra|^gpt-6\.1-sol/, 'low', 'never'],
  [/^gpt-6\.2-astra/, 'low', 'memory'],
  [/^gpt-([6-9]|\d\d)/, 'none', 'memory'],
  [/^/, 'none'],
]

export function modelRow(model: string): { readonly least: Least; readonly chat: ChatLimit | undefined } {
  const name = model.replace(/^ft:/, '')
  const [, least, chat] = models.find(([names]) => names.test(name)) as (typeof models)[number]
  return { least, chat }
}

/** Responses for the models of which chat completions lack something. */
export const apiOf = (model: string): Api => (modelRow(model).chat === undefined ? 'chat' : 'responses')
