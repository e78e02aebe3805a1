import { createWorker, DigitalObject, type ObjectContext } from '../../full.ts'
import type { Json } from '../../storage/json.ts'

interface Env {
  readonly SINK: string
}

/** An object of a tree that notes what it hears. */
export class Branch extends DigitalObject<Env> {
  static override readonly prefix: string = '/b'
  static override readonly jobOptions = { backoffMs: 20, maxBackoffMs: 100, deadManMs: 300 }
  static override readonly actionOptions = { deadManMs: 300, random: () => 1 }

  constructor(ctx: ObjectContext, env: Env) {
    super(ctx, env)
    const retries = { attempts: 3, backoffMs: 10, maxBackoffMs: 20 }
    const { on } = this.$
    on('Order.paid', async (event) => {
      await this.ask(`/effect/second/${event.id}`)
      this.note('second')
    })
    on('Order.paid', () => this.note('first'), { priority: 10, name: 'first' })
    on(
      'Order.paid',
      () => {
        this.note('failing')
        throw Object.assign(new Error('a secret'), { code: 'broken' })
      },
      { priority: 5, retries },
    )
    on('Order.paid', () => this.note('large'), { where: { total: { gte: 100 }, 'customer.kind': 'company' } })
    on('*.paid', () => this.note('any paid'))
    on('Order.*', ({ type }) => this.note(`any order ${type}`))
    on.Invoice?.sent?.(() => this.note('fluent'))
    on('News.told', async ({ data, source, sequence }, step) => {
      await step.do('tell', () => this.ask(`/effect/news/${encodeURIComponent(this.$name)}`), { sideEffect: 'idempotent' })
      this.note(`news ${JSON.stringify(data)} of ${source.split('/').at(-1)} ${sequence}`)
    })
    this.$actions.define<{ word: string }, void>('shout', { run: ({ word }) => this.note(word) })

    this.route('POST', '/call', async (context) => {
      const { method, args } = (await context.json()) as { method: string; args: Json[] }
      const [on = '', name = ''] = method.split('/')
      const rooms = {
        actions: this.$actions,
        dead: this.$actions.deadLetters,
        events: this.$events,
        state: this.state,
        tree: this.$tree,
      }
      const target = (rooms as unknown as Record<string, Record<string, (...given: Json[]) => unknown>>)[on]
      return { result: (await target?.[name]?.(...args)) ?? null }
    })
    // What a neighbour would send, at the door itself.
    this.route('POST', '/scenario/:name', async (context) => {
      const event = { id: 'forged', type: 'News.told', data: 'twice', at: 1, source: 'http://localhost/b/elsewhere', sequence: 7 }
      if (context.params.name === 'knock') {
        const parcel = { event, epoch: '0' }
        const first = await this.$door('core.events', parcel, undefined)
        const again = await this.$door('core.events', parcel, undefined)
        const later = await this.$door('core.events', { event: { ...event, id: 'branch' }, epoch: '1' }, undefined)
        return { result: [first, again, later] }
      }
      const bad = async (parcel: unknown) =>
        this.$door('core.events', parcel, undefined).then(
          () => 'not thrown',
          (error: { code: string }) => error.code,
        )
      return { result: [await bad(null), await bad({ event: {}, epoch: '0' }), await bad({ event, epoch: 1 })] }
    })
  }

  note(word: string): void {
    this.state.set('heard', [...(this.state.get<string[]>('heard') ?? []), word])
  }

  async ask(path: string): Promise<string> {
    return (await fetch(this.env.SINK + path, { method: 'POST' })).text()
  }
}

export default createWorker({ Branch })
