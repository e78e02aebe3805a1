// Random programs of calls, the same for the same seed: run against a plain session in memory and against one that is disturbed.
import { refuse } from '@do/provider'
import { RpcTarget } from 'capnweb'

export function random(seed: number): (below: number) => number {
  let state = (seed * 2_654_435_761) >>> 0 || 1
  return (below) => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % below
  }
}

export type Step =
  | { readonly do: 'counter' | 'leak' | 'later'; readonly value: number; readonly wait: boolean }
  | { readonly do: 'times' | 'pair'; readonly on: number; readonly value: number; readonly wait: boolean }
  | { readonly do: 'add' | 'chain' | 'ask' | 'failing'; readonly on: number; readonly value: number }
  | { readonly do: 'echo' | 'fail' | 'call' | 'map' | 'post' | 'listen' | 'tell' | 'mapPost' | 'slow'; readonly value: number }
  | { readonly do: 'mapOn' | 'cast' | 'dispose'; readonly on: number; readonly value: number }

/** Steps of one group run at the same time. */
export type Program = readonly (readonly Step[])[]

const kinds = [
  ...[
    'counter',
    'counter',
    'leak',
    'later',
    'times',
    'times',
    'pair',
    'add',
    'add',
    'add',
    'chain',
    'ask',
    'failing',
    'echo',
    'slow',
  ],
  ...['fail', 'call', 'map', 'mapOn', 'post', 'post', 'cast', 'listen', 'tell', 'tell', 'mapPost', 'dispose'],
] as const

export function program(seed: number): Program {
  const next = random(seed)
  const groups: Step[][] = []
  for (let count = 3 + next(4); count > 0; count -= 1) {
    const steps: Step[] = []
    for (let count = 1 + next(4); count > 0; count -= 1) {
      steps.push({ do: kinds[next(kinds.length)], on: next(8), value: next(50) + 1, wait: next(2) === 0 } as Step)
    }
    // A listener takes the place of another of its name: what is told meanwhile may reach either.
    const listens = steps.find((step) => step.do === 'listen')
    groups.push(listens === undefined ? steps : [listens])
  }
  return groups
}

export type Outcome = string

// biome-ignore lint/suspicious/noExplicitAny: stubs of every kind of session
type Stub = any

interface Place {
  stub?: Stub
  error?: unknown
}

export interface Run {
  readonly outcomes: readonly Outcome[]
}

/** What each step came to, as text: `=15`, `!code`. */
export async function play(api: Stub, groups: Program, disturb: (during: boolean) => Promise<void>, prefix = ''): Promise<Run> {
  /** What steps have made, each in a place that is the same for every run of the program. */
  const places: Place[] = []
  const outcomes: Outcome[] = []
  const dispose = (stub: Stub) => stub?.[Symbol.dispose]?.()

  const keep = async (place: Place, promise: Stub, wait: boolean): Promise<unknown> => {
    try {
      place.stub = wait ? await promise : promise
      return 'kept'
    } catch (error) {
      place.error = error
      throw error
    }
  }

  const one = async (step: Step, place: string, used: Place | undefined, made: readonly Place[]) => {
    if (used?.error !== undefined) throw used.error
    const on: Stub = used?.stub
    const [first = {}, second = {}] = made
    const { value } = step
    const callback = (given: unknown) => `${place} heard ${JSON.stringify(given)}`
    switch (step.do) {
      case 'counter':
      case 'leak':
      case 'later':
        return keep(first, api[step.do](value), step.wait)
      case 'times':
        return on === undefined ? 'none' : keep(first, on.times(value), step.wait)
      case 'pair': {
        if (on === undefined) return 'none'
        const making = on.pair(value)
        await keep(first, making, true)
        const pair = first.stub
        first.stub = pair.left
        second.stub = pair.right[0]
        return pair.name
      }
      case 'add':
        return on === undefined ? 'none' : on.add(value)
      case 'chain':
        return on === undefined ? api.counter(value).times(3).times(2).add(1) : on.times(value).times(2).add(1)
      case 'ask':
        return on === undefined ? 'none' : on.ask(callback)
      case 'failing':
        return on === undefined ? 'none' : on.fail(`told_${value}`)
      case 'echo':
        return api.echo({ value, list: [value, [value]], text: `["export",${value}]`, date: new Date(value * 1e9) })
      case 'slow':
        return api.slow(value)
      case 'fail':
        return api.fail(`told_${value}`)
      case 'call':
        return api.call(callback, value)
      case 'map':
        return api.list(value % 5).map((item: Stub) => ({ item, echo: api.echo(item) }))
      case 'mapOn':
        return on === undefined ? 'none' : api.list(value % 5).map((item: Stub) => on.add(item))
      case 'post':
        return textOf(await api.post(place))
      case 'cast':
        return on === undefined ? 'none' : textOf(await on.post(place))
      case 'listen':
        return api.listen(`${prefix}by ${value % 3}`, (given: unknown) => `${value % 3} heard ${given}`)
      case 'tell':
        return api.tell(place, `${prefix}by ${value % 3}`)
      case 'mapPost':
        return (await api.list(value % 4).map((item: Stub) => api.post(item))).length
      case 'dispose':
        // When the group is done: others of it may use the same.
        return 'disposed'
    }
  }

  for (const [group, steps] of groups.entries()) {
    await disturb(false)
    const before = [...places]
    const started = steps.map((step, index) => {
      const used = 'on' in step && before.length > 0 ? before[step.on % before.length] : undefined
      const made = Array.from({ length: makes[step.do] ?? 0 }, (): Place => ({}))
      places.push(...made)
      return one(step, `${prefix}${group}.${index}`, used, made).then(
        (value) => `=${JSON.stringify(value)}`,
        (error) => {
          for (const place of made) place.error = error
          return `!${error.code ?? error.message}`
        },
      )
    })
    await disturb(true)
    outcomes.push(...(await Promise.all(started)))
    for (const step of steps) {
      if (step.do !== 'dispose' || before.length === 0) continue
      const place = before[step.on % before.length] as Place
      dispose(place.stub)
      delete place.stub
    }
  }
  for (const { stub } of places) dispose(stub)
  return { outcomes }
}

const makes: Readonly<Record<string, number>> = { counter: 1, leak: 1, later: 1, times: 1, pair: 2 }

/** Its count depends on what else was posted meanwhile. */
const textOf = (posted: { readonly text: string }) => posted.text

/** The same object, in memory. */
export class ModelDesk extends RpcTarget {
  readonly texts: string[] = []
  readonly #listeners = new Map<string, Stub>()

  echo(value: unknown) {
    return value
  }
  async slow(value: unknown) {
    return value
  }
  counter(value: number) {
    return new ModelCounter(value, this)
  }
  later(value: number) {
    return new ModelCounter(value, this)
  }
  leak(value: number) {
    return new ModelCounter(value, this)
  }
  list(count: number) {
    return Array.from({ length: count }, (_, index) => index)
  }
  post(text: string) {
    this.texts.push(String(text))
    return { count: this.texts.length, text }
  }
  fail(code: string): never {
    throw Object.assign(new Error('told'), { code })
  }
  async call(listener: Stub, value: unknown) {
    return { answer: await listener(value) }
  }
  listen(name: string, listener: Stub) {
    this.#listeners.set(name, listener.dup())
    return `listening as ${name}`
  }
  async tell(value: unknown, name: string) {
    const listener = this.#listeners.get(name)
    return listener === undefined ? [] : [await listener(value)]
  }
}

class ModelCounter extends RpcTarget {
  readonly #value: number
  readonly #desk: ModelDesk
  constructor(value: number, desk: ModelDesk) {
    super()
    this.#value = value
    this.#desk = desk
  }
  add(amount: number) {
    return this.#value + amount
  }
  times(factor: number) {
    return new ModelCounter(this.#value * factor, this.#desk)
  }
  pair(other: number) {
    return {
      name: `pair of ${this.#value}`,
      left: new ModelCounter(this.#value, this.#desk),
      right: [new ModelCounter(other, this.#desk)],
    }
  }
  async ask(listener: Stub) {
    return { answer: await listener(this.#value) }
  }
  post(text: string) {
    return this.#desk.post(`${this.#value}:${text}`)
  }
  fail(code: string): never {
    throw refuse(code, 'told')
  }
}

/** Errors that may stand where the uninterrupted session has an answer: what cannot be made again says so. */
const allowed = new Set(['!not_replayable', '!call_interrupted'])

/** What differs although it must not. */
export function differences(expected: Run, got: Run): string[] {
  return expected.outcomes.flatMap((outcome, index) => {
    const other = got.outcomes[index]
    return other === outcome || allowed.has(other ?? '') ? [] : [`step ${index}: expected ${outcome}, got ${other}`]
  })
}
