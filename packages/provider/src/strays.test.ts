import { AsyncResource } from 'node:async_hooks'
import { describe, expect, it } from 'vitest'
import { createProvider, createTransport, type Driver, failover, testClock } from './index.ts'
import { post as description, failure, office, type post, postal } from './testing/post.ts'

/** A vendor SDK that sends from a queue of its own: what it sends does not know whose call it was. */
function queueing(name: string, at: ReturnType<typeof office>, clock: ReturnType<typeof testClock>) {
  const go = createTransport({ vendorOrigins: [], fetch: at.serve })
  const queue = new AsyncResource('sdk-queue')
  const driver: Driver<typeof post, string> = {
    descriptor: {
      vendor: name,
      docs: 'https://example.com',
      capabilities: {},
      limits: {},
      operations: { send: { class: 'opaque' } },
    },
    client: async () => name,
    errors: {},
    fault: () => ({}),
    operations: {
      send: async ({ text }, context) => {
        const body = JSON.stringify({ text, reference: context.reference })
        const response = await queue.runInAsyncScope(() => go('https://post.example.com/letters', { method: 'POST', body }))
        const { id } = (await response.json()) as { id: string }
        return { id: context.handle(id), text }
      },
    },
    webhooks: { recognises: () => false, receive: async () => [] },
  }
  return createProvider(description, driver, { clock, defaultBaseUrl: 'https://post.example.com' })
}

describe('a request that lost its attempt', () => {
  it.each(['cut-after', 'hang-after'] as const)(
    'is no proof that nothing was sent: %s stays unknown, nobody else is asked',
    async (fault) => {
      const clock = testClock()
      const [a, b] = [office(clock), office(clock)]
      const wrapper = failover([queueing('alpha', a, clock), postal('beta', b, clock)], { clock })
      a.script.push(fault)
      expect(await failure(wrapper.send({ text: 'x' }))).toMatchObject({
        code: 'outcome_unknown',
        effect: 'unknown',
        provider: 'alpha',
      })
      expect([a.letters.length, b.letters.length]).toEqual([1, 0])
    },
  )
})
