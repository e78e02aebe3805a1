import { upsertMany } from '../../bulk/many.ts'
import { collectionIn } from '../../collection/in-kernel.ts'
import { chooser, seeded } from '../../collection/test/random.ts'
import { failing, type Scene, type Stage } from '../../collection/test/room.ts'
import type { FullTextOptions, SearchOptions } from '../full-text.ts'
import { fullText } from '../full-text.ts'

interface Page {
  readonly title?: unknown
  readonly body?: unknown
  readonly status?: string
  readonly score?: number
}

function pagesOf({ kernel }: Stage, options: FullTextOptions = {}, fields = ['title', 'body.text']) {
  const pages = collectionIn<Page>(kernel, 'pages', undefined, { indexes: ['status', 'score', 'body'], softDelete: true })
  return { pages, search: fullText(pages, fields, options) }
}

const idsOf = ({ search }: ReturnType<typeof pagesOf>, words: string, options?: SearchOptions) =>
  search.search(words, options).items.map(({ document }) => document.$id)

/** Is the index what the documents say? FTS5 compares it with them itself. */
function sound({ storage }: Stage): boolean {
  storage.sql.exec(`INSERT INTO "f_pages" ("f_pages", rank) VALUES ('integrity-check', 1)`)
  return true
}

export const searchScenes: Record<string, Scene> = {
  words: (stage) => {
    const room = pagesOf(stage)
    const { pages } = room
    pages.insert(
      { title: 'The quick brown fox', body: { text: 'jumps over the lazy dog' }, status: 'public', score: 1 },
      { id: 'fox' },
    )
    pages.insert({ title: 'Crème brûlée', body: { text: 'A quick dessert' }, status: 'public' }, { id: 'cream' })
    pages.insert({ title: 'Quick quick quick', body: { text: 'quick' }, status: 'secret' }, { id: 'most' })
    pages.insert({ title: ['list', 'of words'], body: 7 }, { id: 'odd' })
    pages.insert({}, { id: 'empty' })
    return {
      best: idsOf(room, 'quick'),
      all: idsOf(room, 'quick dessert'),
      any: idsOf(room, 'dessert lazy', { match: 'any' }).toSorted(),
      phrase: idsOf(room, '"quick brown"'),
      phraseTurned: idsOf(room, '"brown quick"'),
      accents: idsOf(room, 'CREME brulee'),
      prefix: idsOf(room, 'quick des', { prefix: true }),
      noPrefix: idsOf(room, 'quick des'),
      list: idsOf(room, 'words'),
      where: idsOf(room, 'quick', { where: { status: 'public' } }).toSorted(),
      whereScore: idsOf(room, 'quick', { where: { score: { gte: 1 } } }),
      refused: failing(() => idsOf(room, 'quick', { where: { title: 'x' } })),
    }
  },

  changes: (stage) => {
    const room = pagesOf(stage)
    const { pages } = room
    pages.insert({ title: 'alpha' }, { id: 'a' })
    const seen = [idsOf(room, 'alpha')]
    pages.update('a', { title: 'beta' })
    seen.push(idsOf(room, 'alpha'), idsOf(room, 'beta'))
    pages.update('a', { status: 'other' })
    seen.push(idsOf(room, 'beta'))
    pages.delete('a')
    seen.push(idsOf(room, 'beta'))
    pages.restore('a')
    seen.push(idsOf(room, 'beta'))
    failing(() =>
      stage.kernel.transaction(() => {
        pages.update('a', { title: 'gamma' })
        throw new RangeError('enough')
      }),
    )
    seen.push(idsOf(room, 'gamma'), idsOf(room, 'beta'))
    pages.delete('a')
    pages.purge()
    pages.insert({ title: 'delta' }, { id: 'a' })
    seen.push(idsOf(room, 'beta'), idsOf(room, 'delta'))
    upsertMany(pages, [
      { $id: 'a', title: 'omega' },
      { $id: 'z', title: 'omega' },
    ])
    seen.push(idsOf(room, 'delta'), idsOf(room, 'omega').toSorted())
    return { seen, sound: sound(stage) }
  },

  'declared later': (stage) => {
    const plain = collectionIn<Page>(stage.kernel, 'pages', undefined, { indexes: ['status'], softDelete: true })
    for (const title of ['one', 'two']) plain.insert({ title, body: { text: 'both' } }, { id: title })
    plain.delete('two')
    const room = pagesOf(stage.again())
    const before = idsOf(room, 'both')
    const other = pagesOf(stage.again(), { tokens: 'english' }, ['title'])
    const after = idsOf(other, 'both')
    other.pages.insert({ title: 'running shoes' }, { id: 'three' })
    const stemmed = idsOf(other, 'run')
    const parts = idsOf(pagesOf(stage.again(), { tokens: 'parts' }), 'unni')
    const last = pagesOf(stage.again(), { tokens: 'parts' })
    last.search.drop()
    last.pages.insert({ title: 'no index any more' }, { id: 'four' })
    const left = stage.storage.sql.exec(`SELECT name FROM sqlite_master WHERE name LIKE 'f%\\_pages%' ESCAPE '\\'`).toArray()
    return { before, after, stemmed, parts, left }
  },

  hostile: (stage, words: readonly string[]) => {
    const room = pagesOf(stage)
    room.pages.insert({ title: 'kept safe' }, { id: 'kept' })
    const answers = words.map((text) => failing(() => idsOf(room, text)))
    return { answers, sound: sound(stage), count: room.pages.count() }
  },

  paging: (stage) => {
    const room = pagesOf(stage)
    for (let index = 0; index < 60; index++)
      room.pages.insert(
        { title: `same ${'word '.repeat(index % 4)}`, status: index % 2 === 0 ? 'even' : 'odd' },
        { id: `p${index}` },
      )
    const seen: string[] = []
    const scores: number[] = []
    let cursor: string | undefined
    do {
      const page = room.search.search('same', {
        limit: 7,
        where: { status: 'even' },
        ...(cursor === undefined ? {} : { cursor }),
      })
      seen.push(...page.items.map(({ document }) => document.$id))
      scores.push(...page.items.map(({ score }) => score))
      cursor = page.cursor
    } while (cursor !== undefined)
    const falling = scores.every((score, index) => index === 0 || score <= (scores[index - 1] as number))
    const wrong = failing(() => room.search.search('same', { cursor: room.pages.list({ limit: 1 }).cursor ?? '' }))
    return { count: seen.length, different: new Set(seen).size, falling, wrong }
  },

  highlight: (stage) => {
    const room = pagesOf(stage)
    room.pages.insert({ title: '<b>Fish</b> & chips', body: { text: 'No hit. \u{e000}' } }, { id: 'x' })
    return room.search.search('fish', { highlight: true }).items[0]?.highlights
  },

  /** Random documents and queries against a search that goes through all of them. */
  'random search': (stage, { seed }: { seed: number }) => {
    const { below, chance, one, some } = chooser(seeded(seed))
    const room = pagesOf(stage)
    const vocabulary = ['red', 'green', 'blue', 'Éa', 'not', 'and', 'near', 'x1', '東京', 'ß', 'title', 'straße']
    const text = () => some(vocabulary, 6).join(one([' ', ', ', '-', '"', ' * ', ':']))
    const items = new Map<string, string>()
    const plain = (value: string) => value.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '')
    let wrong = 0
    let found = 0
    for (let index = 0; index < 600; index++) {
      const id = `d${below(40)}`
      if (chance(0.2)) {
        room.pages.delete(id)
        items.delete(id)
      } else {
        const title = text()
        const body = text()
        room.pages.upsert(id, { title, body: { text: body } })
        items.set(id, plain(`${title} ${body}`))
      }
      const words = some(vocabulary, 3)
      if (words.length === 0) continue
      const match = one(['all', 'any'] as const)
      const has = (all: string, word: string) => all.split(/[^\p{L}\p{N}]+/u).includes(plain(word))
      const expected = [...items].filter(([, all]) =>
        match === 'all' ? words.every((word) => has(all, word)) : words.some((word) => has(all, word)),
      )
      const ids = idsOf(room, words.join(one([' ', ' AND ', '*'])).replaceAll(' AND ', ' '), { match }).toSorted()
      found += ids.length
      if (JSON.stringify(ids) !== JSON.stringify(expected.map(([key]) => key).toSorted())) wrong += 1
    }
    return { wrong, found, sound: sound(stage) }
  },
}
