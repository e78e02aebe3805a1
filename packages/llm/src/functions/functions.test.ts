import { ProviderError } from '@do/provider'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { setup } from '../testing/functions.ts'

const person = z.object({ name: z.string(), age: z.number().int() })

describe('the cache', () => {
  const store = () => {
    const kept = new Map<string, string>()
    return { kept, get: (key: string) => kept.get(key), set: (key: string, value: string) => void kept.set(key, value) }
  }

  it('answers the same question once, for the same tenant', async () => {
    const cache = store()
    const first = setup({ cache, scope: 'acme' })
    first.answers('Hello')
    expect([await first.ai.write`Hi`, await first.ai.write`Hi`, await first.ai.write('Hi')]).toEqual(['Hello', 'Hello', 'Hello'])
    expect(first.asked).toHaveLength(1)
    expect(first.books.map(({ cached }) => cached)).toEqual([false, true, true])
    const other = setup({ cache, scope: 'other' })
    await other.ai.write`Hi`
    await first.ai.write('Hi', { temperature: 1 })
    await first.ai.write('Hi', { cache: false })
    expect([other.asked.length, first.asked.length]).toEqual([1, 3])
    expect([...cache.kept.keys()].join()).not.toContain('Hi')
  })

  it('keeps shapes before they are transformed, and vectors', async () => {
    const { ai, answers, asked } = setup({ cache: store() })
    const when = z.object({ at: z.iso.date().transform((text) => new Date(text)) })
    answers('{"at":"2026-01-02"}')
    expect([await ai.extract(when)`x`, await ai.extract(when)`x`]).toEqual([
      { at: new Date('2026-01-02') },
      { at: new Date('2026-01-02') },
    ])
    expect([await ai.embed('abc'), await ai.embed('abc')]).toEqual([
      [3, 1],
      [3, 1],
    ])
    expect(asked).toHaveLength(2)
  })

  it('keeps nothing that is no whole answer, and is never in the way', async () => {
    const cache = store()
    const { ai, answers } = setup({ cache })
    answers({ text: 'Ha', finish: 'length' })
    await expect(ai.write`Hi`).rejects.toMatchObject({ code: 'answer_cut' })
    expect(cache.kept.size).toBe(0)
    const broken = setup({
      cache: {
        get: () => 'not json',
        set: () => {
          throw new Error('full')
        },
      },
    })
    broken.answers('{"answer":true}')
    expect(await broken.ai.is`So?`).toBe(true)
  })
})

describe('pictures, sound, vectors', () => {
  it('each with its own model and settings', async () => {
    const { ai, asked, books } = setup()
    expect(await ai.embed(['a', 'bcd'])).toEqual([
      [1, 1],
      [3, 1],
    ])
    expect(await ai.embed`two ${'words'}`).toEqual([9, 1])
    expect(await ai.image`A ${'cat'}`).toMatchObject({ mediaType: 'image/png' })
    expect(await ai.speak.with({ voice: 'alloy' })`Hello ${'you'}`).toMatchObject({ mediaType: 'audio/mpeg' })
    expect(await ai.transcribe(new Uint8Array(7), { mediaType: 'audio/wav', language: 'de' })).toMatchObject({ text: '7 bytes' })
    expect(asked.map(({ operation, input }) => [operation, input.model])).toEqual([
      ['embed', 'vec'],
      ['embed', 'vec'],
      ['image', 'pic'],
      ['speak', 'voice'],
      ['transcribe', 'ear'],
    ])
    expect(asked[2]?.input).toMatchObject({ prompt: 'A cat' })
    expect(asked[3]?.input).toMatchObject({ text: 'Hello you', voice: 'alloy' })
    expect(asked[4]?.input).toMatchObject({ language: 'de' })
    expect(books.map((each) => each.function)).toEqual(['embed', 'embed', 'image', 'speak', 'transcribe'])
  })

  it('say which model is missing', async () => {
    const { ai, asked } = setup({ models: {} })
    await expect(ai.embed('a')).rejects.toMatchObject({ code: 'invalid_input', field: 'models.embedding' })
    await expect(ai.image('a')).rejects.toMatchObject({ field: 'models.image' })
    expect(asked).toEqual([])
  })
})

it('a listener that throws is no reason to fail', async () => {
  const { ai } = setup({
    onAnswer: () => {
      throw new Error('mine')
    },
  })
  expect(await ai.write`Hi`).toBe('Hi')
  expect(ProviderError.is(await ai.extract(person)`x`.catch((error: unknown) => error))).toBe(true)
})
