import * as z from 'zod/mini'
import {
  create,
  createProvider,
  createTransport,
  type Driver,
  defineInterface,
  type FailoverOptions,
  failover,
  fields,
  type IntentStore,
  list,
  ProviderError,
  read,
  set,
  type TestClock,
  testClock,
} from '../index.ts'

const letter = z.object({ id: fields.handle, text: z.string() })

export const post = defineInterface('post', {
  capabilities: { stamps: 'Puts stamps on' },
  operations: {
    send: create({
      title: 'Send a letter',
      input: z.object({ text: z.string().check(z.minLength(1)), stamp: z.optional(z.boolean()) }),
      output: letter,
      needs: (given) => (given.stamp ? ['stamps'] : []),
    }),
    get: read({ title: 'Get a letter', handle: '', input: fields.handle, output: letter }),
    list: list({ title: 'List letters', input: z.object({}), output: letter }),
    burn: set({ title: 'Burn a letter', handle: '', input: fields.handle, output: z.object({ burned: z.literal(true) }) }),
  },
  event: z.object({ type: z.literal('unknown'), eventId: z.string(), raw: z.unknown() }),
})

type Answer = () => Promise<Response> | Response

/** A post office: letters it took on, and what it does with the next requests. */
export function office(clock: TestClock) {
  const letters: { id: string; text: string; reference: string }[] = []
  const script: ('cut-before' | 'cut-after' | 'refuse' | 'hang-after' | Answer)[] = []
  const reads: Answer[] = []
  let requests = 0
  const take = (body: { text: string; reference: string }) => {
    const made = { id: `L${letters.length + 1}`, ...body }
    letters.push(made)
    return Response.json(made, { status: 201 })
  }
  const broken = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
  const serve = (async (input: string, init?: RequestInit) => {
    requests += 1
    const url = new URL(input)
    const body = init?.body ? JSON.parse(String(init.body)) : undefined
    if (init?.method !== 'POST') {
      const scripted = reads.shift()
      if (scripted !== undefined) return scripted()
      const reference = url.searchParams.get('reference')
      if (reference) return Response.json(letters.filter((l) => l.reference === reference))
      const text = url.searchParams.get('text')
      if (text) return Response.json(letters.filter((l) => l.text === text))
      const found = letters.find((l) => url.pathname.endsWith(l.id))
      return found ? Response.json(found) : Response.json({}, { status: 404 })
    }
    const next = script.shift()
    if (typeof next === 'function') return next()
    if (next === 'refuse') throw broken('ECONNREFUSED')
    if (next === 'cut-before') throw broken('ECONNRESET')
    const answer = take(body)
    if (next === 'cut-after') throw broken('ECONNRESET')
    if (next === 'hang-after') {
      clock.advance(60_000)
      return new Promise<Response>((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
    }
    return answer
  }) as typeof fetch
  return { letters, script, reads, serve, requests: () => requests }
}

export type Office = ReturnType<typeof office>

export interface PostalOptions {
  readonly stamps?: true
  /** `false`: nothing can be found again; `content`: by its text only, since the office keeps no reference. */
  readonly find?: boolean | 'content'
  /** A second request reads what was sent. */
  readonly readBack?: true
  readonly intents?: IntentStore
}

export function postal(name: string, at: Office, clock: TestClock, options: PostalOptions = {}) {
  const go = createTransport({ vendorOrigins: [], fetch: at.serve })
  const driver: Driver<typeof post, string> = {
    descriptor: {
      vendor: name,
      docs: 'https://example.com',
      capabilities: options.stamps ? { stamps: true } : { stamps: 'no stamps here' },
      limits: {},
      operations: { send: { class: 'referenced', settleMs: 2_000, find: options.find === 'content' ? 'content' : 'reference' } },
    },
    client: async () => name,
    errors: {
      gone: { code: 'opted_out', effect: 'none', fault: 'recipient', message: 'The recipient wants no letters.' },
    },
    fault: (error) => ({ vendorCode: (error as { vendor?: string }).vendor }),
    operations: {
      send: async (input, context) => {
        const response = await go('https://post.example.com/letters', {
          method: 'POST',
          body: JSON.stringify({ text: input.text, reference: context.reference }),
        })
        const body = (await response.json()) as { id: string; text: string; code?: string }
        if (!response.ok) throw Object.assign(new Error('refused'), { vendor: body.code })
        if (!options.readBack) return { id: context.handle(body.id), text: body.text }
        const read = await go(`https://post.example.com/letters/${body.id}`)
        if (!read.ok) throw new Error('not found')
        return { ...((await read.json()) as { text: string }), id: context.handle(body.id) }
      },
      get: async (id, context) => {
        const response = await go(`https://post.example.com/letters/${context.id(id)}`)
        if (!response.ok) throw new Error('not found')
        return { ...((await response.json()) as { text: string }), id }
      },
      list: async (input, context) => {
        const from = Number(input.cursor ?? 0)
        const items = at.letters.slice(from, from + 2).map(({ id, text }) => ({ id: context.handle(id), text }))
        return from + 2 < at.letters.length ? { items, cursor: String(from + 2) } : { items }
      },
      burn: async () => {
        const response = await go('https://post.example.com/burn', { method: 'POST', body: '{"text":"","reference":""}' })
        if (!response.ok) throw new Error('failed')
        return { burned: true as const }
      },
    },
    ...(options.find === false
      ? {}
      : {
          find: {
            send: async (input, context) => {
              const query = options.find === 'content' ? `text=${input.text}` : `reference=${context.reference}`
              const response = await go(`https://post.example.com/letters?${query}`)
              for (const { id, text } of (await response.json()) as { id: string; text: string }[]) {
                if (!(await context.claimed(context.handle(id)))) return { id: context.handle(id), text }
              }
              return undefined
            },
          },
        }),
    webhooks: { recognises: () => false, receive: async () => [] },
  }
  return createProvider(post, driver, {
    clock,
    defaultBaseUrl: 'https://post.example.com',
    ...(options.intents === undefined ? {} : { intents: options.intents }),
  })
}

export function two(options: Pick<PostalOptions, 'find' | 'readBack'> & FailoverOptions = {}) {
  const clock = testClock()
  const [a, b] = [office(clock), office(clock)]
  const wrapper = failover([postal('alpha', a, clock, options), postal('beta', b, clock, { ...options, stamps: true })], {
    clock,
    ...options,
  })
  return { clock, a, b, wrapper }
}

export const status = (code: number, vendor?: string, headers?: Record<string, string>) => () =>
  Response.json({ code: vendor }, { status: code, headers: headers ?? {} })

export async function failure(promise: Promise<unknown>): Promise<ProviderError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!ProviderError.is(error)) throw new Error(`expected a ProviderError, got ${String(error)}`)
  return error
}
