import { describe, expect, it } from 'vitest'
import { shapeOf, thinkingOf } from './models.ts'

const levels = ['off', 'low', 'medium', 'high'] as const
const efforts = (model: string) => levels.map((level) => thinkingOf(model, level).fields.reasoning_effort)
const switches = (model: string) => levels.map((level) => thinkingOf(model, level).fields.chat_template_kwargs)

describe('levels of thinking', () => {
  it.each([
    ['@cf/openai/gpt-oss-20b', ['low', 'low', 'medium', 'high']],
    ['@cf/qwen/qwen3.8-27b', [undefined, 'low', 'medium', 'xhigh']],
    ['@cf/deepseek-ai/deepseek-v4-pro-0813', ['none', 'low', 'high', 'max']],
    ['@cf/zai-org/glm-5.2', ['none', 'high', 'high', 'max']],
    ['@cf/zai-org/glm-5.3-flash', ['low', 'low', 'high', 'max']],
    ['@cf/moonshotai/kimi-k2.6', ['none', 'high', 'high', 'high']],
    ['@cf/moonshotai/kimi-k2.7-code', [undefined, undefined, undefined, undefined]],
  ])('%s', (model, expected) => expect(efforts(model)).toEqual(expected))

  it('are a switch where a model has nothing else', () => {
    const on = { enable_thinking: true }
    expect(switches('@cf/google/gemma-4-26b-a4b-it')).toEqual([{ enable_thinking: false }, on, on, on])
    expect(switches('@cf/nvidia/nemotron-3-120b-a12b')).toEqual([{ enable_thinking: false }, { ...on, low_effort: true }, on, on])
  })

  it('warn where off is not off, or where there is nothing to turn on', () => {
    expect(thinkingOf('@cf/openai/gpt-oss-20b', 'off').warning).toBe('thinking_stays_on')
    expect(thinkingOf('@cf/moonshotai/kimi-k2.7-code', 'off').warning).toBe('thinking_stays_on')
    expect(thinkingOf('@cf/meta/llama-3.1-8b-instruct', 'low').warning).toBe('thinking_ignored')
    expect(thinkingOf('@cf/meta/llama-3.1-8b-instruct', 'off')).toEqual({ fields: {} })
    expect(thinkingOf('@cf/openai/gpt-oss-20b', undefined)).toEqual({ fields: {} })
  })
})

it.each([
  ['@cf/meta/llama-3.1-8b-instruct', 'native'],
  ['@hf/nousresearch/hermes-2-pro-mistral-7b', 'native'],
  ['@cf/mistralai/mistral-small-3.1-24b-instruct', 'native'],
  ['@cf/google/gemma-3-12b-it', 'native'],
  ['@cf/google/gemma-4-26b-a4b-it', 'chat'],
  ['@cf/qwen/qwq-32b', 'native'],
  ['@cf/qwen/qwen3.8-27b', 'chat'],
  ['@cf/deepseek-ai/deepseek-v4-pro-0813', 'chat'],
  ['@cf/somebody/a-model-of-tomorrow', 'chat'],
])('%s speaks its language: %s', (model, shape) => expect(shapeOf(model)).toBe(shape))
