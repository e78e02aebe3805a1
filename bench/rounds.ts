/** What one way of working cost per call in one round. */
export interface Cost {
  /** Milliseconds from call to answer. */
  readonly time: number
  /** Milliseconds of CPU, all threads: of this process, or of the server where there is one. */
  readonly cpu: number
  /** How many calls there were. */
  readonly calls: number
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
  const measured = Object.entries<Call>(ways).map(([name, call]) => [name, () => measure(call, calls)])
  return inTurns(Object.fromEntries(measured) as Record<Name, () => Promise<Cost>>, { rounds, warmUp })
}

/** The same for ways that measure themselves. */
export async function inTurns<Name extends string>(
  ways: Readonly<Record<Name, () => Promise<Cost>>>,
  { rounds, warmUp = 3 }: { readonly rounds: number; readonly warmUp?: number },
): Promise<Rounds<Name>> {
  const names = Object.keys(ways) as Name[]
  const all: Record<Name, Cost>[] = []
  for (let round = 0; round < warmUp + rounds; round++) {
    const turn = round % names.length
    // In the order of the ways, whoever's turn it is.
    const costs = Object.fromEntries(names.map((name) => [name, { time: 0, cpu: 0, calls: 0 }])) as Record<Name, Cost>
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) costs[name] = await ways[name]()
    if (round >= warmUp) all.push(costs)
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

/**
 * The same for many short rounds: the mean over the middle half of them. It moves less from run to run than the median, and
 * the rounds that something else disturbed do not count, on either side.
 */
export function middling<Name extends string>(
  rounds: Rounds<Name>,
  compare: (round: Readonly<Record<Name, Cost>>) => number,
): number {
  const sorted = rounds.map(compare).sort((a, b) => a - b)
  const middle = sorted.slice(Math.floor(sorted.length / 4), Math.ceil((sorted.length * 3) / 4))
  return middle.reduce((sum, value) => sum + value, 0) / middle.length
}

async function measure(call: Call, calls: number): Promise<Cost> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  for (let i = 0; i < calls; i++) await call()
  const time = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  return { time: time / calls, cpu: (user + system) / 1000 / calls, calls }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
