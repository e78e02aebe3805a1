import { describe, expect, it } from 'vitest'
import { collect, type GenerateInput } from './index.ts'
import { scriptedLlm } from './testing/scripted.ts'

const tool = (name: string, parameters: Record<string, unknown> = { type: 'object', properties: {} }) => ({ name, parameters })
const ask = (more: Partial<GenerateInput>): GenerateInput => ({
  model: 'm',
  messages: [{ role: 'user', content: 'Hi' }],
  ...more,
})

describe('a request that cannot be right is refused before anybody is asked', () => {
  const wrong: [string, Partial<GenerateInput>, string, string][] = [
    [
      'a tool whose schema is no object’s',
      { tools: [tool('a'), tool('b', { type: 'string' })] },
      'invalid_schema',
      'tools.1.parameters.type',
    ],
    ['a tool without a type', { tools: [tool('a', {})] }, 'invalid_schema', 'tools.0.parameters.type'],
    [
      'a type that does not exist',
      { tools: [tool('a', { type: 'object', properties: { x: { type: 'int' } } })] },
      'invalid_schema',
      'tools.0.parameters.properties.x.type',
    ],
    [
      'an output schema with a mistake',
      { output: { schema: { type: 'object', required: 'x' } } },
      'invalid_schema',
      'output.schema.required',
    ],
    ['an output schema of a list', { output: { schema: { type: 'array' } } }, 'invalid_schema', 'output.schema.type'],
    ['two tools of one name', { tools: [tool('a'), tool('a')] }, 'invalid_input', 'tools.1.name'],
    ['a choice that is no tool', { tools: [tool('a')], toolChoice: { tool: 'b' } }, 'invalid_input', 'toolChoice.tool'],
    ['a choice without tools', { toolChoice: 'required' }, 'invalid_input', 'toolChoice'],
  ]

  it.each(wrong)('%s', async (_, more, code, field) => {
    const { llm, asked } = scriptedLlm()
    const refused = { code, field, effect: 'none', fault: 'caller', operation: 'llm.generate' }
    await expect(llm.generate(ask(more))).rejects.toMatchObject(refused)
    await expect(collect(llm.stream(ask(more)))).rejects.toMatchObject({ ...refused, operation: 'llm.stream' })
    expect(asked).toEqual([])
  })

  it('what is right passes', async () => {
    const { llm, asked } = scriptedLlm()
    await llm.generate(ask({ tools: [tool('a'), tool('b')], toolChoice: { tool: 'b' } }))
    await llm.generate(ask({ tools: [], toolChoice: 'none' }))
    expect(asked).toHaveLength(2)
  })
})
