import { createWorker, DigitalObject, type ObjectContext } from '@do/core/full'

/** A worker as a user writes one, for the command line to run. */
class Customer extends DigitalObject {
  orders = this.collection<{ total: number }>('orders')

  constructor(ctx: ObjectContext, env: unknown) {
    super(ctx, env)
    this.jobs.define(
      'never',
      () => {
        throw new Error('not today')
      },
      { attempts: 1 },
    )
    this.route('GET', '/', () => ({ greeting: 'hello', orders: this.orders.count() }))
    this.route('GET', '/endless', () => {
      const hour = () => new Promise<void>((resolve) => setTimeout(resolve, 3_600_000))
      return new Response(new ReadableStream({ start: (to) => to.enqueue(new Uint8Array(1)), pull: hour }))
    })
    this.route('POST', '/orders', () => this.orders.insert({ total: 5 }))
    this.route('POST', '/jobs', () => this.jobs.schedule({ name: 'never', payload: 'a secret' }))
  }
}

class Order extends DigitalObject {}

const worker = createWorker({ Customer, Order })
export default { fetch: worker.fetch }
const { Customer: customers, Order: orders } = worker.objects

export { customers as Customer, orders as Order }
