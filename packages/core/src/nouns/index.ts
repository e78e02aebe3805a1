export { defineNouns } from './registry.ts'
export type { Described, Noun, NounDefinition, Registry, Verb, VerbDefinition } from './types.ts'
export { activityOf, actOf, eventOf, pluralOf, slugOf } from './words.ts'
