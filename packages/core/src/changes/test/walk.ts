import type { Node } from './worker.ts'

/** Something that is done to an object, and that may or may not count its version up. */
export type Step =
  | { readonly do: 'set' | 'delete' | 'order' | 'compare'; readonly key: string }
  | { readonly do: 'batch'; readonly keys: readonly string[] }
  | { readonly do: 'move'; readonly context: string | null }
  | { readonly do: 'clock'; readonly at: number }
  | { readonly do: 'together' | 'taken back'; readonly steps: readonly Step[] }

/** Does the steps. Answers the object's version and time of change after each of them. */
export function walk(node: Node, steps: readonly Step[]): unknown[] {
  return steps.map((step) => {
    take(node, step)
    return [step.do, node.$version, node.$updatedAt]
  })
}

function take(node: Node, step: Step): unknown {
  const { state, orders } = node
  switch (step.do) {
    case 'set':
      return state.set(step.key, node.$version)
    case 'delete':
      return state.delete(step.key)
    case 'compare':
      return state.compareAndSet(step.key, undefined, 1)
    case 'batch':
      return state.batch(step.keys.map((key, index) => (index === 1 ? { delete: key } : { set: key, value: index })))
    case 'order':
      return orders.get(step.key) ? orders.delete(step.key) : orders.insert({ total: 1, currency: 'EUR' }, { id: step.key })
    case 'move':
      return node.$setContext(step.context)
    case 'clock':
      node.clock = { ...node.clock, now: () => step.at }
      break
    case 'together':
      return node.transaction(() => {
        for (const one of step.steps) take(node, one)
      })
    case 'taken back':
      try {
        node.transaction(() => {
          for (const one of step.steps) take(node, one)
          throw new RangeError('taken back')
        })
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
      }
  }
}
