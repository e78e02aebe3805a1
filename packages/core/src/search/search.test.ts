import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StageServer, startStage } from '../collection/test/harness.ts'
import { matchOf } from './query.ts'

let stage: StageServer
beforeAll(async () => {
  stage = await startStage(new URL('./test/worker.ts', import.meta.url))
})
afterAll(() => stage.close())

describe('full-text search', () => {
  it('finds words, phrases, beginnings, accents or not, the best first, within a filter', async () => {
    expect(await stage.play('words', 'words')).toEqual({
      best: ['most', expect.any(String), expect.any(String)],
      all: ['cream'],
      any: ['cream', 'fox'],
      phrase: ['fox'],
      phraseTurned: [],
      accents: ['cream'],
      prefix: ['cream'],
      noPrefix: [],
      list: ['odd'],
      where: ['cream', 'fox'],
      whereScore: ['fox'],
      refused: expect.objectContaining({ code: 'not_indexed', field: 'title' }),
    })
  })

  it('follows every change in its transaction', async () => {
    expect(await stage.play('changes', 'changes')).toEqual({
      seen: [['a'], [], ['a'], ['a'], [], ['a'], [], ['a'], [], ['a'], [], ['a', 'z']],
      sound: true,
    })
  })

  it('indexes what was there before it was declared, again when declared otherwise, and can be dropped', async () => {
    expect(await stage.play('later', 'declared later')).toEqual({
      before: ['one'],
      after: [],
      stemmed: ['three'],
      parts: ['three'],
      left: [],
    })
  })

  it.each([1, 2, 3])('answers random queries as a look through all documents would (seed %i)', async (seed) => {
    const { wrong, found, sound } = await stage.play(`random-${seed}`, 'random search', { seed })
    expect({ wrong, sound }).toEqual({ wrong: 0, sound: true })
    expect(found).toBeGreaterThan(1_000)
  })

  it('takes the language of FTS5 as words, and refuses what has none', async () => {
    const { answers, sound, count } = await stage.play('hostile', 'hostile', [
      'kept" OR title:kept*',
      'kept NOT safe',
      'NEAR(kept safe, 9)',
      '{title body}: kept',
      'title : kept',
      '^kept + safe',
      'kept*',
      '-kept',
      "kept'; DROP TABLE f_pages; --",
      'f_pages MATCH kept',
      'kept \u0000 safe',
      `kept ${'\u0301'.repeat(500)}`,
      '(((((((((kept',
      '"kept safe',
      '"kept" "safe"',
      '',
      '   ',
      '" "',
      '*:^"-+(){}',
      '\u0301\u0301',
      'word '.repeat(65),
      'a'.repeat(2_001),
    ])
    const some = { result: ['kept'] }
    const none = { result: [] }
    const refused = expect.objectContaining({ code: 'invalid_search', field: 'words' })
    expect(answers).toEqual([
      ...[none, none, none, none, none, some, some, some, none, none, some, some, some, some, some],
      ...Array.from({ length: 7 }, () => refused),
    ])
    expect({ sound, count }).toEqual({ sound: true, count: 1 })
  })

  it('refuses what is no text', () => {
    for (const words of [undefined, null, 7, ['a'], {}])
      expect(() => matchOf(words as never)).toThrow(expect.objectContaining({ code: 'invalid_search' }))
  })

  it('pages through equal scores, each document once', async () => {
    expect(await stage.play('paging', 'paging')).toEqual({
      count: 30,
      different: 30,
      falling: true,
      wrong: expect.objectContaining({ code: 'invalid_cursor' }),
    })
  })

  it('gives the hits as pieces of text, never as markup', async () => {
    expect(await stage.play('highlight', 'highlight')).toEqual({
      title: [
        { text: '<b>', hit: false },
        { text: 'Fish', hit: true },
        { text: '</b> & chips', hit: false },
      ],
    })
  })
})

describe('vector search', () => {
  const shapes = ['cosine', 'dot', 'euclidean'].flatMap((metric) => ['float32', 'int8'].map((type) => ({ metric, type })))

  it.each(shapes)('by $metric in $type is what float64 finds over all, within its bound', async ({ metric, type }) => {
    for (const [seed, filter] of [
      [1, false],
      [2, true],
    ] as const) {
      const shape = { dimensions: 33, metric, type }
      const answer = await stage.play(`${metric}-${type}-${seed}`, 'brute force', { shape, seed, filter })
      expect(answer).toEqual({ wrong: 0, furthest: expect.any(Number) })
      // A bound that is never approached would be no bound.
      if (type === 'int8') expect(answer.furthest).toBeGreaterThan(0.05)
    }
  })

  it('has the vectors go with their documents, and says which are old', async () => {
    expect(await stage.play('together', 'with documents')).toEqual({
      missing: ['x', 'y'],
      told: [
        ['vectors:items.embedding', 'create', 'x'],
        ['vectors:items.embedding', 'create', 'y'],
      ],
      stored: [Math.fround(0.6), Math.fround(0.8)],
      stale: ['x'],
      hidden: ['x'],
      back: [
        ['y', 1],
        ['x', expect.closeTo(0.6, 6)],
      ],
      rows: [{ count: 1 }],
      gone: true,
      twice: false,
      never: null,
    })
  })

  it('never gives a marked document, whatever is declared now', async () => {
    expect(await stage.play('marked', 'marked, then declared otherwise')).toEqual(['b', 'c'])
  })

  it('refuses what is no vector of its kind', async () => {
    const { set, search, nobody, limit, where, otherwise, stored, tiny } = await stage.play('refused', 'refused')
    for (const { code } of [...set, ...search]) expect(code).toBe('invalid_vector')
    expect([nobody.code, limit.code, where.code, otherwise.code]).toEqual([
      'not_found',
      'invalid_limit',
      'not_indexed',
      'invalid_collection',
    ])
    expect(stored).toBeNull()
    expect(tiny).toBeCloseTo(1, 6)
  })
})
