import { afterAll } from 'vitest'
import type { Scene } from './journeys.ts'

/** Collects what the journeys of one vendor used, and says at the end how much of it was really checked. */
export function tally(vendor: string): (at: Scene) => void {
  const really = new Map<string, boolean>()
  const why = new Map<string, Set<string>>()
  const sums = { requests: 0, answers: 0, webhooks: 0, findings: 0 }
  afterAll(() => {
    const names = (wanted: boolean) =>
      [...really]
        .filter(([, is]) => is === wanted)
        .map(([name]) => name)
        .sort()
    const [yes, no] = [names(true), names(false)]
    const lines = [...why].map(([reason, operations]) => `  unchecked (${reason}): ${[...operations].sort().join(', ')}`)
    console.info(
      [
        `${vendor}: ${sums.findings} findings in ${sums.requests} requests, ${sums.answers} answers, ${sums.webhooks} webhooks; ${yes.length} kinds checked, ${no.length} unchecked`,
        ...lines,
      ].join('\n'),
    )
  })
  return ({ watch }) => {
    const used = watch.operations()
    for (const name of used.checked) really.set(name, true)
    for (const name of used.unchecked) really.set(name, really.get(name) ?? false)
    for (const { operation, side, why: reason } of watch.unchecked)
      why.set(reason, (why.get(reason) ?? new Set()).add(`${side} ${operation}`))
    sums.requests += watch.counts.requests
    sums.answers += watch.counts.answers
    sums.webhooks += watch.counts.webhooks
    sums.findings += watch.findings.length
  }
}
