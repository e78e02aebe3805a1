import type { Descriptor, ProviderBase } from '@do/provider'

interface Member {
  readonly name: string
  readonly driver: { readonly descriptor: Descriptor }
}

/** The key under which every provider of the kernel shows the instances behind it. */
const members = Symbol.for('@do/provider.members')

/** The instances behind a provider: one for an adapter, several for a wrapper, none for one that is not of the kernel. */
export function membersOf(provider: ProviderBase): readonly Member[] {
  return (provider as { [members]?: readonly Member[] })[members] ?? []
}

const engine = Symbol.for('@do/provider.engine')

/** The names of the instances behind a provider, in their order; its own, where it does not show them. */
export function namesBehind(provider: ProviderBase): readonly string[] {
  const behind = (provider as { [engine]?: { readonly members?: readonly { readonly name: string }[] } })[engine]?.members ?? []
  return behind.length > 0 ? behind.map(({ name }) => name) : [provider.name]
}

/** Does it only pass calls on to others? */
export function isWrapper(provider: ProviderBase): boolean {
  const behind = membersOf(provider)
  return behind.length > 1 || (behind.length === 1 && behind[0]?.name !== provider.name)
}

/** Why a capability is absent, in the adapter's own words. */
export function reasonFor(provider: ProviderBase, capability: string): string {
  const reasons = membersOf(provider).map(({ driver }) => driver.descriptor.capabilities[capability])
  return reasons.find((reason) => typeof reason === 'string') ?? `${provider.name} does not declare it`
}

/** How far a webhook's time may be off, in seconds; undefined when the adapter says that its vendor signs no time. */
export function webhookTolerance(provider: ProviderBase): number | undefined {
  const declared = membersOf(provider)[0]?.driver.descriptor.limits.webhookToleranceSeconds
  return declared === undefined || declared <= 0 ? undefined : declared
}

/** Does the vendor keep metadata with what moves money (transfers, payouts)? All do that do not say otherwise. */
export function keepsMetadata(provider: ProviderBase): boolean {
  return membersOf(provider).every(({ driver }) => driver.descriptor.limits.movementMetadataKeys !== 0)
}

/** Has the vendor nothing to look in for what became of this operation? (Under its key, where it has one, it can still be repeated.) */
export function cannotBeFound(provider: ProviderBase, operation: string): boolean {
  return membersOf(provider).some(({ driver }) => {
    const { class: kind, find } = driver.descriptor.operations[operation] ?? {}
    return kind === 'opaque' || (kind === 'keyed' && find === undefined)
  })
}
