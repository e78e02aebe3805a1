/** What one way of working cost per call, as the median over the rounds. */
export interface Cost {
  /** Milliseconds from call to answer. */
  readonly time: number
  /** Milliseconds of this process's CPU, all threads. */
  readonly cpu: number
}

type Call = () => Promise<unknown>

/**
 * Measures ways of doing the same thing against each other: in every round each way does `calls` calls, one after the other,
 * and the order turns from round to round, so that the machine's moods hit all alike. The first rounds warm up and do not count.
 */
export async function interleaved<Name extends string>(
  ways: Readonly<Record<Name, Call>>,
  { rounds, calls, warmUp = 2 }: { readonly rounds: number; readonly calls: number; readonly warmUp?: number },
): Promise<Record<Name, Cost>> {
  const names = Object.keys(ways) as Name[]
  const costs = new Map<Name, Cost[]>(names.map((name) => [name, []]))
  for (let round = -warmUp; round < rounds; round++) {
    const turn = ((round % names.length) + names.length) % names.length
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) {
      const cost = await measure(ways[name], calls)
      if (round >= 0) costs.get(name)?.push(cost)
    }
  }
  return Object.fromEntries(names.map((name) => [name, medianCost(costs.get(name) ?? [])])) as Record<Name, Cost>
}

async function measure(call: Call, calls: number): Promise<Cost> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  for (let i = 0; i < calls; i++) await call()
  const time = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  return { time: time / calls, cpu: (user + system) / 1000 / calls }
}

function medianCost(costs: readonly Cost[]): Cost {
  return { time: median(costs.map(({ time }) => time)), cpu: median(costs.map(({ cpu }) => cpu)) }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
