import { performance } from 'node:perf_hooks'
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
        flow.actions.do('echo', { word: 'gone' })
        flow.events.emit('Order.paid', { order: 'gone' })
        throw new RangeError('enough')
      })
    } catch {}
    const after = await flow.actions.do('echo', { word: 'here' }).result()
    return { after, runs: flow.actions.list().items.length }
  },
  'bad options': async (flow) => {
    const { actions } = flow
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
  speed: async (flow) => {
    const { storage } = flow.ctx
    const answers: Record<string, number> = {}
    for (const sideEffect of ['none', 'once'] as const) {
      const n = 5_000
      await storage.sync()
      const from = performance.now()
      await flow.actions.try('many', { n, sideEffect })
      await storage.sync()
      answers[sideEffect] = Math.round((n / (performance.now() - from)) * 1_000)
    }
    return answers
  },
}
