import { ProviderError } from '@do/provider'
import { holds, NotApplicable, refused, same } from '../assert.ts'
import type { Check, World } from '../check.ts'
import { webhookTolerance } from '../facts.ts'
import type { WebhookFault } from '../twin.ts'
import { why } from '../why.ts'

/** What makes the twin send one webhook, always the same way. */
export interface WebhookSource<W extends World> {
  /** The interface: `sms`. */
  readonly name: string
  /** Makes the twin send exactly one webhook that is to be understood. */
  send(world: W): Promise<void>
  /** Makes the twin send a webhook of a kind that nobody knows. */
  unknown(world: W): Promise<void>
  /** Does whatever has to be there before `send`, webhooks included. */
  prepare?(world: W): Promise<void>
}

/** A time that is all of a header, or a named part of it: `t=1795000000,v1=…`. */
const timed = /^((?:.*[,;]\s*)?(?:t|ts|timestamp)=|)\d{10,13}(?=$|[,;])/

/** Anybody can post to a public URL: only what the vendor signed may become an event. */
export function webhookChecks<W extends World>(source: WebhookSource<W>): Check<W>[] {
  const check = (name: string, title: string, run: Check<W>['run']): Check<W> => ({
    id: `${source.name}.webhook.${name}`,
    level: 'must',
    title,
    why: why.webhooks,
    run: async (world) => {
      await source.prepare?.(world)
      await run(world)
    },
  })
  const rejects = async (world: W, fault: WebhookFault, codes: readonly string[]) => {
    const [events, refusals] = [world.events.length, world.refusals.length]
    world.twin.nextWebhook(fault)
    await source.send(world)
    same(world.events.length - events, 0, `Events from a webhook that is ${fault}`)
    holds(world.refusals.length > refusals, `The webhook that is ${fault} did not reach receive, or was not refused.`)
    const error = world.refusals[refusals]
    holds(ProviderError.is(error), `receive refused the webhook that is ${fault}, but not with a ProviderError.`)
    holds(codes.includes(error.code), `The refusal's code is "${error.code}"; expected ${codes.join(' or ')}.`)
    same(error.effect, 'none', 'Effect of the refusal')
  }
  const untimely = (fault: 'expired' | 'future') => async (world: W) => {
    const declared = webhookTolerance(world.provider) !== undefined
    if (declared || world.twin.signsTime === true) return rejects(world, fault, ['webhook_expired', 'webhook_signature'])
    const before = world.refusals.length
    world.twin.nextWebhook(fault)
    await source.send(world)
    holds(
      world.refusals.length === before,
      `Refuses what is ${fault}, although limits.webhookToleranceSeconds is not declared. Declare it.`,
    )
    throw new NotApplicable("The adapter says that its vendor's signature covers no time.")
  }
  return [
    check('signed', 'A webhook that the vendor signed becomes an event', async (world) => {
      const before = world.events.length
      await source.send(world)
      same(world.refusals.length, 0, 'Refused webhooks')
      holds(world.events.length > before, 'No event came out of the webhook.')
    }),
    check('forged', 'A wrong signature is refused', (world) => rejects(world, 'forged', ['webhook_signature'])),
    check('unsigned', 'A missing signature is refused', (world) =>
      rejects(world, 'missing-signature', ['webhook_signature', 'webhook_unrecognised']),
    ),
    check('tampered', 'A body that was changed on the way is refused', (world) =>
      rejects(world, 'tampered', ['webhook_signature']),
    ),
    check('expired', 'A webhook of an hour ago is refused', untimely('expired')),
    check('future', 'A webhook of the next hour is refused', untimely('future')),
    check('bad-time', 'A webhook whose time is no number is refused', async (world) => {
      await source.send(world)
      const genuine = world.deliveries.at(-1)
      holds(genuine !== undefined, 'The twin sent no webhook.')
      const times = [...genuine.headers].filter(([, value]) => timed.test(value))
      if (times.length === 0) throw new NotApplicable('No header of the webhook holds a time.')
      for (const [name, whole] of times) {
        for (const value of ['NaN', '', 'yesterday']) {
          const headers = new Headers(genuine.headers)
          headers.set(name, whole.replace(timed, `$1${value}`))
          const request = new Request(genuine.clone(), { headers })
          await refused(() => world.provider.receive(request), `A webhook with the time "${value}"`)
        }
      }
    }),
    check('stranger', 'A request of somebody else is refused', async (world) => {
      const request = new Request(world.at.webhookUrl, {
        method: 'POST',
        body: '{"type":"message.received"}',
        headers: { 'content-type': 'application/json' },
      })
      await refused(() => world.provider.receive(request), 'A request without any header of the vendor', {
        code: ['webhook_signature', 'webhook_unrecognised'],
      })
    }),
    check('duplicate', 'A webhook delivered twice has the same event id both times', async (world) => {
      const before = world.events.length
      world.twin.nextWebhook('duplicate')
      await source.send(world)
      const ids = world.events.slice(before).map((event) => (event as { eventId?: string }).eventId)
      same(ids.length, 2, 'Events from two deliveries')
      same(ids[1], ids[0], 'The second event id')
    }),
    check('distinct', 'Two different happenings have different event ids', async (world) => {
      const before = world.events.length
      await source.send(world)
      await source.unknown(world)
      const ids = world.events.slice(before).map((event) => (event as { eventId?: string }).eventId)
      holds(
        ids.length >= 2 && new Set(ids).size === ids.length,
        `The event ids of different webhooks are ${JSON.stringify(ids)}.`,
      )
    }),
    check('unknown-type', 'A kind of event that nobody knows is passed on, not thrown', async (world) => {
      const before = world.events.length
      await source.unknown(world)
      same(world.refusals.length, 0, 'Refused webhooks')
      const [event] = world.events.slice(before)
      same(event?.type, 'unknown', 'Type of the event')
      holds((event as { raw?: unknown }).raw !== undefined, 'The unknown event has no raw content.')
    }),
  ]
}
