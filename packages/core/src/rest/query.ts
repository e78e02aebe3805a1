import type { Query, Range, Scalar } from '../collection/types.ts'
import { type Problem, problem } from '../http/problem.ts'
import { typeOf } from './schemas.ts'
import type { JsonSchema } from './types.ts'

export const operators = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'prefix', 'contains', 'has', 'exists'] as const
type Operator = (typeof operators)[number]

const own = ['$id', '$createdAt', '$updatedAt']
const most = 64

/**
 * A collection's query out of a query string: `status=paid&total[gte]=10&orderBy=-total&limit=20&cursor=…&select=status,total`.
 * A value has the type its field has in the schema; where that is not known, `10`, `true` and `null` are what they look like in
 * JSON, `"10"` in quotation marks is text, and everything else is text as it stands.
 * @throws Problem 400 `invalid_query` naming the parameter.
 */
export function queryOf(
  search: URLSearchParams,
  filters?: readonly string[],
  schema?: JsonSchema,
): Query & { select?: string[] } {
  const where: Record<string, Range> = Object.create(null)
  const query: Record<string, unknown> = {}
  const all = [...search]
  if (all.length > most) throw invalid('', `At most ${most} parameters are taken. Ask for less.`)
  for (const [name, value] of all) {
    if (name === 'orderBy' || name === 'select') {
      if (query[name] !== undefined) throw invalid(name, 'It is given twice. Separate several fields by commas.')
      const fields = value.split(',')
      for (const field of fields) checkField(field.replace(/^-/, ''), name, name === 'orderBy' ? filters : undefined)
      query[name] = fields
    } else if (name === 'limit') query.limit = wholeNumber(value)
    else if (name === 'cursor') query.cursor = value
    else {
      const [, field = '', operator = 'eq'] = /^([^[\]]+)(?:\[(\w+)\])?$/.exec(name) ?? []
      checkField(field, name, filters)
      if (!isOperator(operator)) throw invalid(name, `"${operator}" is no comparison. Use one of ${operators.join(', ')}.`)
      const range: Record<string, unknown> = (where[field] as Record<string, unknown> | undefined) ?? Object.create(null)
      if (operator in range) throw invalid(name, 'It is given twice. Use "[in]" for several values.')
      range[operator] = comparedWith(operator, value, typeOf(schema, field), name)
      where[field] = range
    }
  }
  return Object.keys(where).length === 0 ? query : { ...query, where }
}

/** A value of a query string as JSON. `type` is what the schema says; without it the value is what it looks like. */
export function readValue(text: string, type: string | undefined, name: string): unknown {
  if (type === 'string') return text
  if (type === 'number' || type === 'integer') {
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value)) throw invalid(name, 'It must be a number.')
    return value
  }
  if (type === 'boolean') {
    if (text !== 'true' && text !== 'false') throw invalid(name, 'It must be true or false.')
    return text === 'true'
  }
  // Digits that are no JSON number, such as 007, are text; so is what only begins like JSON.
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function comparedWith(operator: Operator, text: string, type: string | undefined, name: string): unknown {
  if (operator === 'prefix' || operator === 'contains') return text
  if (operator === 'exists') return readValue(text, 'boolean', name)
  if (operator !== 'in') return scalar(readValue(text, operator === 'has' ? undefined : type, name), name)
  const list: unknown = text.startsWith('[')
    ? readValue(text, undefined, name)
    : text.split(',').map((one) => readValue(one, type, name))
  if (!Array.isArray(list)) throw invalid(name, 'It must be values with commas between, or a JSON list.')
  return list.map((one) => scalar(one, name))
}

function scalar(value: unknown, name: string): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw invalid(name, 'It must be text, a number, true, false or null.')
}

function checkField(field: string, name: string, filters: readonly string[] | undefined): void {
  if (own.includes(field) || filters?.includes(field)) return
  const plain = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(field) && !field.split('.').some((part) => part in Object.prototype)
  if (plain && filters === undefined) return
  const known = filters === undefined ? '' : ` There are: ${[...filters, ...own].join(', ')}.`
  throw invalid(name, `It names no field that can be asked for.${known}`)
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw invalid('limit', 'It must be a whole number.')
}

function isOperator(text: string): text is Operator {
  return (operators as readonly string[]).includes(text)
}

/** The name comes from outside: only its beginning is said again. */
function invalid(name: string, detail: string): Problem {
  const field = name.slice(0, 100)
  return problem(400, 'invalid_query', field === '' ? detail : `The query parameter "${field}" is not valid. ${detail}`, {
    field,
  })
}
