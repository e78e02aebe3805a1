import { type Page, refuse } from '@do/provider'
import { type CollectionKernel, collectionIn } from '../collection/in-kernel.ts'
import type { Document, Query } from '../collection/types.ts'
import { kindSchema, list, missing, oneOf, optional, text, whole } from './check.ts'

export interface Agent {
  readonly name: string
  readonly instructions: string
  /** As the LLM provider calls it. */
  readonly model?: string
  /** Names of functions that it may call. */
  readonly tools: readonly string[]
  readonly state: 'active' | 'paused'
  /** What it may spend in all, in millionths of a dollar. Without one: nothing. */
  readonly budgetMicros: number
  readonly spentMicros: number
}

export interface Agents {
  /** Names are unique: `already_exists`. */
  create(agent: Pick<Agent, 'name' | 'instructions'> & Partial<Pick<Agent, 'model' | 'tools' | 'budgetMicros'>>): Document<Agent>
  get(id: string): Document<Agent> | undefined
  byName(name: string): Document<Agent> | undefined
  update(id: string, change: Partial<Omit<Agent, 'spentMicros' | 'state'>>): Document<Agent>
  pause(id: string): Document<Agent>
  resume(id: string): Document<Agent>
  /** May it call this now? Not while paused, and only what it was given. */
  may(id: string, tool: string): boolean
  /**
   * Books what a step is going to cost, before it is done. `budget_exceeded` books nothing; `agent_paused`, `not_found`,
   * `invalid_input`
   */
  spend(id: string, micros: number): Document<Agent>
  /** By `state`, `name`. */
  list(query?: Query): Page<Document<Agent>>
}

const schema = kindSchema<Agent>({
  name: text(64),
  instructions: text(100_000),
  model: optional(text()),
  tools: list(text(64), 256),
  state: oneOf('active', 'paused'),
  budgetMicros: whole(),
  spentMicros: whole(),
})

export function createAgents(kernel: CollectionKernel): Agents {
  const agents = collectionIn<Agent>(kernel, 'agents', schema, { indexes: ['state'], unique: ['name'] })
  return {
    create: ({ tools = [], budgetMicros = 0, ...agent }) =>
      agents.insert({ ...agent, tools, budgetMicros, state: 'active', spentMicros: 0 }),
    get: (id) => agents.get(id),
    byName: (name) => agents.list({ where: { name }, limit: 1 }).items[0],
    update: (id, { name, instructions, model, tools, budgetMicros }) =>
      agents.update(
        id,
        Object.fromEntries(
          Object.entries({ name, instructions, model, tools, budgetMicros }).filter(([, value]) => value !== undefined),
        ),
      ),
    pause: (id) => agents.update(id, { state: 'paused' }),
    resume: (id) => agents.update(id, { state: 'active' }),
    may: (id, tool) => {
      const agent = agents.get(id)
      return agent?.state === 'active' && agent.tools.includes(tool)
    },
    spend: (id, micros) =>
      kernel.transaction(() => {
        const agent = agents.get(id)
        if (agent === undefined) throw missing('agent', id)
        if (whole()(micros) !== undefined)
          throw refuse('invalid_input', 'A cost is a whole number of millionths from 0.', { field: 'micros' })
        if (agent.state !== 'active') throw refuse('agent_paused', 'This agent is paused. Resume it first.', { field: 'state' })
        if (agent.spentMicros + micros > agent.budgetMicros) {
          throw refuse('budget_exceeded', 'This would be more than the budget of the agent. Raise it, or do less.', {
            field: 'micros',
          })
        }
        return agents.update(id, { spentMicros: agent.spentMicros + micros })
      }),
    list: (query) => agents.list(query),
  }
}
