import { schemaProblem } from '@do/llm'

/** What is wrong with a schema, in words that go into a sentence; undefined where nothing is. */
export function schemaSentence(schema: unknown): string | undefined {
  const problem = schemaProblem(schema)
  if (problem === undefined) return undefined
  const { path, message } = problem
  return `${path === '' ? 'it' : `"${path}"`} ${message}`
}
