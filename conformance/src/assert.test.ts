import { ProviderError, refuse } from '@do/provider'
import { describe, expect, it } from 'vitest'
import { CheckFailure, collect, outcome, refused, same } from './assert.ts'
import { everythingIn } from './shared/errors.ts'
import { neighbour } from './shared/handles.ts'

describe('same', () => {
  it('compares by value, and takes undefined for null as JSON does', () => {
    expect(() => same({ a: [1] }, { a: [1] }, 'x')).not.toThrow()
    expect(() => same([undefined], [null], 'x')).not.toThrow()
    expect(() => same('a', 'b', 'The text')).toThrow('The text: expected "b", got "a".')
  })

  it('shows where long texts differ instead of all of them', () => {
    const text = 'x'.repeat(500)
    expect(() => same(`${text}a`, `${text}b`, 'The text')).toThrow(/from character 501 on they differ: …x{20}b"…, got …x{20}a"…/)
    expect(() => same(text.slice(1), text, 'The text')).toThrow('expected 502 characters, got 501')
  })
})

describe('refused', () => {
  const error = refuse('invalid_input', 'No.', { field: 'to' })

  it('wants a ProviderError with effect none', async () => {
    await expect(refused(async () => 1, 'The call')).rejects.toThrow('expected a refusal, but the call succeeded')
    await expect(refused(() => Promise.reject(new Error('x')), 'The call')).rejects.toThrow('no ProviderError')
    await expect(refused(() => Promise.reject(error.with({ effect: 'unknown' })), 'The call')).rejects.toThrow(
      'effect of the error',
    )
    expect(
      await refused(() => Promise.reject(error), 'The call', { code: ['x', 'invalid_input'], fault: 'caller', field: 'to' }),
    ).toBe(error)
  })

  it('wants the given field, or one inside it', async () => {
    const inside = error.with({ field: 'flow.steps.0' })
    await expect(refused(() => Promise.reject(inside), 'The call', { field: 'flow' })).resolves.toBe(inside)
    await expect(refused(() => Promise.reject(inside), 'The call', { field: 'flo' })).rejects.toThrow('must name the field "flo"')
  })
})

it('outcome passes failures of the check itself on', async () => {
  await expect(outcome(() => Promise.reject(new CheckFailure('no oracle')))).rejects.toThrow('no oracle')
})

it('collect ends with a list that does not', async () => {
  const endless = async function* () {
    for (;;) yield 1
  }
  await expect(collect(endless(), 10)).rejects.toThrow('more than 10 items')
})

it('everythingIn finds what is hidden in causes, headers, symbols and stacks', () => {
  const cause = Object.assign(new Error('inner'), { response: { headers: new Headers({ authorization: 'Bearer s3cret' }) } })
  const error = Object.assign(new ProviderError({ effect: 'none', fault: 'caller', code: 'x', message: 'm' }), {
    [Symbol('kept')]: { body: 'private' },
  })
  Object.defineProperty(error, 'hidden', { value: { cause }, enumerable: false })
  for (const part of ['s3cret', 'private', 'inner']) expect(everythingIn(error)).toContain(part)
})

it('a neighbour of an id has the same form and is another', () => {
  expect(neighbour('memory:msg_00ffa9')).toBe('memory:msg_00aab0')
  expect(neighbour('plivo:6b7a-9f')).toHaveLength('plivo:6b7a-9f'.length)
})
