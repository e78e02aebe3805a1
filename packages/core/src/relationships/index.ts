export { createRelationships } from './relationships.ts'
export type {
  Edge,
  EdgeQuery,
  Reached,
  RelationshipOptions,
  Relationships,
  RemovalRule,
  Traversal,
  TraverseOptions,
  VerbNames,
  VerbRule,
} from './types.ts'
