import { describe, expect, it } from 'vitest'
import { checkArguments } from './index.ts'

const weather = {
  name: 'weather',
  parameters: {
    type: 'object',
    properties: {
      city: { type: 'string', minLength: 1 },
      days: { type: 'array', items: { type: 'object', properties: { 'a/b c': { type: 'integer', maximum: 7 } } } },
      unit: { enum: ['C', 'F'] },
    },
    required: ['city'],
    additionalProperties: false,
  },
}
const time = { name: 'time', parameters: { type: 'object', properties: {} } }
const call = (json: string, name = 'weather') => ({ type: 'tool_call' as const, id: 'c1', name, arguments: json })
const check = (json: string) => checkArguments([time, weather], call(json))

describe('checkArguments', () => {
  it('gives the arguments where they fit', () => {
    expect(check('{"city":"Rome","unit":"C"}')).toEqual({ fits: true, arguments: { city: 'Rome', unit: 'C' } })
    expect(checkArguments(time, call('', 'time'))).toEqual({ fits: true, arguments: {} })
    expect(checkArguments(time, call('{}', 'time'))).toEqual({ fits: true, arguments: {} })
  })

  it.each([
    ['{"city":5}', 'city'],
    ['{"city":""}', 'city'],
    ['{}', ''],
    ['[]', ''],
    ['{"city":"Rome","unit":"K"}', 'unit'],
    ['{"city":"Rome","days":[{},{"a/b c":9}]}', 'days.1.a/b c'],
    ['{"city":"Rome","surprise":1}', 'surprise'],
  ])('%s does not fit, at "%s"', (json, field) => {
    const checked = check(json)
    expect(checked).toMatchObject({ fits: false, code: 'does_not_fit', field })
    expect(checked).toMatchObject({
      answer: { role: 'tool', toolCall: 'c1', isError: true, content: expect.stringContaining('do not fit') },
    })
  })

  it.each(['{"city":', 'Rome', '{"city":"Rome"} and more'])('%s is no JSON', (json) => {
    expect(check(json)).toMatchObject({ fits: false, code: 'not_json', field: '' })
  })

  it('knows no other tool', () => {
    expect(checkArguments([weather], call('{}', 'delete_all'))).toMatchObject({ fits: false, code: 'unknown_tool' })
  })

  it('never repeats what the model wrote', () => {
    for (const json of ['{"city":{"x":"Secret"}}', '"Secret', '{"city":"Rome","unit":"Secret"}']) {
      expect(JSON.stringify(check(json))).not.toContain('Secret')
    }
  })

  it('says so where the schema itself is at fault', () => {
    const broken = { name: 'weather', parameters: { type: 'object', properties: { city: { $ref: '#/nowhere' } } } }
    expect(() => checkArguments(broken, call('{"city":1}'))).toThrow(expect.objectContaining({ code: 'invalid_schema' }))
  })
})
