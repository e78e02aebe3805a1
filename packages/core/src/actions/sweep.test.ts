import { describe, expect, it } from 'vitest'
import { until, useFlows } from './test/harness.ts'

const { sink, flows } = useFlows()

const modes = ['once', 'idempotent', 'reconciled'] as const
const steps = [1, 2, 3, 4, 5]

/** Keys under which the effect was asked for: how often it happened at a server that knows repetitions by them. */
const keys = (tag: string, n: number) => new Set(sink().effects.get(`/effect/${tag}-${n}`))

async function begin(point: string): Promise<Record<(typeof modes)[number], string>> {
  const ids = await Promise.all(
    modes.map((mode) => flows().call(`${mode}-${point}`, 'do', `sweep-${mode}`, { tag: `${mode}${point}` })),
  )
  return Object.fromEntries(modes.map((mode, index) => [mode, ids[index]])) as Record<(typeof modes)[number], string>
}

const settled = (flow: string, id: string) =>
  until(
    () => flows().call(flow, 'get', id),
    ({ state }) => ['completed', 'failed', 'uncertain'].includes(state),
  )

describe('SIGKILL in an action of five steps', { timeout: 15_000 }, () => {
  it.each([1, 2, 3, 4, 5, 6])('before step %i: each effect happens once, and what was done is not done again', async (n) => {
    const point = `b${n}`
    const arrived = sink().hold(new RegExp(`^/boundary/${n}$`), modes.length)
    const ids = await begin(point)
    await arrived
    await flows().workerd.kill()
    sink().forget()
    await flows().workerd.start()
    for (const mode of modes) {
      expect(await settled(`${mode}-${point}`, ids[mode])).toMatchObject({ state: 'completed', result: 'xxxxx' })
      for (const step of steps) expect(sink().count(`/effect/${mode}${point}-${step}`)).toBe(1)
    }
  })

  it.each(steps)('inside step %i: the effect happens once, or is uncertain until somebody knows', async (n) => {
    const point = `i${n}`
    const arrived = sink().hold(new RegExp(`^/effect/.*-${n}$`), modes.length)
    const ids = await begin(point)
    await arrived
    await flows().workerd.kill()
    sink().forget()
    await flows().workerd.start()

    const once = await settled(`once-${point}`, ids.once)
    expect(once).toMatchObject({ state: 'uncertain', waitsFor: `step ${n}`, error: { code: 'crashed' } })
    expect(once.dueAt).toBeUndefined()
    expect(once.steps.at(-1)).toMatchObject({ name: `step ${n}`, state: 'open' })
    expect(await flows().call(`once-${point}`, 'resolve', ids.once, `step ${n}`, { outcome: 'done', result: 'R' })).toBeNull()
    expect(await settled(`once-${point}`, ids.once)).toMatchObject({ state: 'completed' })

    const idempotent = await settled(`idempotent-${point}`, ids.idempotent)
    expect(idempotent).toMatchObject({ state: 'completed', result: 'xxxxx' })
    expect(sink().count(`/effect/idempotent${point}-${n}`)).toBe(2)

    const reconciled = await settled(`reconciled-${point}`, ids.reconciled)
    expect(reconciled).toMatchObject({ state: 'completed' })
    expect(reconciled.result).toContain('found')

    for (const step of steps) {
      expect(sink().count(`/effect/once${point}-${step}`)).toBe(1)
      expect(sink().count(`/effect/reconciled${point}-${step}`)).toBe(1)
      expect(keys(`idempotent${point}`, step).size).toBe(1)
    }
  })

  it('as soon as a request of a transaction arrives: all that the transaction wrote is there, also what it wrote after it had asked', async () => {
    const arrived = sink().hold(/^\/boundary\/gate$/)
    void flows()
      .scenario('gate', 'request before write')
      .catch(() => {})
    await arrived
    await flows().workerd.kill()
    sink().forget()
    await flows().workerd.start()
    expect(await flows().scenario('gate', 'what was written')).toBe(40)
  })

  it('does not use up the attempts of who gets on: deploys are no failures', async () => {
    let arrived = sink().hold(/^\/boundary\/2$/)
    const id = await flows().call('deploys', 'do', 'sweep-once', { tag: 'deploys' }, { attempts: 2 })
    for (const next of [3, 4, 0]) {
      await arrived
      await flows().workerd.kill()
      sink().forget()
      arrived = sink().hold(new RegExp(`^/boundary/${next}$`))
      await flows().workerd.start()
    }
    expect(await settled('deploys', id)).toMatchObject({ state: 'completed', attempts: 1 })
  })

  it('just after the answer of a step has left: never a second time', async () => {
    for (const n of [1, 3, 5]) {
      const point = `a${n}`
      const arrived = sink().hold(new RegExp(`^/effect/.*-${n}$`), modes.length)
      const ids = await begin(point)
      await arrived
      sink().release()
      await flows().workerd.kill()
      await flows().workerd.start()
      const once = await settled(`once-${point}`, ids.once)
      if (once.state === 'uncertain')
        await flows().call(`once-${point}`, 'resolve', ids.once, once.waitsFor, { outcome: 'done', result: 'R' })
      for (const mode of modes) expect(await settled(`${mode}-${point}`, ids[mode])).toMatchObject({ state: 'completed' })
      for (const step of steps) {
        expect(sink().count(`/effect/once${point}-${step}`)).toBe(1)
        expect(sink().count(`/effect/reconciled${point}-${step}`)).toBe(1)
        expect(keys(`idempotent${point}`, step).size).toBe(1)
      }
    }
  })
})
