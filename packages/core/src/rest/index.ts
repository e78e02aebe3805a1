export { rest } from './rest.ts'
export type { AnyCollection, AnyDocument, JsonSchema, Operation, ResourceOptions, RestOptions } from './types.ts'
