/**
 * What a request to a model looks like. `chat`: as OpenAI's chat completions. `native`: Workers AI's own, older form, in which the
 * schema of JSON mode stands bare, JSON mode does not stream, and an answer says neither why it ended nor which calls are whose.
 */
export type Shape = 'native' | 'chat'

/** The older families. Everything that came after them speaks chat completions. */
const native =
  /^@(?:hf\/|cf\/(?:meta|meta-llama|mistral|mistralai|microsoft|ibm-granite|aisingapore|fblgit|defog|tiiuae|thebloke|openchat|tinyllama)\/|cf\/qwen\/(?:qwen1|qwen2|qwq|qwen3-30b)|cf\/google\/gemma-[237]|cf\/deepseek-ai\/deepseek-(?:math|r1))/

export const shapeOf = (model: string): Shape => (native.test(model) ? 'native' : 'chat')

type Level = 'off' | 'low' | 'medium' | 'high'

interface Thinking {
  /** `reasoning_effort` for each level. */
  readonly effort?: Readonly<Partial<Record<Level, string>>>
  /** It has a switch: `chat_template_kwargs.enable_thinking`. */
  readonly hasSwitch?: true
  /** It also has a mode for less: `chat_template_kwargs.low_effort`. */
  readonly hasLow?: true
  /** It cannot be turned off. */
  readonly always?: true
}

const maximum = { low: 'low', medium: 'high', high: 'max' }
const three = { low: 'low', medium: 'medium', high: 'high' }

/** Which levels a model has, by the beginning of its name: https://developers.cloudflare.com/workers-ai/models/ */
const thinkers: readonly (readonly [prefix: string, thinking: Thinking])[] = [
  ['@cf/openai/gpt-oss-', { effort: { off: 'low', ...three }, always: true }],
  ['@cf/zai-org/glm-4.7-flash', { hasSwitch: true }],
  ['@cf/zai-org/glm-5.2', { effort: { off: 'none', low: 'high', medium: 'high', high: 'max' } }],
  ['@cf/zai-org/glm-5.3', { effort: { off: 'low', ...maximum }, always: true }],
  ['@cf/moonshotai/kimi-k2.5', { effort: three, hasSwitch: true }],
  ['@cf/moonshotai/kimi-k2.6', { effort: { off: 'none', low: 'high', medium: 'high', high: 'high' } }],
  ['@cf/moonshotai/kimi-k2.7', { always: true }],
  ['@cf/nvidia/nemotron-3-', { hasSwitch: true, hasLow: true }],
  ['@cf/google/gemma-4-', { hasSwitch: true }],
  ['@cf/deepseek-ai/deepseek-v4-', { effort: { off: 'none', ...maximum } }],
  ['@cf/qwen/qwen3.8-', { effort: { low: 'low', medium: 'medium', high: 'xhigh' }, hasSwitch: true }],
]

export interface ThinkingFields {
  readonly fields: Readonly<Record<string, unknown>>
  /** What could not be kept. */
  readonly warning?: 'thinking_ignored' | 'thinking_stays_on'
}

/** The model's own way to say how long it may think. */
export function thinkingOf(model: string, level: Level | undefined): ThinkingFields {
  if (level === undefined) return { fields: {} }
  const thinking = thinkers.find(([prefix]) => model.startsWith(prefix))?.[1]
  if (thinking === undefined) return level === 'off' ? { fields: {} } : { fields: {}, warning: 'thinking_ignored' }
  const { effort, hasSwitch, hasLow, always } = thinking
  const template = {
    ...(hasSwitch ? { enable_thinking: level !== 'off' } : {}),
    ...(hasLow && level === 'low' ? { low_effort: true } : {}),
  }
  const fields = {
    ...(effort?.[level] === undefined ? {} : { reasoning_effort: effort[level] }),
    ...(hasSwitch ? { chat_template_kwargs: template } : {}),
  }
  return level === 'off' && always ? { fields, warning: 'thinking_stays_on' } : { fields }
}
