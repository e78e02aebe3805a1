import { failing, type Scene } from '../../collection/test/room.ts'
import { createWebhooks, signDelivery, webhookSecret } from '../webhooks.ts'

export const webhookScenes: Record<string, Scene> = {
  webhooks: async (stage) => {
    const webhooks = createWebhooks(stage.kernel, { attempts: 3, backoffMs: 1_000, failuresAllowed: 2 })
    const orders = webhooks.add({ url: 'https://hooks.example.com/in?x=1', events: ['Order.*'] })
    const all = webhooks.add({ url: 'https://other.example.com/', events: ['*'] })
    const paused = webhooks.add({ url: 'https://paused.example.com/', events: ['*'] })
    webhooks.pause(paused.$id)
    const rolledBack = failing(() =>
      stage.kernel.transaction(() => {
        webhooks.publish('Order.placed', {})
        throw new RangeError('enough')
      }),
    )
    const nothing = webhooks.due().length
    const delivery = webhooks.publish('Order.placed', { total: 3 }).find(({ endpoint }) => endpoint === orders.$id)
    const counts = [webhooks.publish('OrderX.placed', null).length, webhooks.publish('Order.line.added', null).length]
    const id = delivery?.$id ?? ''
    const tries = [webhooks.failed(id, 500), webhooks.due().some(({ $id }) => $id === id)]
    stage.clock.advance(1_000)
    const again = webhooks.due().some(({ $id }) => $id === id)
    const second = webhooks.failed(id)
    stage.clock.advance(2_000)
    const third = webhooks.failed(id, 410)
    const closed = [failing(() => webhooks.failed(id)), failing(() => webhooks.delivered(id, 200))]
    const state = webhooks.get(orders.$id)
    const other = webhooks.deliveries({ where: { endpoint: orders.$id, state: 'waiting' } }).items[0]?.$id ?? ''
    for (let round = 0; round < 3; round++) webhooks.failed(other)
    const off = webhooks.get(orders.$id)?.state
    const unheard = webhooks.publish('Order.paid', 1).map(({ endpoint }) => endpoint === all.$id)
    webhooks.resume(orders.$id)
    webhooks.redrive(id)
    const through = webhooks.delivered(id, 204)
    const next = webhooks.nextDueAt()
    const removed = [webhooks.remove(all.$id), webhooks.deliveries({ where: { endpoint: all.$id } }).items.length]

    const key = new Uint8Array(32).fill(7)
    const at = stage.clock.now()
    const secrets = [await webhookSecret(key, orders)]
    const rotated = webhooks.rotate(orders.$id)
    secrets.push(await webhookSecret(key, rotated))
    const headers = await signDelivery(key, rotated, through, at)
    const wrong = [
      'http://example.com/',
      'https://localhost/',
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://user:pass@example.com/',
      'https://db.internal/',
      'https://0x7f000001/',
      'ftp://example.com/',
      'example.com',
      7,
    ].map((url) => failing(() => webhooks.add({ url: url as string, events: ['*'] })))
    return {
      rolledBack,
      nothing,
      body: delivery?.body,
      counts,
      tries,
      again,
      second,
      third,
      closed,
      state,
      off,
      unheard,
      through,
      next: next === undefined,
      removed,
      secrets,
      headers,
      wrong,
      badEvents: [
        failing(() => webhooks.publish('*', 1)),
        failing(() => webhooks.add({ url: 'https://example.com', events: ['a b'] })),
      ],
      leaked: secrets.some((secret) => JSON.stringify(stage.told).includes(secret)),
    }
  },
}
