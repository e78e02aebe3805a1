import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scenarios } from './catalogue.ts'
import { type Row, run, type Setting } from './run.ts'
import { pairs } from './systems.ts'

/** What it takes to pass all: patience with the first, and nothing shown before it is whole. */
const careful = { retries: 1, commit: 'whole' } as const
const inTurn = pairs['OpenAI, then Anthropic']
const alike = pairs['two compatible servers']

const settings: Readonly<Record<string, Setting>> = {
  'library, OpenAI + Anthropic': { kind: 'library', vendors: inTurn, streamed: true, options: careful },
  'library, Anthropic + OpenAI': {
    kind: 'library',
    vendors: pairs['Anthropic, then OpenAI'],
    streamed: true,
    options: careful,
  },
  'library, two compatible': { kind: 'library', vendors: alike, streamed: true, options: careful },
  'gateway, OpenAI + Anthropic': { kind: 'gateway', vendors: inTurn, streamed: true, options: careful },
  'gateway, two compatible': {
    kind: 'gateway',
    vendors: alike,
    streamed: true,
    options: { retries: 1 },
    headers: { 'x-do-stream': 'whole' },
  },
  'library, not streamed': { kind: 'library', vendors: inTurn, streamed: false, options: careful },
  'gateway, not streamed': { kind: 'gateway', vendors: inTurn, streamed: false, options: careful },
  'library, as it comes': { kind: 'library', vendors: alike, streamed: true, options: {} },
  'gateway, as it comes': { kind: 'gateway', vendors: inTurn, streamed: true, options: {} },
}

/**
 * Without those two wishes the next provider is asked at once, and pieces are shown as they come: then what breaks in its middle ends
 * with an error, since nobody can unsay it.
 */
const asItComes: Readonly<Record<string, string>> = {
  S01: 'partial',
  S03: 'partial',
  S08: 'safe',
  S09: 'safe',
  S10: 'safe',
  S14: 'safe',
}

const results = new Map<string, Row>()
const keyOf = (name: string, id: string) => `${name} ${id}`

beforeAll(async () => {
  const all = Object.entries(settings).flatMap(([name, setting]) => scenarios.map((scenario) => ({ name, setting, scenario })))
  const measure = async ({ name, setting, scenario }: (typeof all)[number]) =>
    void results.set(keyOf(name, scenario.id), await run(scenario, setting))
  // The first loads the vendors' SDKs; that is no slowness of theirs.
  await Promise.all(Object.values(settings).map((setting) => run(scenarios[3] as (typeof scenarios)[number], setting)))
  const waiting = new Set(['S01', 'S06', 'S07', 'S09'])
  const isLong = ({ scenario }: (typeof all)[number]) => scenario.sequence !== undefined
  const isWaiting = ({ scenario }: (typeof all)[number]) => waiting.has(scenario.id)
  // Some at a time: sockets that wait for each other's turn would look slow. Those that mostly wait take no turns.
  const lanes = (length: number, queue: typeof all) =>
    Array.from({ length }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await measure(next)
    })
  const quick = all.filter((one) => !isLong(one) && !isWaiting(one))
  await Promise.all([...lanes(9, all.filter(isLong)), ...lanes(9, all.filter(isWaiting)), ...lanes(4, quick)])
}, 180_000)

afterAll(() => {
  const names = Object.keys(settings)
  const cell = (name: string, id: string) => results.get(keyOf(name, id))?.verdict ?? '-'
  const lines = scenarios.map(({ id, title }) =>
    [id, title.padEnd(36), ...names.map((name) => cell(name, id).padEnd(7))].join('  '),
  )
  const legend = names.map((name, index) => `(${index + 1}) ${name}`)
  const heads = ['id ', ''.padEnd(36), ...names.map((_, index) => `(${index + 1})`.padEnd(7))].join('  ')
  process.stdout.write(`\n${[...legend, heads, ...lines].join('\n')}\n`)
})

describe.each(Object.keys(settings))('%s', (name) => {
  const wanted = (id: string) => (name.endsWith('as it comes') ? (asItComes[id] ?? 'pass') : 'pass')
  it.each(scenarios)('$id $title', ({ id }) => {
    const { verdict, why, measured } = results.get(keyOf(name, id)) as Row
    expect({ verdict, why, measured }).toMatchObject({ verdict: wanted(id) })
  })
})
