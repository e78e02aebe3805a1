import * as z from 'zod/mini'
import { isCurrency } from './money.ts'

/** A number in E.164: "+" and 7 to 15 digits, the first not 0. */
export const e164 = z
  .string()
  .check(z.regex(/^\+[1-9]\d{6,14}$/, { error: 'must be a phone number in E.164, such as "+14155550123"' }))

/** A handle that a provider gave. */
export const handle = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9-]{0,62}:.+$/s, { error: 'must be an id that a provider gave, such as "twilio:SM1…"' }))

/** An instant in ISO 8601, UTC: "2026-11-21T10:00:00.000Z". */
export const instant = z.iso.datetime({ error: 'must be an instant in ISO 8601 and UTC, such as "2026-11-21T10:00:00Z"' })

/** An absolute http or https URL. */
export const url = z.url({ protocol: /^https?$/, error: 'must be an absolute http(s) URL' })

/** ISO 3166-1 alpha-2, upper case. */
export const country = z.string().check(
  z.refine((code: string) => /^[A-Z]{2}$/.test(code) && regionKnown(code), {
    error: 'must be a country as two capital letters (ISO 3166-1), such as "US"',
  }),
)

/** A price as the vendor states it: a decimal text, since per-message prices are smaller than a cent. */
export const price = z.object({ decimal: z.string().check(z.regex(/^-?\d+(\.\d+)?$/)), currency: z.string() })

const minorUnits = z.pipe(
  z.union([z.bigint(), z.string().check(z.regex(/^-?\d{1,19}$/))], {
    error: 'must be whole minor units as a bigint (1250n) or as text ("1250"), never a floating-point number',
  }),
  z.transform((value) => BigInt(value)),
)

/** An ISO 4217 currency, upper case. */
export const currency = z
  .string()
  .check(z.refine(isCurrency, { error: 'must be an ISO 4217 currency in capital letters, such as "EUR"' }))

/** Any amount in minor units, below zero too: `{ amount: -1250n, currency: 'EUR' }`. */
export const money = z.object({ amount: minorUnits, currency })

/** An amount above zero, in minor units: `{ amount: 1250n, currency: 'EUR' }` is 12.50 EUR. */
export const amount = z.object({
  amount: minorUnits.check(
    z.refine((value: bigint) => value > 0n && value < 2n ** 63n, { error: 'must be above zero (and below 2^63)' }),
  ),
  currency,
})

/** How many items a page may have. */
export const limit = z.int().check(z.gte(1), z.lte(1000))

let regions: Intl.DisplayNames | undefined

function regionKnown(code: string): boolean {
  regions ??= new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
  return code !== 'ZZ' && regions.of(code) !== undefined
}
