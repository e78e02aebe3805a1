import { collectionIn } from '../../collection/in-kernel.ts'
import { chooser, seeded } from '../../collection/test/random.ts'
import { failing, failure, type Scene, type Stage } from '../../collection/test/room.ts'
import type { Schema } from '../../storage/schema.ts'
import { type ImportOptions, type ImportSource, importInto } from '../import.ts'
import type { Named } from '../many.ts'
import { deleteMany, insertMany, updateMany, upsertMany } from '../many.ts'
import { forgetImport, type ImportProgress, importProgress } from '../progress.ts'

interface Person {
  readonly name?: string
  readonly email?: string
  readonly age?: number
}

const person: Schema<Person> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const { age } = value as Person
      return age === undefined || Number.isInteger(age)
        ? { value: value as Person }
        : { issues: [{ message: 'not a whole number', path: ['age'] }] }
    },
  },
}

function peopleOf(stage: Stage, kernel = stage.kernel) {
  return collectionIn<Person>(kernel, 'people', person, { indexes: ['age'], unique: ['email'], softDelete: true })
}

const encoder = new TextEncoder()

/** Lines in pieces that do not care where lines end. */
function streamOf(text: string, size: number, from = 0): ReadableStream<Uint8Array> {
  const bytes = encoder.encode(text)
  let at = from
  return new ReadableStream({
    pull: (controller) => {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
  })
}

const caught = async (work: Promise<unknown>) => work.catch(failure)

/** A kernel that keeps what it is told on disk, in the same transaction. */
function recording(stage: Stage) {
  stage.storage.sql.exec('CREATE TABLE IF NOT EXISTS heard (operation TEXT, key TEXT, after TEXT)')
  return {
    ...stage.kernel,
    mutated: ({ operation, key, after }: { operation: string; key: string; after?: string }) =>
      void stage.storage.sql.exec('INSERT INTO heard VALUES (?, ?, ?)', operation, key, after ?? null),
  }
}

const longLines = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    JSON.stringify({ $id: `p${index}`, name: `name ${'ü'.repeat(index % 7)}`, age: index }),
  )

export const bulkScenes: Record<string, Scene> = {
  many: (stage) => {
    const people = peopleOf(stage)
    const ids = insertMany(people, [
      { $id: 'a', name: 'Ada', email: 'a@example.com' },
      { name: 'Bo', age: 3 },
      { $id: 'c"\u0000ü\\', age: 3 },
    ])
    const made = ids.map((id) => people.get(id))
    const refusals = [
      failing(() => insertMany(people, [{ $id: 'new' }, { $id: 'a' }])),
      failing(() => insertMany(people, [{ $id: 'new' }, { $id: 'new' }])),
      failing(() => insertMany(people, [{ $id: 'new' }, { email: 'a@example.com' }])),
      failing(() => insertMany(people, [{ email: 'same@example.com' }, { email: 'same@example.com' }])),
      failing(() => insertMany(people, [{ $id: 'new' }, { age: 1.5 }])),
      failing(() => insertMany(people, [{ $id: 'new' }, 'text' as Person])),
      failing(() => insertMany(people, [{ $id: 7 as never }])),
      failing(() =>
        insertMany(
          people,
          Array.from({ length: 10_001 }, () => ({})),
        ),
      ),
      failing(() => insertMany(people, 'text' as never)),
    ]
    const count = people.count()
    upsertMany(people, [{ $id: 'a', name: 'Ada again' }, { $id: 'd' }, { $id: 'd', name: 'the last wins' }])
    const updated = updateMany(people, { age: 3 }, (now) => ({ ...now, age: 4 }))
    const tooMany = failing(() => updateMany(people, {}, { age: 9 }, { limit: 2 }))
    const wrong = failing(() => updateMany(people, {}, { age: 0.5 }))
    const deleted = deleteMany(people, { age: { gte: 4 } })
    return {
      made,
      refusals,
      count,
      updated,
      tooMany,
      wrong,
      deleted,
      left: people.list().items,
      told: stage.told,
      empty: insertMany(people, []),
    }
  },

  /** Random rows in one go are as the same rows one after the other. */
  'as one by one': (stage, { seed }: { seed: number }) => {
    const { below, one, some } = chooser(seeded(seed))
    const letters = ['a', '"', '\\', '\n', 'ü', '\u{1f600}', '\u2028', "'", '/', '\u0000', '0', '.']
    const many = collectionIn<Person>(stage.kernel, 'many', undefined, { indexes: ['age'] })
    const single = collectionIn<Person>(stage.kernel, 'single', undefined, { indexes: ['age'] })
    const values = [0, -1.5, 1e21, 1e-7, true, null, '', 'text', { deep: [1, { a: 'ü' }] }, [[]], 123456789012345680000]
    for (let round = 0; round < 30; round++) {
      const rows = Array.from({ length: below(40) }, () => ({
        $id: `i${below(50)}${some(letters, 3).join('')}`,
        [`f${some(letters, 2).join('')}`]: one(values),
        age: below(9),
      }))
      upsertMany(many, rows as Named<Person>[])
      for (const row of rows) single.upsert(row.$id, row)
    }
    const text = (table: string) =>
      JSON.stringify(stage.storage.sql.exec(`SELECT id, version, body, age FROM "c_${table}" ORDER BY id`).toArray())
    const heard = (source: string) =>
      JSON.stringify(stage.told.filter((told) => told.source === source).map(({ source: _, ...rest }) => rest))
    return {
      same: text('many') === text('single'),
      told: heard('collection:many') === heard('collection:single'),
      rows: many.count(),
    }
  },

  'large rows': (stage) => {
    const people = peopleOf(stage)
    const name = 'ü'.repeat(900_000)
    return [
      insertMany(people, [{ name }, { name: 'x'.repeat(700_000) }, { name: 'y' }]).length,
      failing(() => insertMany(people, [{}, { name: 'ü'.repeat(1_000_000) }])),
      people.count(),
    ]
  },

  'long lines': async (stage) => {
    const people = peopleOf(stage)
    const line = (index: number) => `{"$id":"p${index}","name":"${'x'.repeat(1_000_000)}"}`
    const text = Array.from({ length: 20 }, (_, index) => line(index)).join('\n')
    const steps: number[] = []
    const { rows, written } = await importInto(people, streamOf(text, 65_536), {
      name: 'long',
      onProgress: (progress) => void steps.push(progress.rows),
    })
    return { rows, written, steps }
  },

  lines: async (stage) => {
    const people = peopleOf(stage)
    people.insert({ name: 'there', email: 'there@example.com' }, { id: 'there' })
    const text = [
      '\ufeff{"$id":"one","name":"ü"}',
      '',
      '{"$id":"two","age":2}\r',
      '{broken',
      '{"$id":"three","age":2.5}',
      '{"$id":"there"}',
      '{"$id":"four","email":"there@example.com"}',
      '{"$id":"one"}',
      '[1,2]',
      '"text"',
      'null',
      `{"name":"${'x'.repeat(2_100_000)}"}`,
      `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
      '{"$id":""}',
      '{"$id":"last"}',
    ].join('\n')
    const seen: ImportProgress[] = []
    const done = await importInto(people, streamOf(text, 70_001), {
      name: 'lines',
      batch: 4,
      onProgress: (progress) => void seen.push(progress),
    })
    const again = await importInto(people, streamOf('not read', 1), { name: 'lines' })
    return {
      done,
      same: JSON.stringify(done) === JSON.stringify(again),
      steps: seen.map(({ rows, written }) => [rows, written]),
      length: encoder.encode(text).length,
      ids: people
        .list()
        .items.map(({ $id }) => $id)
        .toSorted(),
    }
  },

  modes: async (stage) => {
    const people = peopleOf(stage)
    const rows = [
      { $id: 'a', age: 1 },
      { $id: 'b', age: 1 },
      { $id: 'a', age: 2 },
    ]
    const run = (name: string, more: Partial<ImportOptions>) => caught(importInto(people, rows, { name, ...more }))
    const first = await run('first', { mode: 'skip' })
    const a = people.get('a')?.age
    const second = await run('second', {
      mode: 'replace',
      map: (row) => ((row as { $id: string }).$id === 'b' ? undefined : row),
    })
    return { first, a, second, after: people.get('a')?.age, version: people.get('b')?.$version }
  },

  refused: async (stage) => {
    const people = peopleOf(stage)
    const bad = Array.from({ length: 10 }, (_, index) => ({ age: index % 2 === 0 ? 0.5 : index }))
    const run = (options: Partial<ImportOptions>, source: ImportSource = bad) =>
      caught(importInto(people, source, { name: 'x', ...options }))
    const wrong = [
      await run({ name: '' }),
      await run({ batch: 0 }),
      await run({ maxErrors: 5_000 }),
      await run({ mode: 'other' as never }),
    ]
    const stopped = await run({ maxErrors: 1, batch: 3 })
    const at = importProgress(people, 'x')
    const shorter = await run({}, [{}])
    const on = await run({ maxErrors: 5, batch: 3 })
    const forgotten = [forgetImport(people, 'x'), forgetImport(people, 'x'), importProgress(people, 'x').rows]
    const broken = await caught(
      importInto(
        people,
        (async function* () {
          yield {}
          throw new RangeError('the line broke')
        })(),
        { name: 'y', batch: 1 },
      ),
    )
    return { wrong, stopped, at, shorter, on, forgotten, broken, kept: importProgress(people, 'y').rows }
  },

  aborted: async (stage) => {
    const people = peopleOf(stage)
    const abort = new AbortController()
    const endless = (async function* () {
      for (let age = 0; ; age++) {
        yield { age }
        if (age === 25) {
          setTimeout(() => abort.abort(new RangeError('enough')), 1)
          await new Promise(() => {})
        }
      }
    })()
    const ended = await caught(importInto(people, endless, { name: 'endless', batch: 10, signal: abort.signal }))
    const two = (name: string) => caught(importInto(people, streamOf(longLines(200).join('\n'), 997), { name, batch: 7 }))
    const conflict = await Promise.all([two('same'), two('same')])
    return { ended, rows: importProgress(people, 'endless').rows, conflict }
  },

  'long import': async (stage, { count, opened }: { count: number; opened: boolean }) => {
    const people = peopleOf(stage, recording(stage))
    const text = longLines(count).join('\n')
    const source: ImportSource = opened ? ({ bytes }) => streamOf(text, 4_093, bytes) : streamOf(text, 4_093)
    return importInto(people, source, { name: 'long', batch: 50 })
  },

  'long progress': (stage) => importProgress(peopleOf(stage), 'long').rows,

  'long result': (stage, { count }: { count: number }) => {
    const people = peopleOf(stage)
    const exec = (query: string) => stage.storage.sql.exec(query).toArray()
    const right = longLines(count).every((line, index) => {
      const { $id, ...value } = JSON.parse(line)
      const { $version, $createdAt: _, $updatedAt: __, ...stored } = people.get($id) ?? { $version: 0 }
      return $version === 1 && JSON.stringify(stored) === JSON.stringify({ ...value, $id }) && index >= 0
    })
    return {
      count: people.count(),
      right,
      heard: exec('SELECT count(*) AS all_of_them, count(DISTINCT key) AS different FROM heard'),
    }
  },
}
