import type { ErrorObject, ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Overlay } from './correction.ts'
import type { Description, Schema } from './description.ts'
import { type Direction, prepare } from './prepare.ts'

/** What is wrong with a value, and where in it: a JSON pointer, '' for the value itself. */
export interface Problem {
  readonly at: string
  readonly says: string
}

export type Validate = (schema: Schema, value: unknown) => readonly Problem[]

/** Checks values against schemas of one document, in one direction. Schemas are compiled when first needed. */
export function validator(document: Description, direction: Direction, overlay: Overlay): Validate {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    // A format that nobody has defined would otherwise pass with a warning that nobody reads.
    logger: { log: () => {}, warn: fail, error: fail },
  })
  ;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
  for (const [name, { as: format = true }] of Object.entries(overlay.formats)) ajv.addFormat(name, format)
  const prepared = prepare(document, direction, overlay)
  const compiled = new Map<Schema, ValidateFunction>()
  return (schema, value) => {
    let check = compiled.get(schema)
    if (check === undefined) {
      const ready = prepared.whole(schema)
      for (const { id, schema: needed } of prepared.take()) ajv.addSchema(needed, id)
      check = ajv.compile(ready)
      compiled.set(schema, check)
    }
    return check(value) ? [] : problems(check.errors ?? [])
  }
}

function fail(...words: unknown[]): never {
  throw new Error(words.join(' '))
}

function problems(errors: readonly ErrorObject[]): readonly Problem[] {
  const said = errors.filter(({ keyword }) => keyword !== 'if')
  const found = said.map(({ instancePath, keyword, params, message }) => {
    const { unevaluatedProperty, additionalProperty, missingProperty, allowedValues } = params as Record<string, unknown>
    const extra = unevaluatedProperty ?? additionalProperty
    if (extra !== undefined) return { at: `${instancePath}/${String(extra)}`, says: 'is not described' }
    if (missingProperty !== undefined)
      return { at: `${instancePath}/${String(missingProperty)}`, says: 'is required and missing' }
    if (allowedValues !== undefined) return { at: instancePath, says: `must be one of ${JSON.stringify(allowedValues)}` }
    if (keyword === 'false schema') return { at: instancePath, says: 'belongs to the other direction (readOnly or writeOnly)' }
    return { at: instancePath, says: message ?? keyword }
  })
  return [...new Map(found.map((problem) => [`${problem.at} ${problem.says}`, problem])).values()]
}
