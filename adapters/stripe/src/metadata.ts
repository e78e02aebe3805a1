import { refuse } from '@do/provider'

/** Our reference of the intent: what `find` looks for. */
export const ours = 'do_reference'
/** The merchant's own number (an order), which Stripe has no field for. */
const theirs = 'do_order'
/** Where the payer comes back to, of a payment that is confirmed later: Stripe takes it only then. */
export const returnKey = 'do_return_url'

const isReserved = (key: string) => key === ours || key === theirs || key === returnKey || /^do-[0-9a-f]{32}$/.test(key)

/**
 * What is done to a thing (a capture, evidence) leaves its own reference on it as a key, so that what is done next does not
 * hide it.
 */
export const traceOf = (reference: string, what: string): Record<string, string> => ({ [reference]: what })
export const hasTrace = (thing: { readonly metadata?: Metadata | null } | null | undefined, reference: string): boolean =>
  thing?.metadata?.[reference] !== undefined

type Metadata = Readonly<Record<string, string>>

interface Given {
  readonly metadata?: Metadata | undefined
  readonly reference?: string | undefined
}

/** @throws ProviderError `reserved_metadata`. */
export function checkMetadata({ metadata = {} }: Given): void {
  const taken = Object.keys(metadata).find(isReserved)
  if (taken === undefined) return
  throw refuse('reserved_metadata', `The metadata key "${taken}" is this adapter's own. Use another.`, {
    field: `metadata.${taken}`,
    elsewhere: true,
  })
}

/** What goes to Stripe. Without a reference of ours (a change) only what was given. */
export const metadataFor = ({ metadata, reference }: Given, own?: string): Record<string, string> => ({
  ...metadata,
  ...(reference === undefined ? {} : { [theirs]: reference }),
  ...(own === undefined ? {} : { [ours]: own }),
})

/** What comes back: the merchant's metadata and reference, without ours. */
export function metadataOf(metadata: Metadata | null | undefined) {
  const reference = metadata?.[theirs]
  const rest = Object.entries(metadata ?? {}).filter(([key]) => !isReserved(key))
  return {
    ...(reference === undefined ? {} : { reference }),
    ...(rest.length === 0 ? {} : { metadata: Object.fromEntries(rest) }),
  }
}

export const ownReference = (thing: { readonly metadata?: Metadata | null } | null | undefined): string | undefined =>
  thing?.metadata?.[ours]
