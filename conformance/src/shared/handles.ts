import { type ProviderBase, parseHandle } from '@do/provider'
import { holds, refused, same } from '../assert.ts'
import type { Check, World } from '../check.ts'
import { isWrapper, namesBehind } from '../facts.ts'
import { why } from '../why.ts'
import type { Subject } from './subject.ts'

/** A handle names a thing for ever, and leads back to whoever made it. */
export function handleChecks<W extends World>(subject: Subject<W>): Check<W>[] {
  const check = (name: string, title: string, run: Check<W>['run']): Check<W> => ({
    id: `${subject.name}.handle.${name}`,
    level: 'must',
    title,
    why: why.handles,
    run,
  })
  return [
    check('names-provider', 'The id begins with the name of the provider that made the thing', async (world) => {
      const { id } = await subject.run(world.provider, await subject.input(world))
      const { provider } = parseHandle(id)
      if (!isWrapper(world.provider)) same(provider, world.provider.name, 'The provider in the id')
    }),
    check('instance-name', 'Two instances of one vendor are told apart by their names', async (world) => {
      const second = await world.another({ name: 'second-line' })
      const { id } = await subject.run(second, await renamed(await subject.input(world), world.provider, second))
      same(parseHandle(id).provider, 'second-line', 'The provider in the id of an instance named "second-line"')
    }),
    check('reads-back', 'The id reads back the thing that was made', async (world) => {
      const { id } = await subject.run(world.provider, await subject.input(world))
      const again = await subject.read(world.provider, id)
      same(again.id, id, 'The id, read back')
    }),
    check('foreign', 'An id of a provider that is not configured is refused before anything is sent', async (world) => {
      const { id } = await subject.run(world.provider, await subject.input(world))
      const before = world.requests().length
      await refused(() => subject.read(world.provider, `not-configured:${parseHandle(id).id}`), 'A foreign id', {
        fault: 'caller',
      })
      same(world.requests().length - before, 0, 'Requests sent')
    }),
    check('malformed', 'Something that is no id is refused before anything is sent', async (world) => {
      for (const id of ['', 'no-colon', ':x', 'UPPER:x', 'x:']) {
        await refused(() => subject.read(world.provider, id), `The id "${id}"`, { fault: 'caller' })
      }
      same(world.requests().length, 0, 'Requests sent')
    }),
    check('unknown', 'An id of a thing that does not exist is "not found"', async (world) => {
      const { id } = await subject.run(world.provider, await subject.input(world))
      await refused(() => subject.read(world.provider, neighbour(id)), 'The id of nothing', {
        code: 'not_found',
        fault: 'caller',
      })
      holds((await subject.effects(world)) === 1, 'Reading changed something.')
    }),
  ]
}

/** An id of the same form that nobody has: each of the last four letters and digits is moved on by one. */
export function neighbour(id: string): string {
  const moved = (character: string) =>
    /\d/.test(character) ? String((Number(character) + 1) % 10) : character === 'a' ? 'b' : 'a'
  let left = 4
  return [...id]
    .reverse()
    .map((character) => (/[0-9a-z]/i.test(character) && left-- > 0 ? moved(character) : character))
    .reverse()
    .join('')
}

/** Handles inside an input belong to the first instance's name; the second one has the same account. */
function renamed<Input>(input: Input, from: ProviderBase, to: ProviderBase): Input {
  const names = namesBehind(from).map((name, index) => [`${name}:`, `${namesBehind(to)[index]}:`] as const)
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const own = names.find(([prefix]) => value.startsWith(prefix))
      return own === undefined ? value : own[1] + value.slice(own[0].length)
    }
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner)]))
  }
  return walk(input) as Input
}
