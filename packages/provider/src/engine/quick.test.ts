import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import * as fields from '../fields.ts'
import { quickly, unsure } from './quick.ts'

const tree: z.ZodMiniType = z.object({
  name: z.string(),
  get children() {
    return z.optional(z.array(tree))
  },
})

const sender = z.union([fields.e164, z.string().check(z.regex(/^\d{3,8}$/))])

const everything = z
  .object({
    to: fields.e164,
    from: z.optional(sender),
    body: z._default(z.string().check(z.maxLength(5)), ''),
    media: z.optional(z.array(fields.url).check(z.minLength(1), z.maxLength(2))),
    at: z.optional(fields.instant),
    status: z.enum(['queued', 'sent']),
    kind: z.literal('message'),
    parts: z.optional(z.int()),
    factor: z.optional(z.number().check(z.gte(2))),
    price: z.optional(fields.price),
    flag: z.optional(z.boolean()),
    nothing: z.optional(z.nullable(z.string())),
    trimmed: z.optional(z.string().check(z.trim(), z.minLength(1))),
    words: z.optional(z.record(z.string(), z.string())),
    either: z.optional(z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])),
    inner: z.optional(z._default(z.string(), 'filled')),
    tree: z.optional(tree),
    raw: z.optional(z.unknown()),
  })
  .check(z.refine(({ body, media }) => body !== '' || media !== undefined))

const good = {
  to: '+14155550123',
  from: '12345',
  body: 'hello',
  media: ['https://example.com/a.png'],
  at: '2026-11-21T10:00:00.000Z',
  status: 'sent',
  kind: 'message',
  parts: 2,
  factor: 2.5,
  price: { decimal: '0.0040', currency: 'USD', more: true },
  flag: false,
  nothing: null,
  trimmed: ' x ',
  words: { a: 'b' },
  either: { b: 'c', d: 'e' },
  tree: { name: 'a', children: [{ name: 'b', extra: 1 }] },
  raw: { any: ['thing'] },
  extra: 'unknown',
}

const strange: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  'hello!',
  '👍👍👍👍👍',
  '👍👍👍👍👍👍',
  '+14155550123',
  '+14155550123\n',
  '12',
  'sent',
  '2026-02-30T10:00:00Z',
  '2026-11-21T10:00:00+01:00',
  'ftp://example.com',
  'https:example.com',
  0,
  1.5,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  [],
  [1],
  ['https://example.com/a.png', 'x'],
  {},
  { decimal: '1', currency: 'EUR' },
  { a: 'x' },
  { name: 'a', children: [{ name: 1 }] },
  new Date(0),
  Object.create({ decimal: '1', currency: 'EUR' }),
]

/** What zod says, or `unsure` where it refuses. */
const byZod = (schema: z.ZodMiniType, value: unknown) => {
  const result = schema.safeParse(value)
  return result.success ? result.data : unsure
}

describe('the quick way through a schema', () => {
  it('gives what zod gives or is unsure, for each member with each strange value, and without it', () => {
    const names = Object.keys(good)
    let refused = 0
    const hesitated: unknown[] = []
    for (const name of names) {
      const { [name as keyof typeof good]: _, ...without } = good
      for (const value of [without, ...strange.map((other) => ({ ...good, [name]: other }))]) {
        const expected = byZod(everything, value)
        const made = quickly(everything)(value)
        if (expected === unsure) refused += 1
        if (expected !== unsure && made === unsure) hesitated.push(value[name as keyof typeof value])
        else expect(made, `${name}: ${JSON.stringify(value)}`).toEqual(expected)
      }
    }
    for (const value of strange) expect(quickly(everything)(value)).toEqual(byZod(everything, value))
    expect(refused).toBeGreaterThan(names.length * 10)
    // Five characters of two units each: zod counts them anew.
    expect(hesitated).toEqual(['👍👍👍👍👍'])
    expect(quickly(everything)(good)).toEqual(byZod(everything, good))
  })

  it('copies what it knows, so that a caller who changes the input later changes nothing', () => {
    const given = structuredClone(good)
    const made = quickly(everything)(given) as typeof good
    given.media.push('https://example.com/b.png')
    given.price.decimal = '1'
    given.body = 'other'
    expect(made).toMatchObject({ body: 'hello', media: ['https://example.com/a.png'], price: { decimal: '0.0040' } })
    expect(made).not.toHaveProperty('extra')
    expect(made.price).not.toHaveProperty('more')
  })

  it('is sure of a good value by itself, without asking zod', () => {
    const schema = z.object({ to: fields.e164, at: fields.instant, tags: z.array(z.string()), count: z.int() })
    const value = { to: '+14155550123', at: '2026-11-21T10:00:00Z', tags: ['a'], count: 1 }
    const quick = quickly(schema)
    schema._zod.run = () => expect.unreachable()
    expect(quick(value)).toEqual(value)
  })

  it('leaves to the schema what is asynchronous, and what is no zod schema', () => {
    const slow = z.object({ a: z.string().check(z.refine(async (text) => text === 'a')) })
    expect(quickly(slow)({ a: 'a' })).toBe(unsure)
    const foreign = { '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }) } } as const
    expect(quickly(foreign)('a')).toBe(unsure)
  })
})
