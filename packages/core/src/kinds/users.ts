import type { Page } from '@do/provider'
import { refuse } from '@do/provider'
import { type CollectionKernel, collectionIn } from '../collection/in-kernel.ts'
import type { Document, Query } from '../collection/types.ts'
import { kindSchema, oneOf, optional, text } from './check.ts'

export interface User {
  /** As `normalEmail` gives it. No two users have the same. */
  readonly email: string
  readonly name?: string
  readonly state: 'active' | 'disabled'
}

export interface Users {
  /** `already_exists` for an address that another has, in whatever spelling; `invalid_input` */
  create(user: { readonly email: string; readonly name?: string }): Document<User>
  get(id: string): Document<User> | undefined
  byEmail(email: string): Document<User> | undefined
  /** `not_found`, `already_exists` */
  update(id: string, change: { readonly email?: string; readonly name?: string }): Document<User>
  /** One that is disabled stays known, and keeps its address. */
  disable(id: string): Document<User>
  enable(id: string): Document<User>
  /** By `email`, `state`. */
  list(query?: Query): Page<Document<User>>
}

const schema = kindSchema<User>({ email: text(254), name: optional(text()), state: oneOf('active', 'disabled') })

export function createUsers(kernel: CollectionKernel): Users {
  const users = collectionIn<User>(kernel, 'users', schema, { indexes: ['state'], unique: ['email'] })
  return {
    create: ({ email, name }) =>
      users.insert({ email: normalEmail(email), state: 'active', ...(name === undefined ? {} : { name }) }),
    get: (id) => users.get(id),
    byEmail: (email) => users.list({ where: { email: normalEmail(email) }, limit: 1 }).items[0],
    update: (id, { email, name }) =>
      users.update(id, {
        ...(email === undefined ? {} : { email: normalEmail(email) }),
        ...(name === undefined ? {} : { name }),
      }),
    disable: (id) => users.update(id, { state: 'disabled' }),
    enable: (id) => users.update(id, { state: 'active' }),
    list: (query) => users.list(query),
  }
}

/**
 * One spelling of an address: no space around, small letters, composed characters (NFC), the domain in its ASCII form. Dots and
 * `+tags` stay: only the receiving host knows what they mean.
 * @throws ProviderError `invalid_input`
 */
export function normalEmail(email: string): string {
  const [local = '', domain = '', ...more] =
    typeof email === 'string' ? email.trim().normalize('NFC').toLowerCase().split('@') : []
  const host =
    /^[^\s/?#:@\\[\]%]+\.[^\s/?#:@\\[\]%]+$/.test(domain) && URL.canParse(`http://${domain}`)
      ? new URL(`http://${domain}`).hostname
      : ''
  const normal = `${local}@${host}`
  if (more.length === 0 && host !== '' && !/\d$/.test(host) && /^[^\s@"(),:;<>[\]\\]{1,64}$/.test(local) && normal.length <= 254)
    return normal
  throw refuse('invalid_input', 'This is no e-mail address such as "ada@example.com".', { field: 'email' })
}
