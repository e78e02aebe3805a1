import type { Generation, GenerationEvent, Llm } from '@do/llm'
import type { DriverContext } from '@do/provider'
import type { memoryLlmDriver } from '../reference/index.ts'
import { type Change, changed, type Mutant, onTheWay } from './mutant.ts'

export type Driver = ReturnType<typeof memoryLlmDriver>
export type Json = Record<string, any>
export type Pieces = AsyncIterable<any>

/** Both names of a promise that is kept at once and in pieces. */
export const ways = (...names: readonly string[]): string[] => names.flatMap((name) => [`generate.${name}`, `stream.${name}`])

export const mutant = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  change: Change<'llm'>,
  unbroken?: Change<'llm'>,
): Mutant => ({
  id: `llm.${id}`,
  interface: 'llm',
  wrong,
  caughtBy: caughtBy.map((check) => `llm.${check}`),
  options: changed('llm', change),
  ...(unbroken === undefined ? {} : { unbroken: changed('llm', unbroken) }),
})

/** Changes what goes to the vendor at one path. */
export const missent = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  change: (body: Json) => void,
  path = '/answers',
): Mutant =>
  mutant(`asks/${id}`, wrong, caughtBy, {
    at: onTheWay((body, url, method) => {
      if (method === 'POST' && url.pathname === `/v1${path}`) change(body)
    }),
  })

/** Replaces operations of the driver. */
export const driving = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  change: (operations: any) => Json,
  unbroken?: Change<'llm'>,
): Mutant => mutant(id, wrong, caughtBy, { driver: drives(change) }, unbroken)

export const drives = (change: (operations: any) => Json) => (driver: Driver) => ({
  ...driver,
  operations: { ...driver.operations, ...change(driver.operations) },
})

type Each = (generation: any) => Json

/** Misunderstands whole answers. */
export const misread = (id: string, wrong: string, caughtBy: readonly string[], change: Each): Mutant =>
  driving(`answers/${id}`, wrong, caughtBy, ({ generate }) => ({
    generate: async (input: any, context: DriverContext) => change({ ...(await generate(input, context)) } as Generation),
  }))

/** Misunderstands streams, piece by piece. `undefined` leaves one out. */
export const mispieced = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  change: () => (piece: any) => readonly GenerationEvent[] | GenerationEvent | undefined,
): Mutant =>
  rewritten(id, wrong, caughtBy, async function* (source) {
    const each = change()
    for await (const piece of source) yield* [each(piece) ?? []].flat()
  })

/** Reads streams in its own way. */
export const rewritten = (id: string, wrong: string, caughtBy: readonly string[], read: (source: Pieces) => Pieces): Mutant =>
  driving(`pieces/${id}`, wrong, caughtBy, ({ stream }) => ({
    stream: async (input: any, context: DriverContext) => read(await stream(input, context)),
  }))

/** The same misunderstanding either way: of the answer, and of the piece that ends it. */
export const misunderstood = (id: string, wrong: string, names: readonly string[], change: (ending: any) => Json): Mutant[] => [
  misread(
    id,
    wrong,
    names.map((name) => `generate.${name}`),
    change,
  ),
  mispieced(
    id,
    wrong,
    names.map((name) => `stream.${name}`),
    () => (piece) => (piece.type === 'finish' ? (change({ ...piece }) as GenerationEvent) : piece),
  ),
]

/** Replaces members of the provider. */
export const replaced = (id: string, wrong: string, caughtBy: readonly string[], members: (own: Llm, at: any) => Json): Mutant =>
  mutant(`provider/${id}`, wrong, caughtBy, { provider: members })

/** A stream that somebody wrote around the provider's own. */
export const wrapping = (
  id: string,
  wrong: string,
  caughtBy: readonly string[],
  wrap: (own: any, again: () => any, options: Json) => Pieces,
): Mutant =>
  replaced(id, wrong, caughtBy, ({ stream }) => ({
    stream: (input: any, options: Json = {}) => {
      const own = stream(input, options)
      return likeStream(
        own,
        wrap(own, () => stream(input, options), options),
      )
    },
  }))

/** Looks like the provider's own stream, and reads otherwise. */
export const likeStream = (own: any, pieces: Pieces) => ({
  get provider() {
    return own.provider
  },
  get trail() {
    return own.trail
  },
  [Symbol.asyncIterator]: () => pieces[Symbol.asyncIterator](),
})

/** The reference without a capability. */
export const without =
  (...capabilities: readonly string[]) =>
  (driver: Driver): Driver => ({
    ...driver,
    descriptor: {
      ...driver.descriptor,
      capabilities: { ...driver.descriptor.capabilities, ...Object.fromEntries(capabilities.map((name) => [name, 'Not here.'])) },
    },
  })
