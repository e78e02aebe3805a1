import type { ProviderBase } from '@do/provider'
import { holds, NotApplicable } from '../assert.ts'
import type { Check, World } from '../check.ts'
import { isWrapper } from '../facts.ts'
import { why } from '../why.ts'

/** The way out to everything that the interface leaves out: the vendor's own client. */
export function clientChecks<W extends World>(name: string): Check<W>[] {
  const clientOf = (provider: ProviderBase) => (provider as { client?: unknown }).client
  const applies = (provider: ProviderBase) => {
    if (isWrapper(provider)) throw new NotApplicable('A wrapper has no client of its own; its members have.')
  }
  return [
    {
      id: `${name}.client.there`,
      level: 'must',
      title: "The vendor's own client is there as `client`, made without a request",
      why: why.escape,
      run: async (world) => {
        applies(world.provider)
        const client = await clientOf(world.provider)
        holds(typeof client === 'object' || typeof client === 'function', '`client` gives no object.')
        holds(client !== null, '`client` gives null.')
        holds(world.requests().length === 0, 'Making the client sent a request.')
        holds((await clientOf(world.provider)) === client, '`client` gives another object each time.')
      },
    },
    {
      id: `${name}.client.own`,
      level: 'must',
      title: 'Two providers never share a client, so no tenant speaks with the credential of another',
      why: why.escape,
      run: async (world) => {
        applies(world.provider)
        const [one, two] = await Promise.all([clientOf(world.provider), clientOf(await world.another())])
        holds(one !== two, 'Two providers share one client.')
      },
    },
    {
      id: `${name}.client.works`,
      level: 'should',
      title: "The vendor's own client works as the vendor documents it",
      why: why.escape,
      run: async (world) => {
        applies(world.provider)
        if (world.probe === undefined) throw new NotApplicable('Whoever ran the suite did not say how (option `client`).')
        await world.probe(await clientOf(world.provider), world.twin)
        holds(world.requests().length > 0, 'The client reached nobody: its request did not go through the given fetch.')
      },
    },
  ]
}
