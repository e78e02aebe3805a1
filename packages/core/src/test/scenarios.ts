import { type Migration, outboundFetch, type Schema } from '../index.ts'
import type { Desk } from './worker.ts'

const one: Migration = { name: 'one', up: ({ sql }) => void sql.exec('CREATE TABLE desks (a TEXT)') }
const two: Migration = { name: 'two', up: ({ sql }) => void sql.exec("INSERT INTO desks VALUES ('two')") }

/** What cannot be said as one call: run inside the object. */
export const scenarios: Record<string, (desk: Desk) => unknown> = {
  'a clock that is behind': async (desk) => {
    const { clock } = desk
    desk.jobs.schedule({ name: 'note', payload: 'late', at: clock.now() - 3_600_000 + 60_000 })
    // The alarm knows the machine's time only: it comes again and again until the job is due by the object's.
    await new Promise<void>((resolve) => {
      let asked = 0
      const now = () => {
        asked += 1
        if (asked === 1_000) resolve()
        return clock.now() - 3_600_000
      }
      desk.clock = { ...clock, now }
    })
    desk.clock = clock
  },
  'rolled back': async (desk) => {
    desk.state.set('kept', 1)
    try {
      desk.transaction(() => {
        desk.state.set('kept', 2)
        desk.orders.insert({ status: 'new' }, { id: 'gone' })
        desk.jobs.schedule({ name: 'note', payload: 'gone', at: desk.clock.now() + 60_000 })
        throw new RangeError('enough')
      })
    } catch (error) {
      const alarm = await desk.ctx.storage.getAlarm()
      const left = { kept: desk.state.get('kept'), order: desk.orders.get('gone') ?? null, jobs: desk.jobs.list().length, alarm }
      // The tables that went with the rollback are made again.
      desk.orders.insert({ status: 'again' }, { id: 'here' })
      desk.jobs.schedule({ name: 'note', payload: 'later', at: desk.clock.now() + 60_000, key: 'later' })
      return { error: (error as Error).name, ...left, orders: desk.orders.count(), jobsAfter: desk.jobs.list().length }
    }
    return 'not thrown'
  },
  nested: (desk) => {
    desk.transaction(() => {
      desk.state.set('outer', 1)
      try {
        desk.transaction(() => {
          desk.state.set('inner', 1)
          throw new Error('only the inner one')
        })
      } catch {}
    })
    return { outer: desk.state.get('outer') ?? null, inner: desk.state.get('inner') ?? null }
  },
  'async transaction': (desk) => {
    desk.transaction(async () => desk.state.set('never', 1))
  },
  'not json': (desk) => {
    desk.state.set('bad', { list: [1, { at: new Date(0) as never }] })
  },
  'not a number': (desk) => {
    desk.state.set('bad', [Number.NaN])
  },
  large: (desk) => {
    desk.state.set('large', 'x'.repeat(2_000_000))
  },
  'large enough': (desk) => {
    desk.state.set('large', 'x'.repeat(1_999_000))
    return (desk.state.get('large') as string).length
  },
  'together in one job': (desk) => {
    desk.transaction(() => {
      desk.state.set('together', true)
      desk.jobs.schedule({ name: 'note', payload: 'together' })
    })
  },
  'migrate one': (desk) => {
    desk.migrate([one])
    return desk.ctx.storage.sql.exec('SELECT * FROM desks').toArray()
  },
  'migrate two': (desk) => {
    desk.migrate([one, two])
    desk.migrate([one, two])
    return desk.ctx.storage.sql.exec('SELECT * FROM desks').toArray()
  },
  'migrate otherwise': (desk) => {
    desk.migrate([two, one])
  },
  'migrate and fail': (desk) => {
    const failing: Migration = {
      name: 'three',
      up: ({ sql }) => {
        sql.exec("INSERT INTO desks VALUES ('three')")
        throw new RangeError('half way')
      },
    }
    try {
      desk.migrate([one, two, failing])
    } catch (error) {
      return { error: (error as Error).name, rows: desk.ctx.storage.sql.exec('SELECT * FROM desks').toArray() }
    }
    return 'not thrown'
  },
  plan: (desk) => {
    const query = 'EXPLAIN QUERY PLAN SELECT id FROM c_orders WHERE deleted_at IS NULL AND status = ? ORDER BY id LIMIT 5'
    return desk.ctx.storage.sql.exec<{ detail: string }>(query, 'paid').toArray()[0]?.detail
  },
  'declare otherwise': (desk) => {
    const first = desk.collection<Note>('notes', undefined, { indexes: ['status'] })
    for (const note of ['x', 'y', 'y']) first.insert({ note, status: 's' })
    const before = codeOf(() => first.list({ where: { note: 'x' } }))
    // Another life of the object, with another declaration.
    const second = desk.reopen<Note>('notes', textNote, { indexes: ['note'] })
    const byNote = second.list({ where: { note: 'x' } }).items.map(({ note }) => note)
    const byStatusNow = codeOf(() => second.list({ where: { status: 's' } }))
    const duplicates = codeOf(() => desk.reopen<Note>('notes', undefined, { unique: ['note'] }).count())
    return {
      before,
      byNote,
      byStatusNow,
      duplicates,
      schema: errorOf(() => second.insert({ note: 7 as never })),
      kept: second.count(),
    }
  },
  'a table of an earlier release': (desk) => {
    const { sql } = desk.ctx.storage
    sql.exec(`CREATE TABLE "c_before" (id TEXT PRIMARY KEY, version INTEGER NOT NULL, created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL, body TEXT NOT NULL)`)
    sql.exec(`ALTER TABLE "c_before" ADD COLUMN "note" GENERATED ALWAYS AS (json_extract(body, '$."note"')) VIRTUAL`)
    sql.exec('CREATE INDEX "i_before_note" ON "c_before" ("note", id)')
    sql.exec('CREATE TABLE IF NOT EXISTS do_collections (name TEXT PRIMARY KEY, indexes TEXT NOT NULL) STRICT, WITHOUT ROWID')
    sql.exec(`INSERT INTO do_collections VALUES ('"c_before"', '[["note",false]]')`)
    for (const id of ['b', 'a']) sql.exec(`INSERT INTO "c_before" VALUES (?, 3, 1000, 2000, '{"note":"kept"}')`, id)
    const notes = desk.collection<Note>('before', undefined, { indexes: ['note'] })
    notes.insert({ note: 'new' }, { id: 'c' })
    const again = desk.reopen<Note>('before', undefined, { indexes: ['note'] })
    return {
      kept: notes.list({ where: { note: 'kept' } }).items.map(({ $id, $version, $updatedAt }) => [$id, $version, $updatedAt]),
      count: again.count(),
    }
  },
  'bad names': (desk) => [
    codeOf(() => desk.collection('x"; DROP TABLE do_record')),
    codeOf(() => desk.collection('fine', undefined, { indexes: ["a') OR 1"] })),
    codeOf(() => desk.collection('fine', undefined, { indexes: Array.from({ length: 33 }, (_, index) => `f${index}`) })),
  ],
  tables: (desk) =>
    desk.ctx.storage.sql.exec("SELECT name FROM sqlite_master WHERE name LIKE 'do_%' OR name LIKE 'c_%'").toArray(),
  send: (desk) =>
    outboundFetch()(`${desk.env.SINK}/wait`, { method: 'POST', body: 'x' }).then(
      (response) => response.text(),
      (error: Error) => (error.cause as { code?: string } | undefined)?.code ?? 'unclear',
    ),
  abort: (desk) => {
    desk.ctx.abort('on purpose')
  },
  ran: (desk) => desk.ran,
  'race for an intent': async (desk) => {
    const begun = await Promise.all(
      Array.from({ length: 20 }, (_, index) => desk.intents.begin(intent('race', { reference: `r${index}` }))),
    )
    const saved = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        desk.intents.save(intent('race', { state: 'dispatched', version: 2, provider: `p${index}` })),
      ),
    )
    return {
      created: begun.filter(({ created }) => created).length,
      references: [...new Set(begun.map(({ intent: { reference } }) => reference))],
      saved: saved.filter(Boolean).length,
      now: await desk.intents.get('race'),
    }
  },
  'dispatch and hang': async (desk) => {
    await desk.intents.begin(intent('hang', {}))
    await desk.intents.save(intent('hang', { state: 'dispatched', version: 2, provider: 'twilio' }))
    await fetch(`${desk.env.SINK}/hang`)
  },
  'write and fetch': async (desk) => {
    // Nothing is awaited between the write and the request: what holds it back is the platform's output gate.
    desk.state.set('written', true)
    await fetch(`${desk.env.SINK}/hang`)
  },
}

interface Note {
  readonly note: string
  readonly status?: string
}

const textNote: Schema<Note> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof (value as Note).note === 'string'
        ? { value: value as Note }
        : { issues: [{ message: 'Expected text', path: ['note'] }] },
  },
}

function errorOf(run: () => unknown) {
  try {
    run()
    return 'not thrown'
  } catch (error) {
    const { code, field, message } = error as { code: string; field?: string; message: string }
    return { code, field, message }
  }
}

function codeOf(run: () => unknown): string {
  const error = errorOf(run)
  return typeof error === 'string' ? error : error.code
}

function intent(key: string, more: object) {
  return {
    key,
    operation: 'sms.send',
    fingerprint: 'f',
    input: { to: '+15550100' },
    reference: 'r',
    state: 'open' as const,
    attempts: 0,
    createdAt: Date.now(),
    updatedAt: Date.now(),
    version: 1,
    ...more,
  }
}
