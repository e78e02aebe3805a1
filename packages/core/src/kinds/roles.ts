import { refuse } from '@do/provider'
import { type CollectionKernel, collectionIn } from '../collection/in-kernel.ts'
import type { Document } from '../collection/types.ts'
import { key, kindSchema, list, missing, optional, text } from './check.ts'

export interface Role {
  /** `orders:read`, `orders:*` (everything of orders), `*` (everything). */
  readonly permissions: readonly string[]
  /** Names of roles whose permissions it has as well. */
  readonly inherits: readonly string[]
  readonly description?: string
}

export interface Roles {
  /** Makes or replaces it. `unknown_role` for one that it inherits and that is not there, `role_cycle` */
  define(
    name: string,
    role: { readonly permissions: readonly string[]; readonly inherits?: readonly string[]; readonly description?: string },
  ): Document<Role>
  get(name: string): Document<Role> | undefined
  list(): readonly Document<Role>[]
  /** False when there was none. `role_in_use` while another inherits it. */
  delete(name: string): boolean
  /** All permissions of these roles, inherited ones too, in order. Roles that are not there have none. */
  permissions(names: readonly string[]): readonly string[]
  /** May whoever has these roles do it? What nobody allows is not allowed. */
  can(names: readonly string[], permission: string): boolean
}

const permission = text(128, /^(\*|[a-z0-9-]+(:[a-z0-9-]+)*(:\*)?)$/)
const schema = kindSchema<Role>({ permissions: list(permission), inherits: list(key, 32), description: optional(text(1_000)) })

export function createRoles(kernel: CollectionKernel): Roles {
  const roles = collectionIn<Role>(kernel, 'roles', schema)
  /** A role and all that it inherits, each once: a cycle in what is stored could not hang it. */
  const closure = (names: readonly string[]): ReadonlyMap<string, Document<Role>> => {
    const found = new Map<string, Document<Role>>()
    const waiting = [...names]
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (found.has(name)) continue
      const role = roles.get(name)
      if (role === undefined) continue
      found.set(name, role)
      waiting.push(...role.inherits)
    }
    return found
  }
  const permissions = (names: readonly string[]) =>
    [...new Set([...closure(names).values()].flatMap((role) => role.permissions))].toSorted()

  return {
    define: (name, { permissions: allowed, inherits = [], description }) => {
      const wrong = key(name)
      if (wrong !== undefined) throw refuse('invalid_input', `The name of a role must be ${wrong}.`, { field: 'name' })
      return kernel.transaction(() => {
        const role = roles.upsert(name, { permissions: allowed, inherits, ...(description === undefined ? {} : { description }) })
        for (const other of role.inherits) {
          if (roles.get(other) === undefined) {
            throw refuse('unknown_role', `There is no role "${other}" to inherit from. Define it first.`, { field: 'inherits' })
          }
          if (closure([other]).has(name)) {
            throw refuse('role_cycle', `"${other}" inherits from "${name}" already: the two cannot inherit from one another.`, {
              field: 'inherits',
            })
          }
        }
        return role
      })
    },
    get: (name) => roles.get(name),
    list: () => roles.list({ limit: 1_000 }).items,
    delete: (name) => {
      const heir = roles.list({ limit: 1_000 }).items.find(({ inherits }) => inherits.includes(name))
      if (heir !== undefined)
        throw refuse('role_in_use', `The role "${heir.$id}" inherits from "${name}". Change that one first.`, { field: 'name' })
      return roles.delete(name)
    },
    permissions,
    can: (names, wanted) => {
      if (typeof wanted !== 'string' || wanted === '') throw missing('permission', String(wanted))
      return permissions(names).some((allowed) => covers(allowed, wanted))
    },
  }
}

function covers(allowed: string, wanted: string): boolean {
  if (allowed === '*' || allowed === wanted) return true
  return allowed.endsWith(':*') && wanted.startsWith(allowed.slice(0, -1))
}
