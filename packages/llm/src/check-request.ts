import { refuse } from '@do/provider'
import type { GenerateRequest } from './generation.ts'
import { isObject, schemaProblem } from './schema-problem.ts'

/**
 * What must hold between the parts of a request, and of the schemas in it: once for each call, before anybody is asked.
 * @throws ProviderError `invalid_schema` or `invalid_input`, with the field.
 */
export function checkRequest({ tools = [], toolChoice, output }: GenerateRequest): void {
  const names = new Set<string>()
  for (const [index, { name, parameters }] of tools.entries()) {
    if (names.has(name))
      throw refuse('invalid_input', `Two tools are named "${name}". Rename one.`, { field: `tools.${index}.name` })
    names.add(name)
    checkSchema(parameters, `tools.${index}.parameters`)
  }
  if (output !== undefined && output !== 'json') checkSchema(output.schema, 'output.schema')
  if (toolChoice === 'required' && names.size === 0) {
    throw refuse('invalid_input', '`toolChoice` requires a tool, and there is none in `tools`.', { field: 'toolChoice' })
  }
  if (isObject(toolChoice) && !names.has(toolChoice.tool)) {
    throw refuse('invalid_input', '`toolChoice` names a tool that is not in `tools`.', { field: 'toolChoice.tool' })
  }
}

function checkSchema(schema: Readonly<Record<string, unknown>>, field: string): void {
  if (schema.type !== 'object') {
    throw refuse(
      'invalid_schema',
      `"${field}" must be a JSON Schema with \`type: "object"\`. Wrap another type into a property.`,
      {
        field: `${field}.type`,
      },
    )
  }
  const problem = schemaProblem(schema)
  if (problem === undefined) return
  const place = problem.path === '' ? field : `${field}.${problem.path}`
  throw refuse('invalid_schema', `"${place}" ${problem.message}.`, { field: place })
}
