import { refuse } from '@do/provider'
import { type CollectionKernel, collectionIn } from '../collection/in-kernel.ts'
import type { Document } from '../collection/types.ts'
import { key, kindSchema, missing, oneOf, text } from './check.ts'
import { compareRates, interval } from './statistics.ts'

export interface Variant {
  readonly name: string
  /** Share against the others; a whole number from 0 to 10,000. */
  readonly weight: number
}

export interface Experiment {
  /** The first is the control, with which the others are compared. */
  readonly variants: readonly Variant[]
  readonly state: 'draft' | 'running' | 'stopped'
}

export interface Exposure {
  readonly experiment: string
  readonly subject: string
  readonly variant: string
  readonly converted: 0 | 1
}

export interface VariantResult {
  readonly variant: string
  /** Subjects, each counted once. */
  readonly exposed: number
  readonly converted: number
  readonly rate: number
  /** Of the rate, 95 % (Wilson). */
  readonly interval: readonly [number, number]
  /** Against the control; absent for the control itself. */
  readonly difference?: { readonly absolute: number; readonly p: number; readonly significant: boolean }
}

export interface Experiments {
  /** As a draft; again while it is one. `already_running`, `invalid_input` */
  define(name: string, variants: readonly Variant[]): Document<Experiment>
  start(name: string): Document<Experiment>
  /** For good: nobody is assigned any more, those who are keep their variant. */
  stop(name: string): Document<Experiment>
  get(name: string): Document<Experiment> | undefined
  /**
   * The variant of a subject, counted as shown. By a hash of both names, so that everybody computes the same; once shown it stays,
   * also when weights change. The control while it does not run.
   */
  assign(name: string, subject: string): string
  /** Counts once for each subject that was exposed; false for all others. */
  convert(name: string, subject: string): boolean
  /** p is that of a two-sided z-test of two rates; significant below 0.05 divided by the number of comparisons (Bonferroni). */
  results(name: string): readonly VariantResult[]
}

const schema = kindSchema<Experiment>({
  state: oneOf('draft', 'running', 'stopped'),
  variants: (value) => {
    const all = value as readonly Partial<Variant>[]
    if (!Array.isArray(value) || value.length < 2 || value.length > 20) return 'a list of 2 to 20 variants'
    const wrong = all.some(
      (one) =>
        key(one?.name) !== undefined || !Number.isInteger(one?.weight) || Number(one.weight) < 0 || Number(one.weight) > 10_000,
    )
    if (wrong) return 'variants with a name and a whole weight from 0 to 10,000'
    if (new Set(all.map(({ name }) => name)).size < all.length) return 'variants with different names'
    return all.some(({ weight }) => weight !== 0) ? undefined : 'variants of which one has a weight above 0'
  },
})
const exposureSchema = kindSchema<Exposure>({
  experiment: key,
  subject: text(500),
  variant: key,
  converted: (value) => (value === 0 || value === 1 ? undefined : '0 or 1'),
})

export function createExperiments(kernel: CollectionKernel): Experiments {
  const experiments = collectionIn<Experiment>(kernel, 'experiments', schema)
  const exposures = collectionIn<Exposure>(kernel, 'exposures', exposureSchema, {
    indexes: [['experiment', 'variant', 'converted']],
  })
  const idOf = (name: string, subject: string) => JSON.stringify([name, subject])
  const known = (name: string) => {
    const found = experiments.get(name)
    if (found === undefined) throw missing('experiment', name)
    return found
  }
  const move = (name: string, from: Experiment['state'], to: Experiment['state']) => {
    const { state } = known(name)
    if (state === from) return experiments.update(name, { state: to })
    throw refuse('invalid_state', `The experiment "${name}" is ${state}: only one that is ${from} becomes ${to}.`, {
      field: 'state',
    })
  }

  return {
    define: (name, variants) => {
      if (key(name) !== undefined)
        throw refuse('invalid_input', `The name of an experiment must be ${key(name)}.`, { field: 'name' })
      const state = experiments.get(name)?.state ?? 'draft'
      if (state !== 'draft')
        throw refuse('already_running', `"${name}" has run: what it counts would mix. Define another.`, { field: 'name' })
      return experiments.upsert(name, { variants, state: 'draft' })
    },
    start: (name) => move(name, 'draft', 'running'),
    stop: (name) => move(name, 'running', 'stopped'),
    get: (name) => experiments.get(name),
    assign: (name, subject) => {
      const { variants, state } = known(name)
      const shown = exposures.get(idOf(name, subject))
      if (shown !== undefined) return shown.variant
      const control = (variants[0] as Variant).name
      if (state !== 'running') return control
      const variant = variantFor(name, subject, variants)
      exposures.insert({ experiment: name, subject, variant, converted: 0 }, { id: idOf(name, subject) })
      return variant
    },
    convert: (name, subject) => {
      const shown = exposures.get(idOf(name, subject))
      if (shown === undefined || shown.converted === 1 || known(name).state !== 'running') return false
      exposures.update(shown.$id, { converted: 1 })
      return true
    },
    results: (name) => {
      const { variants } = known(name)
      const counts = variants.map(({ name: variant }) => ({
        variant,
        exposed: exposures.count({ experiment: name, variant }),
        converted: exposures.count({ experiment: name, variant, converted: 1 }),
      }))
      const control = counts[0] as (typeof counts)[number]
      return counts.map((one, index) => {
        const base = {
          ...one,
          rate: one.exposed === 0 ? 0 : one.converted / one.exposed,
          interval: interval(one.converted, one.exposed),
        }
        if (index === 0) return base
        const { absolute, p } = compareRates(one, control)
        return { ...base, difference: { absolute, p, significant: p < 0.05 / (counts.length - 1) } }
      })
    },
  }
}

/** The same for the same names everywhere, and independent between experiments. */
export function variantFor(name: string, subject: string, variants: readonly Variant[]): string {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0)
  let place = (hash(`${name}\u0000${subject}`) / 2 ** 32) * total
  for (const { name: variant, weight } of variants) {
    if (place < weight) return variant
    place -= weight
  }
  return (variants.findLast(({ weight }) => weight > 0) as Variant).name
}

/** FNV-1a over the bytes, then mixed as in MurmurHash3, so that near names fall far apart. */
function hash(value: string): number {
  let state = 0x811c9dc5
  for (const byte of new TextEncoder().encode(value)) state = Math.imul(state ^ byte, 0x01000193)
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return (state ^ (state >>> 16)) >>> 0
}
