import type { Clock } from './clock.ts'
import { engineOf } from './engine/engine-key.ts'
import { refuse } from './errors.ts'
import type { ProviderBase } from './interface.ts'
import { portable } from './provider.ts'

/** The same provider with a bound on how many things it makes in a minute: a token bucket, refused before any request. */
export function limited<P extends ProviderBase>(provider: P, perMinute: number, clock: Clock): P {
  const engine = engineOf(provider)
  if (engine === undefined) throw refuse('not_a_provider', `"${provider.name}" was not made by createProvider or failover.`)
  let tokens = perMinute
  let filledAt = clock.now()
  const admit = (operation: string) => {
    const now = clock.now()
    tokens = Math.min(perMinute, tokens + (Math.max(0, now - filledAt) / 60_000) * perMinute)
    filledAt = now
    if (tokens < 1) {
      const retryAfterMs = Math.ceil(((1 - tokens) / perMinute) * 60_000)
      throw refuse(
        'tenant_limit',
        `${operation}: this tenant may make ${perMinute} a minute. Wait for retryAfterMs, or raise its limit.`,
        {
          fault: 'quota',
          operation,
          retryAfterMs,
        },
      )
    }
    tokens -= 1
  }
  return portable(provider.name, { ...engine, policy: { ...engine.policy, admit } }) as P
}
