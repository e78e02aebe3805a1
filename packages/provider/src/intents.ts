import { engineOf } from './engine/engine-key.ts'
import { resolveIntent } from './engine/settle.ts'
import { settleTold, type Told } from './engine/told.ts'
import { ProviderError, type ResolveOptions, refuse, type Settlement } from './errors.ts'
import type { Intent } from './intent.ts'
import type { ProviderBase } from './interface.ts'

/**
 * Settles one stored intent of this provider: looks at the vendor, and makes nothing (but what `mayComplete` allows, where there
 * is nothing to look in). After a restart call it for each of `store.unresolved()`; `unknown` means: ask again later.
 * @throws ProviderError `intent_not_stored` or `provider_mismatch` when this is not the provider that the intent is of.
 */
export async function reconcileIntent(
  provider: ProviderBase,
  intent: Intent,
  options: ResolveOptions = {},
): Promise<Settlement<unknown>> {
  const engine = engineOf(provider) ?? fail(provider)
  if ((await engine.policy.intents.get(intent.key)) === undefined) {
    throw new ProviderError({
      effect: 'unknown',
      fault: 'caller',
      code: 'intent_not_stored',
      message: `"${provider.name}" does not have this intent in its store, so it cannot tell. Build it with the same \`intents\`.`,
      operation: intent.operation,
    })
  }
  return resolveIntent(engine, intent.key, options)
}

/**
 * Settles an intent by what its vendor has said by itself, in a verified webhook that carries our reference: for vendors that
 * cannot be asked. `provider` is the instance that told it (of a failover: the member's name). `tell` compares what was wanted
 * (`intent.sent`) with what was told, and says what became of it; undefined where that is no proof. An intent whose own answer is
 * still awaited is settled by `done` only. Answers the intent as it is then; undefined where nothing was settled.
 */
export function settleIntent(
  provider: ProviderBase,
  told: { readonly provider: string; readonly reference: string },
  tell: (intent: Intent) => Told | undefined,
): Promise<Intent | undefined> {
  return settleTold(engineOf(provider) ?? fail(provider), told.provider, told.reference, tell)
}

/** How the members of a provider are doing: for status pages. */
export async function healthOf(provider: ProviderBase): Promise<readonly MemberHealth[]> {
  const engine = engineOf(provider) ?? fail(provider)
  const { breakers } = engine.policy
  return Promise.all(
    engine.members.map(async ({ name, driver, breakerKeys, senders }) => ({
      name,
      vendor: driver.descriptor.vendor,
      senders,
      read: (await breakers?.mode(breakerKeys.read)) ?? 'closed',
      write: (await breakers?.mode(breakerKeys.write)) ?? 'closed',
    })),
  )
}

export interface MemberHealth {
  readonly name: string
  readonly vendor: string
  readonly senders: readonly string[]
  /** Breaker for reads. */
  readonly read: 'closed' | 'open' | 'half-open'
  /** Breaker for everything that changes something. */
  readonly write: 'closed' | 'open' | 'half-open'
}

function fail(provider: ProviderBase): never {
  throw refuse('not_a_provider', `"${provider?.name}" was not made by createProvider or failover.`)
}
