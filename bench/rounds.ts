/** What one way of working cost per call in one round. */
export interface Cost {
  /** Milliseconds from call to answer. */
  readonly time: number
  /** Milliseconds of this process's CPU, all threads. */
  readonly cpu: number
}

type Call = () => Promise<unknown>
export type Rounds<Name extends string> = readonly Readonly<Record<Name, Cost>>[]

/**
 * Measures ways of doing the same thing against each other: in every round each way does `calls` calls, one after the other,
 * and the order turns from round to round, so that the machine's moods hit all alike. The first rounds warm up and do not count.
 */
export async function interleaved<Name extends string>(
  ways: Readonly<Record<Name, Call>>,
  { rounds, calls, warmUp = 3 }: { readonly rounds: number; readonly calls: number; readonly warmUp?: number },
): Promise<Rounds<Name>> {
  const names = Object.keys(ways) as Name[]
  const all: Record<Name, Cost>[] = []
  for (let round = 0; round < warmUp + rounds; round++) {
    const turn = round % names.length
    const costs: Partial<Record<Name, Cost>> = {}
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) costs[name] = await measure(ways[name], calls)
    if (round >= warmUp) all.push(costs as Record<Name, Cost>)
  }
  return all
}

/** The median over the rounds of something compared within each round: drift between rounds cancels out. */
export function typical<Name extends string>(
  rounds: Rounds<Name>,
  compare: (round: Readonly<Record<Name, Cost>>) => number,
): number {
  return median(rounds.map(compare))
}

async function measure(call: Call, calls: number): Promise<Cost> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  for (let i = 0; i < calls; i++) await call()
  const time = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  return { time: time / calls, cpu: (user + system) / 1000 / calls }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
