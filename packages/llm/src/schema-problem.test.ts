import { describe, expect, it } from 'vitest'
import { schemaProblem } from './schema-problem.ts'

const nested = (depth: number): object => (depth === 0 ? { type: 'string' } : { type: 'array', items: nested(depth - 1) })

describe('schemaProblem', () => {
  it.each([
    [{}],
    [true],
    [{ type: ['string', 'null'] }],
    [{ type: 'object', properties: { type: { type: 'string' }, required: { type: 'boolean' } }, required: ['type'] }],
    [{ $defs: { 'a/b': { type: 'string' } }, $ref: '#/$defs/a~1b' }],
    [{ type: 'object', properties: { self: { $ref: '#' } } }],
    [{ $ref: '#anchor' }],
    [{ enum: [null, 1, 'a'], const: undefined, default: { type: 'nonsense' }, examples: [{ $ref: 5 }] }],
    [{ 'x-vendor': { type: 5 }, nullable: true }],
    [{ type: 'string', pattern: '^[\\w\\-]+\\@$', minLength: 0 }],
    [nested(60)],
  ])('has nothing against %j', (schema) => {
    expect(schemaProblem(schema)).toBeUndefined()
  })

  it.each([
    [null, ''],
    ['string', ''],
    [[], ''],
    [{ type: 'strin' }, 'type'],
    [{ type: [] }, 'type'],
    [{ type: { type: 'string' } }, 'type'],
    [{ properties: { a: { type: 'int' } } }, 'properties.a.type'],
    [{ properties: [] }, 'properties'],
    [{ properties: { a: 'string' } }, 'properties.a'],
    [{ items: 'string' }, 'items'],
    [{ items: { anyOf: [{ type: 'string' }, { type: 'text' }] } }, 'items.anyOf.1.type'],
    [{ anyOf: [] }, 'anyOf'],
    [{ allOf: {} }, 'allOf'],
    [{ required: 'name' }, 'required'],
    [{ required: [1] }, 'required'],
    [{ enum: [] }, 'enum'],
    [{ enum: 'a' }, 'enum'],
    [{ minLength: -1 }, 'minLength'],
    [{ maxItems: 1.5 }, 'maxItems'],
    [{ maximum: '5' }, 'maximum'],
    [{ multipleOf: 0 }, 'multipleOf'],
    [{ pattern: '(' }, 'pattern'],
    [{ additionalProperties: 'no' }, 'additionalProperties'],
    [{ $ref: 'https://example.com/schema.json' }, '$ref'],
    [{ properties: { a: { $ref: '#/$defs/Missing' } } }, 'properties.a.$ref'],
    [{ $ref: '#/constructor' }, '$ref'],
    [{ $defs: { A: { required: 1 } } }, '$defs.A.required'],
  ])('finds what is wrong in %j, at "%s"', (schema, path) => {
    expect(schemaProblem(schema)).toEqual({ path, message: expect.stringMatching(/^(must|is) /) })
  })

  it('goes no deeper than it should, and survives a schema that contains itself', () => {
    expect(schemaProblem(nested(80))?.message).toBe('is nested deeper than 64 levels')
    const round: Record<string, unknown> = { type: 'array' }
    round.items = round
    expect(schemaProblem(round)?.message).toBe('is nested deeper than 64 levels')
  })
})
