import type { InterfaceDescription, ProviderBase } from '@do/provider'
import { CheckFailure } from './assert.ts'
import type { At, World } from './check.ts'
import type { Twin } from './twin.ts'

/** More requests than any check needs: beyond it the provider is running in circles. */
const mostRequests = 400

export type ProviderFactory<P extends ProviderBase> = (at: At) => P | Promise<P>

/** A reset twin, a new provider on it, and the webhook route between the two. */
export async function openWorld<P extends ProviderBase, T extends Twin>(
  description: InterfaceDescription,
  twin: T,
  make: ProviderFactory<P>,
  probe?: (client: unknown, twin: T) => Promise<void>,
): Promise<World<P, T>> {
  twin.reset()
  const at: At = {
    baseUrl: twin.baseUrl,
    fetch: bounded(twin.fetch),
    clock: twin.clock,
    webhookUrl: twin.webhookUrl ?? 'https://hooks.example.com/vendor',
  }
  const provider = await make(at)
  const events: { type: string }[] = []
  const refusals: unknown[] = []
  const deliveries: Request[] = []
  const route: World<P, T>['route'] = { reply: async () => new Response(null, { status: 204 }) }
  twin.connect(async (request) => {
    deliveries.push(request.clone())
    try {
      const received = await provider.receive(request)
      for (const event of received) await checkShape(description, event)
      events.push(...received)
      return await route.reply(received)
    } catch (error) {
      refusals.push(error)
      return new Response(null, { status: 403 })
    }
  })
  return {
    provider,
    twin,
    at,
    events,
    refusals,
    deliveries,
    route,
    ...(probe === undefined ? {} : { probe }),
    another: async (changes = {}) => make({ ...at, ...changes }),
    requests: (operation) => twin.requests().filter((request) => operation === undefined || request.operation === operation),
  }
}

/** What `receive` gives must have the shape that the interface promises. */
export async function checkShape(description: InterfaceDescription, event: unknown): Promise<void> {
  const result = await description.event['~standard'].validate(event)
  if (result.issues === undefined) return
  const issue = result.issues[0]
  throw new CheckFailure(
    `receive gave an event that the interface does not know: ${issue?.message} (at ${issue?.path?.join('.')}).`,
  )
}

function bounded(send: typeof fetch): typeof fetch {
  let count = 0
  return (input, init) => {
    count += 1
    if (count > mostRequests) throw new CheckFailure(`The provider sent more than ${mostRequests} requests in one check.`)
    return send(input, init)
  }
}
