import type { DriverContext, Handle } from '@do/provider'

/** Where a thing is: at the platform itself, or in a connected account. */
export interface Scope {
  /** Request options of the SDK. */
  readonly at: { readonly stripeAccount?: string }
  readonly account: string | undefined
  /** Makes handles of things in the same place. */
  readonly handle: (id: string) => Handle
  /** Makes handles of things of the platform's, such as the account itself. */
  readonly platform: (id: string) => Handle
}

type Handles = Pick<DriverContext, 'handle'>

export function scopeOf({ handle }: Handles, account: string | null | undefined): Scope {
  if (!account) return { at: {}, account: undefined, handle, platform: handle }
  return { at: { stripeAccount: account }, account, handle: (id) => handle(`${account}/${id}`), platform: handle }
}

/** A thing of a connected account has the account in its handle: `stripe:acct_…/po_…`. */
export function located(context: Pick<DriverContext, 'handle' | 'id'>, handle: Handle): Scope & { readonly id: string } {
  const [account, id] = context.id(handle).split('/')
  return id === undefined ? { ...scopeOf(context, undefined), id: account as string } : { ...scopeOf(context, account), id }
}

/** The bare id of a thing that lives in the same place as the one that the request is about. */
export const bare = (context: Pick<DriverContext, 'id'>, handle: Handle | undefined): string | undefined =>
  handle === undefined ? undefined : context.id(handle).split('/').at(-1)

/** The name of the provider instance that a context is of. */
export const instanceOf = ({ handle }: Handles): string => handle('').slice(0, -1)
