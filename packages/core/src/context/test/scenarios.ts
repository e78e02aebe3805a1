import { testClock } from '@do/provider'
import type { CallContext } from '../../kernel/call-context.ts'
import { mutated } from '../../object/tiny.ts'
import type { Desk } from './worker.ts'

/** What a call came to: its answer, or all fields of its error. */
export async function outcome(run: () => unknown): Promise<unknown> {
  try {
    return { answer: (await run()) ?? null }
  } catch (error) {
    const { name, message, code, effect, fault, field, retryAfterMs, status } = error as Record<string, unknown>
    const own = Object.keys(error as object).filter((key) => (error as Record<string, unknown>)[key] !== undefined)
    return { name, message, code, effect, fault, field, retryAfterMs, status, own: own.includes('durableObjectId') }
  }
}

type Loose = Record<string, (...args: unknown[]) => Promise<unknown>>

/** Past what the types allow, as somebody without them may. */
const loose = (value: unknown) => value as Loose

interface Asked {
  readonly to: string
  readonly method: string
  readonly args?: readonly unknown[]
  readonly deadlineMs?: number
}

/** What whoever holds the binding has of a customer: native RPC, with nothing of ours before it, and nobody's types. */
const bare = ({ env }: Desk, name: string) => loose(env.Customer.get(env.Customer.idFromName(name)))

/** The same, by way of what it exposes. */
const facade = (desk: Desk, name: string, call: CallContext) => loose(bare(desk, name).$open?.(call))

/** What change capture hears while this runs. */
function told(desk: Desk, run: () => void): string[] {
  const heard: string[] = []
  const before = desk[mutated]
  desk[mutated] = ({ source, operation, key, before: from, after }) => {
    if (source === 'state') heard.push(`state ${operation} ${key}`)
    else if (key === '$id') {
      const { $type, $context, $version } = JSON.parse(after ?? '{}') as Record<string, unknown>
      heard.push(`record ${operation} ${key} ${JSON.stringify({ $type, $context, $version })}`)
    } else heard.push(`${source} ${operation} ${key} ${from} ${after}`)
  }
  run()
  if (before === undefined) delete desk[mutated]
  else desk[mutated] = before
  return heard
}

/** What cannot be said from outside: run inside the object. */
export const scenarios: Record<string, (desk: Desk, asked: never) => unknown> = {
  call: (desk, { to, method, args = [], deadlineMs }: Asked) =>
    outcome(() => loose(desk.$.Customer(to, deadlineMs === undefined ? {} : { deadlineMs }))[method]?.(...args)),

  /** One chain over three capabilities, with everything that is awaited on the way counted where it is sent. */
  'one round trip': async (desk, { to }: Asked) => {
    const counts = { opened: 0, awaited: 0 }
    const counted = (value: unknown): unknown =>
      new Proxy(value as (...args: unknown[]) => unknown, {
        get: (target, name) => {
          if (name === 'then') counts.awaited += 1
          if (name === '$open') counts.opened += 1
          const inner: unknown = Reflect.get(target, name)
          if (typeof inner !== 'function' && typeof inner !== 'object') return inner
          if (typeof name === 'symbol' || name === 'then') return (inner as () => unknown).bind(target)
          return counted((...args: unknown[]) => loose(target)[name]?.(...args))
        },
        apply: (target, _, args) => counted(target(...args)),
      })
    const real = desk.env.Customer
    const namespace = { idFromName: (name: string) => real.idFromName(name), get: (id: unknown) => counted(real.get(id)) }
    const { objectAt } = await import('../objects.ts')
    const kernel = { ...desk.kernel, env: { ...desk.env, Customer: namespace } }
    const customer = objectAt(kernel, 'Customer', to) as ReturnType<typeof desk.$.Customer>
    const total = await customer.orders().latest().invoice().total()
    return { total, ...counts }
  },

  'calls are sent before they are awaited': async (desk, { to }: Asked) => {
    const customer = desk.$.Customer(to)
    const first = customer.rename('one')
    const second = customer.rename('two')
    const name = customer.name()
    return [await name, await second, await first]
  },

  'hold a capability': async (desk, { to }: Asked) => {
    const orders = await desk.$.Customer(to).orders()
    const each = await orders.each()
    const invoice = each.items[0]?.invoice
    const all = await orders.all()
    return {
      total: await invoice?.total(),
      paid: await invoice?.pay(3),
      hidden: await outcome(() => loose(invoice).void?.()),
      pipelined: await desk.$.Customer(to).orders().each().next,
      all,
      number: await outcome(() => loose(invoice).number),
    }
  },

  'by way of another': async (desk, { to }: Asked) => {
    const orders = await desk.$.Customer(to).neighbour()
    return loose(orders).all?.()
  },

  'chain that dies': (desk, { to }: Asked) => outcome(() => desk.$.Customer(to).orders().dies()),

  'call back': (desk, { to }: Asked) => desk.$.Customer(to).callBack(async (word) => `${word} yourself`),

  /** Native RPC on the bare binding: what whoever holds it may call. */
  bare: async (desk, { to, method, args = [] }: Asked) => {
    const customer = bare(desk, to)
    return outcome(() => customer[method]?.(...args))
  },

  'bare properties': async (desk, { to }: Asked) => {
    const customer = bare(desk, to)
    const found: string[] = []
    for (const name of ['$id', '$version', '$record', 'state', 'ctx', 'env', 'kernel', '$', '$tree', 'seen', 'gates']) {
      const { answer } = (await outcome(() => customer[name])) as { answer?: unknown }
      if (answer !== undefined) found.push(name)
    }
    return found
  },

  'through the facade': (desk, { to, method, args = [] }: Asked) =>
    outcome(() => facade(desk, to, { requestId: 'test' })[method]?.(...args)),

  'past deadline': (desk, { to }: Asked) =>
    outcome(() => facade(desk, to, { requestId: 'late', deadline: Date.now() - 1 }).rename?.('too late')),

  /** Asked with a deadline in the time of a test's clock, by somebody who keeps none. */
  'deadline of the callee': (desk, { to, deadlineMs = 0 }: Asked) =>
    outcome(() => facade(desk, to, { requestId: 'callee', deadline: testClock().now() + deadlineMs }).slow?.()),

  'every hop keeps the deadline': async (desk, { to }: Asked) => {
    const { withCall } = await import('../../kernel/call-context.ts')
    const deadline = Date.now() + 5_000
    const call = {
      requestId: 'outer',
      deadline,
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      principal: 'ada',
      scopes: ['admin'],
    }
    return withCall(call, async () => {
      const asked = await desk.$.Customer(to, { deadlineMs: 60_000 }).whoami()
      const shorter = await desk.$.Customer(to, { deadlineMs: 1_000 }).whoami()
      return {
        ...asked,
        same: asked.deadline === deadline,
        shorter: (shorter.deadline ?? 0) < deadline,
        secret: await desk.$.Customer(to).secret(),
      }
    })
  },

  whoami: (desk, { to }: Asked) => desk.$.Customer(to).whoami(),
  secret: (desk, { to }: Asked) => outcome(() => desk.$.Customer(to).secret()),

  providers: async (desk) => ({
    sms: desk.$.sms.send('hello'),
    fax: await outcome(() => loose(desk.$).fax),
    awaitable: loose(desk.$).then !== undefined,
    inherited: await outcome(() => loose(desk.$).toString),
  }),

  'with time': async (desk, { to }: Asked) => {
    desk.clock = desk.fake
    try {
      const asked = outcome(() => desk.$.Customer(to, { deadlineMs: 500 }).slow())
      await Promise.resolve()
      desk.fake.advance(600)
      return await asked
    } finally {
      desk.clock = (await import('@do/provider')).systemClock
    }
  },

  'record told': (desk) =>
    told(desk, () => {
      desk.state.set('a', 1)
      desk.state.set('a', 2)
      desk.$setContext('https://elsewhere.example/t/1')
      desk.$setContext('https://elsewhere.example/t/1')
      desk.$tree.lifecycle.suspend()
      desk.$tree.lifecycle.suspend()
      desk.$tree.lifecycle.resume()
    }),
  'record told with parent': (desk) => told(desk, () => desk.$setContext('https://elsewhere.example/t/1')),

  // The tree.
  child: (desk, { to }: Asked) => outcome(() => desk.$.child('Folder', to).put('by its parent')),
  children: (desk, query: object) => outcome(() => desk.$.children(query)),
}
