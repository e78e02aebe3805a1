import { NotApplicable, refused, same } from '../assert.ts'
import { why } from '../why.ts'
import { wishes } from './sending.ts'
import type { SmsCheck } from './world.ts'

export const capabilities: readonly SmsCheck[] = [
  {
    id: 'sms.capability.refused',
    level: 'must',
    title: 'What is not declared is refused before anything is sent, never silently left out',
    why: why.capabilities,
    run: async (world) => {
      const missing = Object.entries(wishes).filter(([capability]) => !world.provider.supports(capability))
      if (missing.length === 0) throw new NotApplicable('Every capability is declared.')
      for (const [capability, wish] of missing) {
        await refused(() => world.provider.send(wish(world)), `A message that needs ${capability}`, { code: 'unsupported' })
      }
      same(world.requests().length, 0, 'Requests sent')
    },
  },
]
