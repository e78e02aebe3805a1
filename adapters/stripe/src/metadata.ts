import { refuse } from '@do/provider'

/** Our reference of the intent: what `find` looks for. */
export const ours = 'do_reference'
/** The merchant's own number (an order), which Stripe has no field for. */
const theirs = 'do_order'
/** The last capture's own reference, beside that of the payment. */
export const captureKey = 'do_capture'
/** Where the payer comes back to, of a payment that is confirmed later: Stripe takes it only then. */
export const returnKey = 'do_return_url'
const reserved: ReadonlySet<string> = new Set([ours, theirs, captureKey, returnKey])

type Metadata = Readonly<Record<string, string>>

interface Given {
  readonly metadata?: Metadata | undefined
  readonly reference?: string | undefined
}

/** @throws ProviderError `reserved_metadata`. */
export function checkMetadata({ metadata = {} }: Given): void {
  const taken = Object.keys(metadata).find((key) => reserved.has(key))
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
  const rest = Object.entries(metadata ?? {}).filter(([key]) => !reserved.has(key))
  return {
    ...(reference === undefined ? {} : { reference }),
    ...(rest.length === 0 ? {} : { metadata: Object.fromEntries(rest) }),
  }
}

export const ownReference = (thing: { readonly metadata?: Metadata | null } | null | undefined): string | undefined =>
  thing?.metadata?.[ours]
