import { noUsage } from '@do/llm'
import type { FailoverOptions } from '@do/provider'
import type { Scenario } from './catalogue.ts'
import { judge, type Measured, type Verdict } from './checks.ts'
import { failoverOf, type Got, gateway, library, type System, type Vendor } from './systems.ts'
import { type Wall, wall } from './wall.ts'

/** Sixty words, so that a cut after forty shows. The twins repeat what they are asked. */
export const prompt = Array.from({ length: 60 }, (_, index) => `word${index + 1}`).join(' ')

export interface Setting {
  readonly kind: 'library' | 'gateway'
  readonly vendors: readonly [Vendor, Vendor]
  readonly streamed: boolean
  readonly options: FailoverOptions
  /** What a client of the gateway asks for itself. */
  readonly headers?: Record<string, string>
}

export interface Row {
  readonly id: string
  readonly verdict: Verdict
  readonly why: string
  readonly measured: Measured
}

type Ended = Got & { readonly ms: number; readonly outcome: Measured['outcome'] }

/** A hang is a result, too. */
async function guarded(system: System, model: string, streamed: boolean, mostMs: number): Promise<Ended> {
  const began = performance.now()
  const stop = new AbortController()
  let cancel = () => {}
  const hang = new Promise<undefined>((resolve) => {
    const id = setTimeout(() => resolve(undefined), mostMs)
    cancel = () => clearTimeout(id)
  })
  const got = await Promise.race([system.ask({ model, prompt, streamed, signal: stop.signal }), hang])
  cancel()
  stop.abort()
  const ms = performance.now() - began
  if (got === undefined) return { ms, outcome: 'hang' }
  return { ...got, ms, outcome: got.error === undefined ? 'success' : 'error' }
}

/** One scenario on a system of its own. */
export async function run(scenario: Scenario, setting: Setting): Promise<Row> {
  const { vendors, kind, streamed, options, headers } = setting
  const [primary, fallback] = await Promise.all([
    wall(vendors[0].twin(), scenario.primary),
    wall(vendors[1].twin(), scenario.fallback ?? {}),
  ])
  const llm = failoverOf(vendors, [primary.url, fallback.url], options)
  const system = kind === 'library' ? library(llm) : await gateway(llm, vendors, headers)
  try {
    const ended = scenario.sequence === undefined ? [await guarded(system, 'answer', streamed, scenario.maxWallMs)] : []
    const sequence = scenario.sequence && (await inTurn(scenario.sequence, system, streamed, primary, ended))
    const last = ended.at(-1) as Ended
    const worst = ended.find(({ outcome }) => outcome === 'hang') ?? ended.find(({ outcome }) => outcome === 'error') ?? last
    const { microUsd, held } = system.spent()
    const facts = {
      outcome: worst.outcome,
      complete: ended.every(({ text }) => text === prompt),
      error: worst.error,
      ms: last.ms,
      model: last.model,
      fallbackModel: vendors[1].model,
      tokens: last.tokens,
      primaryAt: primary.seen.map(({ ms }) => ms),
      fallbackAttempts: fallback.seen.length,
      prefills: fallback.seen.filter(({ lastRole }) => lastRole === 'assistant').length,
      billedOnce: held === 0 && microUsd === owed(vendors, [primary, fallback]) && microUsd > 0,
    }
    const probe = await guarded(system, `${vendors[1].name}:answer`, false, 10_000)
    const measured: Measured = { ...facts, alive: probe.text === prompt, ...(sequence === undefined ? {} : { sequence }) }
    return { id: scenario.id, ...judge(scenario, measured), measured }
  } finally {
    await Promise.all([system.close(), primary.close(), fallback.close()])
  }
}

async function inTurn(
  { count, everyMs, downMs }: NonNullable<Scenario['sequence']>,
  system: System,
  streamed: boolean,
  primary: Wall,
  ended: Ended[],
): Promise<NonNullable<Measured['sequence']>> {
  const began = performance.now()
  let duringOutage = 0
  let servedDuringOutage = 0
  for (let turn = 0; turn < count; turn++) {
    const early = began + turn * everyMs - performance.now()
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
    const isDown = performance.now() - began < downMs
    const one = await guarded(system, 'answer', streamed, 10_000)
    ended.push(one)
    duringOutage += isDown ? 1 : 0
    servedDuringOutage += isDown && one.outcome === 'success' ? 1 : 0
  }
  const healthy = primary.seen.find(({ ms }) => ms >= downMs)
  return { duringOutage, servedDuringOutage, recoveredAfterMs: healthy && healthy.ms - downMs }
}

/** What the vendors' own counts of whole answers come to: nothing for what failed. */
function owed(vendors: readonly Vendor[], walls: readonly Wall[]): number {
  let sum = 0
  for (const [index, { twin }] of walls.entries()) {
    for (const { whole, usage } of twin.generated()) {
      const { prompt: all, cacheRead, cacheWrite, output, reasoning } = usage
      const counted = { ...noUsage, input: all - cacheRead - cacheWrite, cacheRead, cacheWrite, output, reasoning }
      if (whole) sum += vendors[index]?.costOf(counted) ?? Number.NaN
    }
  }
  return sum
}
