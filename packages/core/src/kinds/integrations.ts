import { type Page, refuse } from '@do/provider'
import { type CollectionKernel, collectionIn } from '../collection/in-kernel.ts'
import type { Document, Query } from '../collection/types.ts'
import { anything, kindSchema, list, missing, oneOf, optional, text } from './check.ts'

export type IntegrationState = 'pending' | 'connected' | 'failing' | 'disconnected'

export interface Integration {
  /** `stripe` */
  readonly provider: string
  /** Whose: an org, a user. */
  readonly owner: string
  readonly scopes: readonly string[]
  /** Name of what the vault keeps for it. Never the credential itself. */
  readonly credential?: string
  readonly state: IntegrationState
  /** Code of the last failure; never its text, which may quote a credential. */
  readonly problem?: string
  /** ISO 8601, of the last change of state. */
  readonly since: string
  readonly settings?: unknown
}

export interface Integrations {
  /** Begun, not yet allowed by the other side. One that is not disconnected is refused a second time for its owner: `already_exists` */
  begin(of: {
    readonly provider: string
    readonly owner: string
    readonly scopes?: readonly string[]
    readonly settings?: unknown
  }): Document<Integration>
  /** The other side has agreed; the credential lies in the vault under this name. `invalid_state`, `not_found` */
  connect(id: string, credential: string, scopes?: readonly string[]): Document<Integration>
  /** It stopped working. */
  fail(id: string, code: string): Document<Integration>
  /** It works again. */
  recover(id: string): Document<Integration>
  /** For good; the name of the credential is forgotten: remove it from the vault. */
  disconnect(id: string): Document<Integration>
  get(id: string): Document<Integration> | undefined
  /** By `owner`, `provider`, `state`. */
  list(query?: Query): Page<Document<Integration>>
}

const next: Readonly<Record<IntegrationState, readonly IntegrationState[]>> = {
  pending: ['connected', 'disconnected'],
  connected: ['connected', 'failing', 'disconnected'],
  failing: ['connected', 'failing', 'disconnected'],
  disconnected: [],
}

const schema = kindSchema<Integration>({
  provider: text(64, /^[a-z][a-z0-9-]*$/),
  owner: text(500),
  scopes: list(text()),
  credential: optional(text()),
  state: oneOf('pending', 'connected', 'failing', 'disconnected'),
  problem: optional(text(64, /^[a-z0-9_.-]+$/)),
  since: text(),
  settings: anything,
})

export function createIntegrations(kernel: CollectionKernel): Integrations {
  const all = collectionIn<Integration>(kernel, 'integrations', schema, {
    indexes: ['owner', 'provider', 'state', ['owner', 'provider']],
  })
  const now = () => new Date(kernel.clock().now()).toISOString()
  const move = (id: string, state: IntegrationState, more: Partial<Integration> = {}) =>
    kernel.transaction(() => {
      const found = all.get(id)
      if (found === undefined) throw missing('integration', id)
      if (!next[found.state].includes(state)) {
        throw refuse('invalid_state', `This integration is ${found.state} and cannot become ${state}. Begin another.`, {
          field: 'state',
        })
      }
      return all.update(id, ({ problem: _, credential, ...rest }) => ({
        ...rest,
        ...(credential === undefined || state === 'disconnected' ? {} : { credential }),
        ...more,
        state,
        since: now(),
      }))
    })

  return {
    begin: ({ provider, owner, scopes = [], settings }) =>
      kernel.transaction(() => {
        if (all.count({ owner, provider, state: { ne: 'disconnected' } }) > 0) {
          throw refuse('already_exists', `There is an integration with ${provider} already. Use it, or disconnect it first.`, {
            field: 'provider',
          })
        }
        return all.insert({
          provider,
          owner,
          scopes,
          state: 'pending',
          since: now(),
          ...(settings === undefined ? {} : { settings }),
        })
      }),
    connect: (id, credential, scopes) => move(id, 'connected', { credential, ...(scopes === undefined ? {} : { scopes }) }),
    fail: (id, code) => move(id, 'failing', { problem: code }),
    recover: (id) => {
      if (all.get(id)?.state === 'pending')
        throw refuse('invalid_state', 'This integration is not connected yet: connect it.', { field: 'state' })
      return move(id, 'connected')
    },
    disconnect: (id) => move(id, 'disconnected'),
    get: (id) => all.get(id),
    list: (query) => all.list(query),
  }
}
