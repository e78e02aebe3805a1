import { refuse } from '../errors.ts'
import type { Page } from '../page.ts'
import { prepare } from './attempt-once.ts'
import type { Call } from './call.ts'
import { candidatesFor } from './create.ts'
import type { Member } from './member.ts'
import type { Engine } from './policy.ts'
import { readFrom } from './read.ts'

/** One page. The cursor names the member it belongs to, so a list over several goes on where it stopped. */
export async function runPage(engine: Engine, call: Call, cursor: string | undefined): Promise<Page<unknown>> {
  const members = candidatesFor(engine, call)
  const position = cursor === undefined ? undefined : positionOf(cursor, members, call)
  const everywhere = call.spec.routing === 'all'
  // A cursor is read by the one who gave it, or by nobody.
  const queue = (position === undefined ? members : members.slice(position.index)).filter(
    (member, index, { length }) => (position !== undefined && index === 0) || index === length - 1 || canList(member, call),
  )
  const candidates = everywhere || position !== undefined ? queue.slice(0, 1) : queue
  const input = position === undefined || position.rest === '' ? call.input : { ...(call.input as object), cursor: position.rest }
  const { member, value } = await readFrom({ ...call, input }, candidates)
  const { items, cursor: rest } = value as Page<unknown>
  if (rest !== undefined) return { items, cursor: `${member.name}:${rest}` }
  const next = everywhere ? queue[1] : undefined
  return next === undefined || !canList(next, call) ? { items } : { items, cursor: `${next.name}:` }
}

function canList(member: Member, call: Call): boolean {
  try {
    prepare(member, call)
    return true
  } catch {
    return false
  }
}

function positionOf(cursor: string, members: readonly Member[], call: Call): { index: number; rest: string } {
  const colon = cursor.indexOf(':')
  const index = members.findIndex(({ name }) => name === cursor.slice(0, colon))
  if (colon < 1 || index < 0) {
    throw refuse(
      'invalid_cursor',
      `${call.name}: this cursor is not of this list. Pass the cursor of an earlier page, or none.`,
      {
        field: 'cursor',
        operation: call.name,
      },
    )
  }
  return { index, rest: cursor.slice(colon + 1) }
}
