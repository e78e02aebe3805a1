import { atLeast, type Row } from '../report.ts'
import { type Cost, middling, type Rounds, typical } from '../rounds.ts'

interface Comparison<Name extends string> {
  readonly ours: Name
  readonly floor: Name
  /** The rate of ours must be at least this part of the floor's. */
  readonly gate?: number
}

/** Ours against the floor, by rate and by the CPU of the server: more is better in both. Then every way by itself. */
export function compared<Name extends string>(
  what: string,
  rounds: Rounds<Name>,
  { ours, floor, gate }: Comparison<Name>,
): Row[] {
  const rate = middling(rounds, (round) => round[floor].time / round[ours].time)
  const cpu = cpuOf(rounds, floor) / cpuOf(rounds, ours)
  const rated = `${what}, rate`
  return [
    gate === undefined ? { what: rated, measured: times(rate) } : atLeast(rated, rate, gate, ' ×'),
    { what: `${what}, CPU (floor / ours)`, measured: times(cpu) },
    ...each(rounds),
  ]
}

/** Rate of every way, and CPU of the server for each piece of work. */
function each<Name extends string>(rounds: Rounds<Name>): Row[] {
  const names = Object.keys(rounds[0] ?? {}) as Name[]
  return names.map((name) => ({
    what: `  ${name}`,
    measured: `${rateOf(rounds, name)} /s, ${(cpuOf(rounds, name) * 1000).toFixed(1)} µs CPU`,
  }))
}

function rateOf<Name extends string>(rounds: Rounds<Name>, name: Name): number {
  return Math.round(typical(rounds, (round) => perSecond(round[name])))
}

/** Milliseconds for each call, over all rounds together: the kernel counts in steps of 10 ms, which is much of one round. */
export function cpuOf<Name extends string>(rounds: Rounds<Name>, name: Name): number {
  const sum = (pick: (cost: Cost) => number) => rounds.reduce((total, round) => total + pick(round[name]), 0)
  return sum(({ cpu, calls }) => cpu * calls) / sum(({ calls }) => calls)
}

export function perSecond({ time }: Cost): number {
  return 1000 / time
}

export function times(ratio: number): string {
  return `${ratio.toFixed(3)} ×`
}
