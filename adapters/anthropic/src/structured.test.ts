import { collect } from '@do/llm'
import { describe, expect, it } from 'vitest'
import { closed } from './schema.ts'
import { failure, hello, read, setup, textOf } from './test/setup.ts'

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  description: 'A person',
  properties: {
    name: { type: 'string', minLength: 1 },
    age: { type: 'integer', minimum: 0, maximum: 150 },
    tags: { type: 'array', items: { type: 'string', format: 'email' }, minItems: 1, maxItems: 3 },
    home: { oneOf: [{ $ref: '#/$defs/place' }, { type: 'null' }] },
  },
  required: ['name'],
  $defs: { place: { type: 'object', properties: { city: { type: 'string', format: 'city' } } } },
}

describe('an answer of a schema', () => {
  it('is held to it by the vendor, every object closed', async () => {
    const { llm, sent, twin } = setup()
    twin.say({ text: '{"name":"Ada"}' }, { text: '{"name":"Ada"}' })
    const answer = await llm.generate(hello({ output: { schema } }))
    expect(answer).toMatchObject({ object: { name: 'Ada' }, finish: 'stop' })
    expect(sent().output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          description: 'A person',
          additionalProperties: false,
          properties: {
            name: { type: 'string', description: '{minLength: 1}' },
            age: { type: 'integer', description: '{minimum: 0, maximum: 150}' },
            tags: { type: 'array', items: { type: 'string', format: 'email' }, minItems: 1, description: '{maxItems: 3}' },
            home: { anyOf: [{ $ref: '#/$defs/place' }, { type: 'null' }] },
          },
          required: ['name'],
          $defs: {
            place: {
              type: 'object',
              additionalProperties: false,
              properties: { city: { type: 'string', description: '{format: "city"}' } },
            },
          },
        },
      },
    })
    expect(textOf(await read(llm.stream(hello({ output: { schema } }))))).toBe('{"name":"Ada"}')
  })

  it('is what a tool is given, on models that know nothing else', async () => {
    const { llm, sent, twin } = setup()
    twin.say({ text: '{"name":"Ada"}' }, { text: '{"name":"Ada"}' })
    const input = hello({ model: 'claude-opus-4-1', output: { schema, name: 'person' } })
    const answer = await llm.generate(input)
    expect(answer).toMatchObject({ object: { name: 'Ada' }, finish: 'stop', rawFinish: 'tool_use', toolCalls: [] })
    expect(sent()).toMatchObject({ tool_choice: { type: 'tool', name: 'answer' }, tools: [{ name: 'answer' }] })
    expect(sent()).not.toHaveProperty('output_config')
    expect(await collect(llm.stream(input), { object: true })).toMatchObject({
      object: { name: 'Ada' },
      finish: 'stop',
      toolCalls: [],
    })
    expect(twin.asked()[0]?.schema).toMatchObject({ required: ['name'] })
  })

  it('goes with thinking and tools where the vendor holds to it, and nowhere else', async () => {
    const { llm, sent, twin } = setup()
    const tools = [{ name: 'weather', parameters: { type: 'object' as const, properties: {} } }]
    twin.say({ thinks: 'Hm', text: '{"name":"Ada"}' })
    await llm.generate(hello({ output: { schema }, tools, thinking: 'low' }))
    expect(sent()).toMatchObject({
      output_config: { effort: 'low', format: { type: 'json_schema' } },
      thinking: { type: 'adaptive' },
    })
    const old = { model: 'claude-opus-4-1', output: { schema } }
    expect(await failure(llm.generate(hello({ ...old, tools })))).toMatchObject({
      code: 'unsupported',
      field: 'output',
      elsewhere: true,
    })
    expect(await failure(llm.generate(hello({ ...old, thinking: 'low' })))).toMatchObject({
      code: 'unsupported',
      elsewhere: true,
    })
  })

  it('is refused where an object is open, or what is in it is no schema', async () => {
    const { llm, twin } = setup()
    const open = { type: 'object', properties: { a: { type: 'object', additionalProperties: { type: 'string' } } } }
    expect(await failure(llm.generate(hello({ output: { schema: open } })))).toMatchObject({
      code: 'invalid_schema',
      field: 'output.schema.properties.a.additionalProperties',
      elsewhere: true,
      fault: 'caller',
    })
    for (const bad of [{ items: true }, { properties: 1 }, { anyOf: {} }, { properties: { a: null } }]) {
      expect(() => closed(bad, 'output.schema')).toThrow(/output\.schema\./)
    }
    expect(twin.requests()).toHaveLength(0)
  })

  it('that the model breaks is an error, and one that was cut is none', async () => {
    const { llm, twin } = setup()
    twin.say({ text: 'Sure! {' }, { text: '{"na', finish: 'length' }, { refuses: 'No.' })
    expect(await failure(llm.generate(hello({ output: { schema } })))).toMatchObject({ fault: 'provider' })
    expect(await llm.generate(hello({ output: { schema } }))).not.toHaveProperty('object')
    expect(await llm.generate(hello({ output: { schema } }))).toMatchObject({ finish: 'refusal', refusal: 'No.' })
  })

  it('closes the arguments of strict tools', async () => {
    const { llm, sent } = setup()
    const tool = {
      name: 'weather',
      parameters: { type: 'object' as const, properties: { day: { type: 'integer', minimum: 1 } } },
      strict: true,
    }
    await llm.generate(hello({ tools: [tool] }))
    expect(sent().tools).toEqual([
      {
        name: 'weather',
        strict: true,
        input_schema: {
          type: 'object',
          additionalProperties: false,
          properties: { day: { type: 'integer', description: '{minimum: 1}' } },
        },
      },
    ])
    await llm.generate(hello({ model: 'claude-opus-4-1', tools: [tool] }))
    expect(sent().tools).toEqual([{ name: 'weather', input_schema: tool.parameters }])
  })
})
