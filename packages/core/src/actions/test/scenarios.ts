import { mutated } from '../../object/tiny.ts'
import type { Flow } from './worker.ts'

const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run()
    return 'not thrown'
  } catch (error) {
    return String((error as { code?: unknown }).code)
  }
}

/** What cannot be said as one call: run inside the object. */
export const scenarios: Record<string, (flow: Flow) => unknown> = {
  'rolled back': async (flow) => {
    try {
      flow.transaction(() => {
        flow.$actions.do('echo', { word: 'gone' })
        flow.$events.emit('Order.paid', { order: 'gone' })
        throw new RangeError('enough')
      })
    } catch {}
    const after = await flow.$actions.do('echo', { word: 'here' }).result()
    return { after, runs: flow.$actions.list().items.length }
  },
  'bad options': async (flow) => {
    const { $actions: actions } = flow
    return [
      await codeOf(() => actions.do('nobody')),
      await codeOf(() => actions.do('echo', null, { version: 9 })),
      await codeOf(() => actions.do('checked', { text: 1 })),
      await codeOf(() => actions.do('echo', { word: new Date(0) as never })),
      await codeOf(() => actions.do('echo', null, { key: '' })),
      await codeOf(() => actions.do('echo', null, { at: Number.NaN })),
      await codeOf(() => actions.do('echo', null, { attempts: 0 })),
      await codeOf(() => actions.do('echo', null, { timeoutMs: 300_001 })),
      await codeOf(() => actions.do('echo', { word: 'x'.repeat(2_000_000) })),
      await codeOf(() => actions.define('echo', { run: () => 1 })),
      await codeOf(() => actions.define('', { run: () => 1 })),
      await codeOf(() => actions.list({ limit: 0 })),
      await codeOf(() => actions.list({ cursor: 'nonsense' })),
      await codeOf(() => actions.resolve('nobody', 'x', { outcome: 'done' })),
      actions.list().items.length,
    ]
  },
  told: async (flow) => {
    const told: unknown[] = []
    const tell = flow[mutated]
    flow[mutated] = (mutation) => {
      if (mutation.source === 'actions') told.push([mutation.operation, JSON.parse(mutation.after ?? 'null')?.state ?? null])
      tell?.(mutation)
    }
    await flow.$actions.do('many', { n: 10, sideEffect: 'none' }).result()
    await flow.$actions
      .do('fail', { final: true })
      .result()
      .catch(() => {})
    flow.$actions.deadLetters.discard({})
    return told
  },
  forget: async (flow) => {
    const { $actions: actions, clock } = flow
    await actions.do('echo', { word: 'kept for a week' }).result()
    const dead = await actions
      .do('fail', { final: true })
      .result()
      .catch(() => actions.deadLetters.list().items.length)
    await actions.try('fail', { final: true }).catch(() => {})
    const before = actions.list().items.length
    flow.clock = { ...clock, now: () => clock.now() + 8 * 86_400_000 }
    await flow.alarm()
    return { dead, before, after: actions.list().items.map(({ name, state }) => [name, state]) }
  },
  'request before write': (flow) => {
    const { storage } = flow.ctx
    storage.sql.exec('CREATE TABLE IF NOT EXISTS heavy (text TEXT)')
    return storage.sync().then(() => {
      flow.transaction(() => {
        void flow.ask('/boundary/gate')
        // Takes the disk much longer than the request would take.
        for (let n = 0; n < 40; n += 1) storage.sql.exec('INSERT INTO heavy VALUES (?)', String(n).repeat(900_000))
      })
    })
  },
  'what was written': (flow) => flow.ctx.storage.sql.exec('SELECT count(*) AS rows FROM heavy').one().rows ?? null,
  /** How many statements more a run of `many` needs for each step more. */
  'statements of a step': async (flow) => {
    const { sql } = flow.ctx.storage
    const { exec } = sql
    let count = 0
    const counting = new Proxy(exec, {
      apply(_, __, statement) {
        count += 1
        return Reflect.apply(exec, sql, statement)
      },
    })
    const taken = async (n: number, sideEffect: 'once' | 'none') => {
      count = 0
      await flow.$actions.try('many', { n, sideEffect })
      return count
    }
    Object.assign(sql, { exec: counting })
    try {
      // The first run makes the tables.
      await taken(1, 'none')
      const each = async (sideEffect: 'once' | 'none') => ((await taken(300, sideEffect)) - (await taken(100, sideEffect))) / 200
      return { none: await each('none'), once: await each('once') }
    } finally {
      Object.assign(sql, { exec })
    }
  },
}
