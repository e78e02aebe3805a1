import * as z from 'zod/mini'
import { validateInput } from './engine/validate.ts'
import { refuse } from './errors.ts'

const name = z.string().check(z.regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be a name of a–z, 0–9 and "-", a letter first'))
const positive = z.number().check(z.positive('must be greater than 0'))

const instance = z.strictObject({
  /** Which adapter; default: the instance's own name. */
  vendor: z.optional(name),
  baseUrl: z.optional(z.url({ protocol: /^https?$/, error: 'must be an absolute http(s) URL' })),
  /** Where this account keeps its data, in the tenant's own words, e.g. "eu". */
  region: z.optional(z.string()),
  /** Numbers and names it may send from. */
  senders: z.optional(z.array(z.string().check(z.minLength(1)))),
  /** What names of ours mean there: a model alias such as "fast". */
  aliases: z.optional(z.record(z.string(), z.string().check(z.minLength(1)))),
})

const choice = z.strictObject({
  /** Provider instances, the first one first. */
  order: z.array(name).check(z.minLength(1, 'must name at least one provider')),
  strategy: z._default(z.enum(['priority', 'weighted', 'cheapest', 'fastest']), 'priority'),
  weights: z.optional(z.record(name, z.number().check(z.gte(0, 'must not be negative')))),
  costs: z.optional(z.record(name, z.number().check(z.gte(0, 'must not be negative')))),
  instances: z._default(z.record(name, instance), {}),
  /** Total time of one call, in milliseconds. */
  deadline: z.optional(positive),
  /** Most time of one attempt, in milliseconds. */
  attemptTimeout: z.optional(positive),
  /** For streams: how long a vendor may be silent, in milliseconds. */
  times: z.optional(
    z.strictObject({ connect: z.optional(positive), firstOutput: z.optional(positive), idle: z.optional(positive) }),
  ),
  /** How often the same provider is asked again after a passing fault, for what changes nothing. Default 0. */
  retries: z.optional(z.int().check(z.gte(0), z.lte(10, 'must be at most 10'))),
  /** When a stream is shown: with its first real piece (default), or when it is whole. */
  commit: z.optional(z.enum(['first', 'whole'])),
  /** How many things this tenant may make in a minute (messages, calls). */
  perMinute: z.optional(z.int().check(z.positive('must be greater than 0'))),
  /** Only instances of these regions may be used. */
  regions: z.optional(z.array(z.string())),
})

export type ProviderChoice = z.output<typeof choice>

/** A tenant's configuration, as JSON: who it is, and for each interface which providers in which order. */
export type TenantConfig<Interfaces extends string = string> = { readonly id: string } & {
  readonly [Name in Interfaces]?: z.input<typeof choice>
}

const tenantId = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'must be 1–128 letters, digits, ".", "_" or "-"'))

/**
 * Checks a configuration as a whole, before anything uses it.
 * @throws ProviderError `invalid_config` that names the field and the remedy.
 */
export async function checkTenantConfig(
  config: unknown,
  known: Readonly<Record<string, readonly string[]>>,
): Promise<{ readonly id: string; readonly choices: Readonly<Record<string, ProviderChoice>> }> {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) throw bad('', 'must be an object')
  const { id, ...rest } = config as Record<string, unknown>
  await validated(tenantId, id, 'id')
  const choices: Record<string, ProviderChoice> = {}
  for (const [name, value] of Object.entries(rest)) {
    const vendors = Object.hasOwn(known, name) ? known[name] : undefined
    if (vendors === undefined) throw bad(name, `is no configured interface. Known: ${Object.keys(known).join(', ')}`)
    const parsed = (await validated(choice, value, name)) as ProviderChoice
    checkNames(name, parsed, vendors)
    choices[name] = parsed
  }
  return { id: id as string, choices }
}

function checkNames(at: string, { order, instances, weights, costs, regions }: ProviderChoice, vendors: readonly string[]): void {
  for (const [index, entry] of order.entries()) {
    if (order.indexOf(entry) !== index) throw bad(`${at}.order.${index}`, `names "${entry}" twice`)
    const own = Object.hasOwn(instances, entry) ? instances[entry] : undefined
    const vendor = own?.vendor ?? entry
    if (!vendors.includes(vendor)) {
      throw bad(
        `${at}.order.${index}`,
        `names "${entry}", whose vendor "${vendor}" has no adapter here. Known: ${vendors.join(', ')}`,
      )
    }
    const region = own?.region
    if (regions !== undefined && (region === undefined || !regions.includes(region))) {
      throw bad(
        `${at}.order.${index}`,
        `names "${entry}" of region "${region ?? 'not given'}", but only ${regions.join(', ')} may be used`,
      )
    }
  }
  for (const [field, names] of Object.entries({ weights, costs, instances })) {
    for (const entry of Object.keys(names ?? {})) {
      if (!order.includes(entry)) throw bad(`${at}.${field}.${entry}`, 'is not in the order. Add it there, or remove it here')
    }
  }
}

async function validated(schema: Parameters<typeof validateInput>[0], value: unknown, at: string): Promise<unknown> {
  try {
    return await validateInput(schema, value, 'configuration')
  } catch (error) {
    const { field, message } = error as { field?: string; message: string }
    throw refuse(
      'invalid_config',
      message.replace(/^configuration: (the input|"[^"]*")/, `configuration: "${joined(at, field)}"`),
      {
        field: joined(at, field),
      },
    )
  }
}

const joined = (at: string, field: string | undefined) => (field ? `${at}.${field}` : at)

function bad(field: string, problem: string) {
  return refuse('invalid_config', `configuration: ${field === '' ? 'it' : `"${field}"`} ${problem}.`, { field })
}
