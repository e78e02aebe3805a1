export { compact, isReference, referencesIn, toJsonLd } from './forms.ts'
export { createThings, type ThingsKernel } from './things.ts'
export type { Expanded, ExpandOptions, NewThing, Reference, Thing, Things } from './types.ts'
