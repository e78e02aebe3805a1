import { type Page, refuse } from '@do/provider'
import { type CollectionKernel, collectionIn } from '../collection/in-kernel.ts'
import type { Document, Query } from '../collection/types.ts'
import { key, kindSchema, list, missing, text } from './check.ts'
import type { Roles } from './roles.ts'

export interface Org {
  readonly name: string
  /** In URLs; no two have the same. */
  readonly slug: string
}

export interface Member {
  readonly org: string
  readonly user: string
  readonly roles: readonly string[]
}

export interface Orgs {
  /** With its first owner. `already_exists`, `invalid_input` */
  create(org: Org, owner: string): Document<Org>
  get(id: string): Document<Org> | undefined
  bySlug(slug: string): Document<Org> | undefined
  update(id: string, change: Partial<Org>): Document<Org>
  /** With all its members. */
  delete(id: string): boolean
  list(query?: Query): Page<Document<Org>>
  /** Adds a member, or gives it other roles. `not_found`, `unknown_role`, `last_owner` */
  setMember(org: string, user: string, roles: readonly string[]): Document<Member>
  /** False when it was none. `last_owner`: somebody has to be able to let others in. */
  removeMember(org: string, user: string): boolean
  member(org: string, user: string): Document<Member> | undefined
  members(org: string, page?: Pick<Query, 'limit' | 'cursor'>): Page<Document<Member>>
  /** The orgs of a user. */
  orgsOf(user: string, page?: Pick<Query, 'limit' | 'cursor'>): Page<Document<Member>>
  can(org: string, user: string, permission: string): boolean
}

/** May do everything in its org, whatever is defined. */
export const owner = 'owner'

const orgSchema = kindSchema<Org>({ name: text(), slug: key })
const memberSchema = kindSchema<Member>({ org: text(), user: text(), roles: list(key, 32) })

export function createOrgs(kernel: CollectionKernel, roles: Roles): Orgs {
  const orgs = collectionIn<Org>(kernel, 'orgs', orgSchema, { indexes: ['name'], unique: ['slug'] })
  const members = collectionIn<Member>(kernel, 'members', memberSchema, { indexes: ['org', 'user'] })
  const idOf = (org: string, user: string) => JSON.stringify([org, user])

  /** Called after a change, inside its transaction. */
  const refuseWithoutOwner = (org: string) => {
    let cursor: string | undefined
    do {
      const page = members.list({ where: { org }, limit: 1_000, ...(cursor === undefined ? {} : { cursor }) })
      if (page.items.some((member) => member.roles.includes(owner))) return
      cursor = page.cursor
    } while (cursor !== undefined)
    throw refuse('last_owner', 'This would leave the org without an owner. Make somebody else owner first.', { field: 'user' })
  }
  const setMember: Orgs['setMember'] = (org, user, given) =>
    kernel.transaction(() => {
      if (orgs.get(org) === undefined) throw missing('org', org)
      const unknown = given.find((name) => name !== owner && roles.get(name) === undefined)
      if (unknown !== undefined)
        throw refuse('unknown_role', `There is no role "${unknown}". Define it first.`, { field: 'roles' })
      const member = members.upsert(idOf(org, user), { org, user, roles: given })
      refuseWithoutOwner(org)
      return member
    })

  return {
    create: (org, user) =>
      kernel.transaction(() => {
        const made = orgs.insert(org)
        setMember(made.$id, user, [owner])
        return made
      }),
    get: (id) => orgs.get(id),
    bySlug: (slug) => orgs.list({ where: { slug }, limit: 1 }).items[0],
    update: (id, change) => orgs.update(id, change),
    delete: (id) =>
      kernel.transaction(() => {
        let page = members.list({ where: { org: id }, limit: 1_000 })
        while (page.items.length > 0) {
          for (const member of page.items) members.delete(member.$id)
          page = members.list({ where: { org: id }, limit: 1_000 })
        }
        return orgs.delete(id)
      }),
    list: (query) => orgs.list(query),
    setMember,
    removeMember: (org, user) =>
      kernel.transaction(() => {
        if (!members.delete(idOf(org, user))) return false
        refuseWithoutOwner(org)
        return true
      }),
    member: (org, user) => members.get(idOf(org, user)),
    members: (org, page) => members.list({ where: { org }, ...page }),
    orgsOf: (user, page) => members.list({ where: { user }, ...page }),
    can: (org, user, permission) => {
      const given = members.get(idOf(org, user))?.roles ?? []
      return given.includes(owner) || roles.can(given, permission)
    },
  }
}
