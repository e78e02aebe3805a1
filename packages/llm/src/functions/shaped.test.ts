import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import { misfit } from '../fits-schema.ts'
import { setup } from '../testing/functions.ts'
import { cannot } from '../testing/scripted.ts'
import type { SchemaOf } from './index.ts'

const person = z.object({ name: z.string(), age: z.number().int() })

describe('list, is, decide', () => {
  it('list gives texts, or things of a schema', async () => {
    const { ai, answers, asked } = setup()
    answers('{"items":["a","b"]}', '{"items":[{"name":"Ann","age":3}]}')
    expect(await ai.list`Two letters`).toEqual(['a', 'b'])
    expect(asked[0]?.input.output).toEqual({
      name: 'list',
      schema: {
        type: 'object',
        properties: { items: { type: 'array', items: { type: 'string' } } },
        required: ['items'],
        additionalProperties: false,
      },
    })
    const people: { name: string; age: number }[] = await ai.list(person)`One person`
    expect(people).toEqual([{ name: 'Ann', age: 3 }])
  })

  it('is answers yes or no', async () => {
    const { ai, answers, userOf } = setup()
    answers('{"answer":true}', '{"answer":false}')
    expect(await ai.is`Is ${'this'} angry?`).toBe(true)
    expect(await ai.is('Is water dry?')).toBe(false)
    expect(userOf(1)).toBe('Is water dry?')
  })

  it('decide gives one of the options, and nothing else', async () => {
    const { ai, answers, asked, systemOf } = setup()
    answers('{"choice":"refund"}', '{"choice":"none"}', '{"choice":"other"}')
    const choice: 'refund' | 'other' = await ai.decide(['refund', 'other'])`${'I want my money back'}`
    expect(choice).toBe('refund')
    expect(asked[0]?.input.output).toMatchObject({ schema: { properties: { choice: { enum: ['refund', 'other'] } } } })
    expect(await ai.decide({ refund: 'wants money', other: 'all else' })('text')).toBe('other')
    expect(systemOf(1)).toContain('- refund: wants money')
    expect(asked).toHaveLength(3)
  })
})

describe('extract', () => {
  it('by the schema that the vendor guarantees, objects closed', async () => {
    const { ai, answers, asked } = setup()
    answers('{"name":"Ann","age":3}')
    expect(await ai.extract(person)`${'Ann is three.'}`).toEqual({ name: 'Ann', age: 3 })
    expect(asked[0]?.input.output).toMatchObject({
      name: 'extract',
      schema: {
        type: 'object',
        required: ['name', 'age'],
        additionalProperties: false,
        properties: { name: { type: 'string' } },
      },
    })
    expect(asked[0]?.input.output).not.toHaveProperty('schema.$schema')
  })

  it('arrays and plain values are wrapped, and transforms run', async () => {
    const { ai, answers } = setup()
    answers('{"result":[{"name":"Ann","age":3}]}', '{"result":"2026-01-02"}')
    expect(await ai.extract(z.array(person))`x`).toEqual([{ name: 'Ann', age: 3 }])
    const when = z.iso.date().transform((text) => new Date(text))
    expect(await ai.extract(when)`x`).toEqual(new Date('2026-01-02'))
  })

  it('of zod/mini, of a bare JSON Schema, of a library with a JSON Schema beside', async () => {
    const { ai, answers } = setup()
    answers('{"a":1}', '{"b":2}', '{"c":3}')
    expect(await ai.extract(mini.object({ a: mini.number() }))`x`).toEqual({ a: 1 })
    expect(await ai.extract({ jsonSchema: { type: 'object', properties: { b: { type: 'number' } } } })`x`).toEqual({ b: 2 })
    const schema: SchemaOf<{ c: string }> = {
      '~standard': { version: 1, vendor: 'mine', validate: (value) => ({ value: { c: String((value as { c: number }).c) } }) },
    }
    expect(() => ai.extract(schema)).toThrow('does not tell its JSON Schema')
    expect(await ai.extract({ schema, jsonSchema: { type: 'object' } })`x`).toEqual({ c: '3' })
  })

  it('definitions stay where references look for them', async () => {
    const { ai, answers, asked } = setup()
    const Tree = z.object({
      name: z.string(),
      get below() {
        return z.array(Tree)
      },
    })
    answers('{"result":[{"name":"a","below":[{"name":"b","below":[]}]}]}')
    expect(await ai.extract(z.array(Tree))`x`).toEqual([{ name: 'a', below: [{ name: 'b', below: [] }] }])
    expect(asked[0]?.input.output).toMatchObject({
      schema: {
        properties: { result: { type: 'array', items: { $ref: expect.stringMatching(/^#\/\$defs\//) } } },
        $defs: expect.any(Object),
      },
    })
    answers('{"items":[{"name":"a","below":[]}]}')
    expect(await ai.list(Tree)`x`).toEqual([{ name: 'a', below: [] }])
    const told = asked[1]?.input.output
    const schema = typeof told === 'object' ? told.schema : {}
    expect(schema).toMatchObject({ properties: { items: { type: 'array', items: { $ref: '#/$defs/Whole' } } } })
    expect(misfit(schema, { items: [{ name: 'a', below: [{ name: 'b', below: [] }] }] })).toBeUndefined()
    expect(misfit(schema, { items: [{ name: 'a', below: [{ name: 1, below: [] }] }] })?.path).toBe('items.0.below.0.name')
  })

  it('repairs once, with the place of the mistake', async () => {
    const { ai, answers, asked, books } = setup()
    answers('{"name":"Ann","age":"three"}', '{"name":"Ann","age":3}')
    expect(await ai.extract(person)`x`).toEqual({ name: 'Ann', age: 3 })
    const { messages } = asked[1]?.input ?? { messages: [] }
    expect(messages.at(-2)).toMatchObject({
      role: 'assistant',
      content: [{ type: 'text', text: '{"name":"Ann","age":"three"}' }],
    })
    expect(messages.at(-1)?.content).toMatch(/^That does not fit the schema: "age": .* corrected JSON only\.$/)
    expect(books).toHaveLength(2)
  })

  it('and then gives up, with the path and without the answer', async () => {
    const { ai, answers, asked } = setup()
    answers('{"name":"Secret","age":"three"}', '{"name":"Secret","age":1.5}')
    const failure = await ai.extract(person)`x`.catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'does_not_fit', field: 'age', effect: 'done', fault: 'provider', provider: 'scripted' })
    expect(JSON.stringify(failure)).not.toContain('Secret')
    expect(asked).toHaveLength(2)
  })
})

describe('where no schema is guaranteed', () => {
  it('asks for JSON, with the schema in words', async () => {
    const { ai, answers, asked, systemOf } = setup({}, ['structured-output'])
    answers('{"name":"Ann","age":3}')
    expect(await ai.extract(person)`x`).toEqual({ name: 'Ann', age: 3 })
    expect(asked[0]?.input.output).toBe('json')
    expect(systemOf(0)).toContain('"required":["name","age"]')
  })

  it('and for plain text where there is no JSON either, reading fences', async () => {
    const { ai, answers, asked } = setup({}, ['structured-output', 'json'])
    answers('Sure!\n```json\n{"name":"Ann","age":3}\n```', 'I cannot', 'Sorry, no', 'Hm', '{"name":"Bob","age":4}')
    expect(await ai.extract(person)`x`).toEqual({ name: 'Ann', age: 3 })
    expect(asked[0]?.input.output).toBeUndefined()
    await expect(ai.extract(person)`x`).rejects.toMatchObject({ code: 'not_json', fault: 'provider' })
    expect(await ai.extract(person)`x`).toMatchObject({ name: 'Bob' })
  })

  it('goes down a step where this model or this schema is refused', async () => {
    const { ai, answers, asked } = setup()
    answers(cannot('invalid_schema'), cannot('unsupported'), '{"name":"Ann","age":3}')
    expect(await ai.extract(person)`x`).toEqual({ name: 'Ann', age: 3 })
    expect(asked.map(({ input }) => typeof input.output)).toEqual(['object', 'string', 'undefined'])
  })

  it('other errors are passed on', async () => {
    const { ai, answers } = setup()
    answers(cannot('unauthorized'))
    await expect(ai.extract(person)`x`).rejects.toMatchObject({ code: 'unauthorized' })
    answers({ text: '{"na', finish: 'length' })
    await expect(ai.extract(person)`x`).rejects.toMatchObject({ code: 'answer_cut' })
  })
})
