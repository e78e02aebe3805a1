import { type Llm, llm } from '@do/llm'
import { failover, type InterfaceDescription, type OperationSpec, ProviderError, withOverrides } from '@do/provider'
import type { At } from '../check.ts'
import { pair } from '../kit/pair.ts'
import { memoryLlmTwin } from '../reference/index.ts'
import type { ConformanceOptions } from '../run.ts'
import { type Driver, type Json, likeStream, mutant } from './llm-tools.ts'
import { type Change, type Mutant, provider } from './mutant.ts'

const kinds = ['cut', 'stall', 'error', 'end', 'malformed']
const loud = kinds.filter((kind) => kind !== 'stall')
const down = ['refused', '503', '429', 'wrong-key']
const twice = (...names: readonly string[]) => names.flatMap((name) => [`failover.generate-${name}`, `failover.stream-${name}`])
const breaks = (names: readonly string[], when: string) => names.map((name) => `failover.${name}-${when}`)

/** The interface, if its planner thought otherwise. */
const planned = (change: Partial<OperationSpec> | ((spec: OperationSpec) => Partial<OperationSpec>)): InterfaceDescription => {
  const flat = new Map(llm.flat)
  for (const name of ['generate', 'stream']) {
    const spec = llm.flat.get(name) as OperationSpec
    flat.set(name, { ...spec, ...(typeof change === 'function' ? change(spec) : change) })
  }
  return { ...llm, flat }
}

const ruled = (rules: Json) =>
  planned((spec) => (spec.stream === undefined ? {} : { stream: { ...spec.stream, ...rules } as never }))

const prepared = (change: (input: Json, name: string) => Json) =>
  planned(({ prepare }) => ({ prepare: (input, instance) => change(prepare(input, instance), instance.name) }))

const verdict = (code: string, change: Json): Change<'llm'> => ({
  driver: (driver: Driver): Driver => ({
    ...driver,
    errors: { ...driver.errors, [code]: { ...driver.errors[code], ...change } as never },
  }),
})

/** Vendors of which one failure is taken for the caller's fault, so that nobody else is asked. */
const blaming = (id: string, fails: (response: Response | undefined) => boolean): Change<'llm'> => ({
  at: (at: At): At => ({
    ...at,
    fetch: async (input, init) => {
      let response: Response | undefined
      try {
        response = await at.fetch(input, init)
      } catch (error) {
        if (!fails(undefined)) throw error
      }
      if (response !== undefined && !fails(response)) return response
      return Response.json({ error: { code: `blamed_${id}` } }, { status: 400 })
    },
  }),
})

type Wrap = (first: Llm, second: Llm) => Llm

/** Two providers on two accounts, wrapped in some way. */
const overTwo = (wrap: Wrap) => (): ConformanceOptions => {
  const first = memoryLlmTwin()
  const second = memoryLlmTwin({ clock: first.clock, seed: 2 })
  return {
    twin: pair(first, second),
    provider: (at) => {
      const reserve = { ...at, fetch: second.fetch, name: `${at.name ?? 'memory'}-reserve` }
      return wrap(provider('llm', first.credentials, at), provider('llm', second.credentials, reserve))
    },
  }
}

const right: Wrap = (first, second) => failover([first, second]) as Llm

const wrapped = (id: string, wrong: string, caughtBy: readonly string[], wrap: Wrap): Mutant => ({
  id: `llm.failover/${id}`,
  interface: 'llm',
  wrong,
  caughtBy: caughtBy.map((check) => `llm.${check}`),
  options: overTwo(wrap),
  unbroken: overTwo(right),
})

/** What many a home-made wrapper does with a stream. */
const naive =
  (each: (own: any, next: (input: any) => any, input: any) => AsyncIterable<any>): Wrap =>
  (first, second) => {
    const both = right(first, second)
    return withOverrides(both, {
      stream: (input: any, options: any) => {
        const own = first.stream(input, options)
        return likeStream(
          own,
          each(own, (other) => second.stream(other, options), input),
        )
      },
    })
  }

/** Wrong in who is asked next. */
export const llmFailoverMutants: readonly Mutant[] = [
  mutant('failover/commits-early', 'Lets nobody take over once the vendor has greeted.', breaks(kinds, 'before-output'), {
    description: ruled({ commits: () => true }),
  }),
  mutant('failover/commits-late', 'Lets another take over in the middle of an answer.', breaks(kinds, 'after-output'), {
    description: ruled({ commits: () => false }),
  }),
  ...down.map((name) =>
    mutant(
      `failover/${name}-is-final`,
      `Asks nobody else after: ${name}.`,
      twice(name),
      name === '503'
        ? verdict('broken', { code: 'invalid_input', fault: 'caller', effect: 'none', message: 'No.' })
        : name === '429'
          ? verdict('slow_down', { fault: 'caller' })
          : name === 'wrong-key'
            ? verdict('bad_key', { fault: 'caller' })
            : blaming(name, (response) => response === undefined),
    ),
  ),
  mutant(
    'failover/one-line',
    'Has one line for both providers: when it is dead, it is dead for both.',
    twice(...down, 'silent'),
    {
      at: (at: At): At =>
        at.name === 'second-line' ? { ...at, fetch: () => Promise.reject(new TypeError('fetch failed')) } : at,
    },
  ),
  mutant('failover/drops-tools', 'Asks the next provider without tools.', twice('keeps-tools'), {
    description: prepared((input, name) =>
      name === 'second-line' ? { ...input, tools: undefined, toolChoice: undefined } : input,
    ),
  }),
  mutant('failover/drops-schema', 'Asks the next provider without the schema.', twice('keeps-schema'), {
    description: prepared((input, name) => (name === 'second-line' ? { ...input, output: undefined } : input)),
  }),
  mutant(
    'failover/too-long-stays',
    'Takes what is too long for one as too long for all.',
    twice('too-long'),
    verdict('too_long', { elsewhere: false }),
  ),
  mutant(
    'failover/filter-moves',
    "Tries what a vendor's filter refused at the next one.",
    twice('filter-stays'),
    verdict('filtered', { elsewhere: true }),
  ),
  mutant('failover/one-model', 'Tries the first of several models only.', twice('chain'), {
    description: planned({ chain: (input) => [{ ...input, model: [input.model].flat()[0] }] }),
  }),
  mutant('failover/models-backwards', 'Tries the last of several models first.', twice('chain'), {
    description: planned(({ chain }) => ({ chain: (input) => [...chain(input)].reverse() })),
  }),
  mutant('failover/trail-unnamed', 'Does not say for which model somebody was asked.', twice('chain'), {
    description: planned({ variant: undefined }),
  }),
  mutant('failover/address-ignored', 'Asks anybody for a model that is addressed to one.', twice('addressed'), {
    description: planned({
      addressee: () => undefined,
      prepare: (input) => ({ ...input, model: String([input.model].flat()[0]).replace(/^[^:]+:/, '') }),
    }),
  }),
  mutant(
    'failover/caller-moves',
    "Takes a vendor's bad day for the caller's fault.",
    twice('all-down', '503'),
    verdict('broken', { code: 'x', fault: 'caller', effect: 'none', message: 'No.' }),
  ),
  mutant('failover/asks-both', 'Asks twice, to be sure.', [...twice('once'), 'failover.reader-leaves'], {
    at: (at) => ({
      ...at,
      fetch: async (input, init) => {
        await (await at.fetch(input, init)).body?.cancel()
        return at.fetch(input, init)
      },
    }),
  }),
  mutant('failover/unchecked', 'Asks with what is wrong in itself.', twice('invalid'), {
    description: planned({
      input: { '~standard': { version: 1, vendor: 'none', validate: (value: any) => ({ value }) } } as never,
    }),
  }),
  mutant('failover/abort-moves', 'Takes a caller who gave up for a vendor that failed.', twice('abort'), {
    at: (at) => ({
      ...at,
      fetch: (input, { signal: _, ...init } = {}) => at.fetch(input, init).catch(() => at.fetch(input, init)),
    }),
  }),
  mutant('failover/who-unknown', 'Starts in the name of somebody else.', ['failover.stream-tells'], {
    driver: (driver: Driver): Driver => ({
      ...driver,
      operations: {
        ...driver.operations,
        stream: async (input, context) => misnamed((await driver.operations.stream?.(input, context)) as AsyncIterable<any>),
      },
    }),
  }),
  wrapped(
    'starts-over',
    'Shows the answer of the next provider behind half of the first.',
    loud.map((kind) => `stream.${kind}-after-output`),
    naive(async function* (own, next, input) {
      try {
        yield* own
      } catch {
        yield* next(input)
      }
    }),
  ),
  wrapped(
    'both-at-once',
    'Asks both at once, and takes the faster answer.',
    ['generate.text', 'generate.one-request-answer'],
    (first, second) => {
      const both = right(first, second)
      const generate: Llm['generate'] = (input, options) =>
        Promise.any([first.generate(input, options), second.generate(input, options)])
      return withOverrides(both, { generate })
    },
  ),
  wrapped(
    'errors-of-first',
    'Reports what the first said, and not what was tried.',
    ['generate.error-says-where'],
    (first, second) => {
      const both = right(first, second)
      const generate: Llm['generate'] = (input, options) =>
        both
          .generate(input, options)
          .catch((error) => Promise.reject(ProviderError.is(error) ? error.with({ trail: [] }) : error))
      return withOverrides(both, { generate })
    },
  ),
]

async function* misnamed(pieces: AsyncIterable<any>): AsyncGenerator<any> {
  for await (const piece of pieces) yield piece.type === 'start' ? { ...piece, provider: 'memory' } : piece
}
