import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { $ZodCheck, $ZodType, $ZodTypes } from 'zod/v4/core'

/** What a schema makes of a value, or `unsure`: then the schema itself has the word, which also says why. */
type Quick = (value: unknown) => unknown

export const unsure: unique symbol = Symbol('unsure')

const known = new WeakMap<object, Quick>()

/**
 * Every call is validated twice, its input and its answer, and nearly always nothing is wrong. For that case this does what
 * the schema does, without the bookkeeping that issues need: it walks the description that zod publishes for such tools
 * (`_zod.def`). What it accepts zod accepts too; kinds and checks that it does not know it leaves to zod. It generates no
 * code, which workerd forbids.
 */
export function quickly(schema: StandardSchemaV1): Quick {
  return known.get(schema) ?? ('_zod' in schema ? compile(schema as unknown as $ZodType) : () => unsure)
}

function compile(schema: $ZodType): Quick {
  const made = known.get(schema)
  if (made !== undefined) return made
  const zod = byZod(schema)
  // A schema that contains itself meets this one inside.
  known.set(schema, zod)
  const quick = native(schema) ?? zod
  known.set(schema, quick)
  return quick
}

function byZod(schema: $ZodType): Quick {
  return (value) => {
    const result = schema._zod.run({ value, issues: [] }, { async: false })
    return result instanceof Promise || result.issues.length > 0 ? unsure : result.value
  }
}

function native(schema: $ZodType): Quick | undefined {
  const { def, traits } = schema._zod
  // A format (an instant, a whole number) is a type and its own first check.
  const checks = [...(traits.has('$ZodCheck') ? [schema as unknown as $ZodCheck] : []), ...(def.checks ?? [])].map(acceptorOf)
  const kind = kindOf(schema as $ZodTypes)
  if (kind === undefined || !checks.every((check) => check !== undefined)) return undefined
  const [first, ...rest] = checks
  if (first === undefined) return kind
  return (given) => {
    const value = kind(given)
    return value !== unsure && first(value) && rest.every((accepts) => accepts(value)) ? value : unsure
  }
}

type Acceptor = (value: any) => boolean

interface CheckDef {
  readonly check: string
  readonly format?: string
  readonly pattern?: RegExp
  readonly maximum?: number
  readonly fn?: (value: unknown) => unknown
}

/** What suffices to pass a check of a value that has the right type. */
function acceptorOf({ _zod }: $ZodCheck): Acceptor | undefined {
  const { check, format, pattern, maximum, fn } = _zod.def as CheckDef
  switch (check) {
    case 'string_format':
      // Other formats have a pattern too, and look further.
      return (format === 'regex' || format === 'datetime') && pattern?.flags.replace(/[isu]/g, '') === ''
        ? (value: string) => pattern.test(value)
        : undefined
    case 'number_format':
      return format === 'safeint' ? Number.isSafeInteger : undefined
    case 'max_length':
      // Zod counts code points, of which there are never more than units.
      return (value: string) => value.length <= (maximum as number)
    case 'custom':
      return fn && ((value) => fn(value) === true)
    default:
      return undefined
  }
}

/** By the type alone, before its checks. */
function kindOf(schema: $ZodTypes): Quick | undefined {
  const { def } = schema._zod
  switch (def.type) {
    case 'unknown':
      return (value) => value
    case 'string':
      return def.coerce ? undefined : (value) => (typeof value === 'string' ? value : unsure)
    case 'number':
      return def.coerce ? undefined : (value) => (Number.isFinite(value) ? value : unsure)
    case 'enum':
    case 'literal': {
      const values: ReadonlySet<unknown> | undefined = schema._zod.values
      return values && ((value) => (values.has(value) ? value : unsure))
    }
    case 'union': {
      const options = def.options.map((option) => (isPlainText(option as $ZodTypes) ? native(option) : undefined))
      if (def.inclusive === false || !options.every((option) => option !== undefined)) return undefined
      return (value) => (options.some((option) => option(value) !== unsure) ? value : unsure)
    }
    case 'optional': {
      const optional = insideOptional(schema)
      const inner = optional && compile(optional)
      return inner && ((value) => (value === undefined ? undefined : inner(value)))
    }
    case 'default': {
      const inner = compile(def.innerType)
      return (value) => {
        const made = value === undefined ? undefined : inner(value)
        return made === undefined ? def.defaultValue : made
      }
    }
    case 'array': {
      const element = compile(def.element)
      return (value) => (Array.isArray(value) ? listOf(value, element) : unsure)
    }
    case 'object':
      return def.catchall === undefined ? objectOf(def.shape) : undefined
    default:
      return undefined
  }
}

/** Nothing but patterns: which of several texts it is makes no difference to the value. */
function isPlainText({ _zod: { def } }: $ZodTypes): boolean {
  return def.type === 'string' && (def.checks ?? []).every(({ _zod }) => _zod.def.check === 'string_format')
}

/** What is simply optional: without a default inside, which fills in what is absent. */
function insideOptional({ _zod: { def, traits } }: $ZodTypes): $ZodType | undefined {
  const simply = def.type === 'optional' && def.innerType._zod.optin === undefined && !traits.has('$ZodExactOptional')
  return simply ? def.innerType : undefined
}

function listOf(given: readonly unknown[], element: Quick): unknown {
  const list: unknown[] = []
  for (const item of given) {
    const value = element(item)
    if (value === unsure) return unsure
    list.push(value)
  }
  return list
}

function objectOf(shape: Readonly<Record<string, $ZodType>>): Quick {
  const members = Object.entries(shape).map(([name, schema]) => {
    const inner = insideOptional(schema as $ZodTypes)
    const filled = schema._zod.optin === 'defaulted'
    return { name, quick: compile(inner ?? schema), optional: inner !== undefined, filled }
  })
  return (given) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return unsure
    const result: Record<string, unknown> = {}
    for (const { name, quick, optional, filled } of members) {
      const found = (given as Readonly<Record<string, unknown>>)[name]
      if (found === undefined) {
        if (optional) continue
        if (!filled && !(name in given)) return unsure
      }
      const value = quick(found)
      if (value === unsure) return unsure
      result[name] = value
    }
    return result
  }
}
