import { refuse } from '@do/provider'
import type { CollectionKernel } from '../collection/in-kernel.ts'
import { key, kindSchema, optional, text } from './check.ts'
import { type Definitions, definitionsOf } from './definitions.ts'

export interface WorkflowStep {
  readonly name: string
  /** The function or action that does it. */
  readonly run: string
  /** Steps that must be done before. */
  readonly after?: readonly string[]
  /** What undoes it, when a later step fails for good. */
  readonly undo?: string
}

export interface WorkflowDefinition {
  readonly description?: string
  readonly steps: readonly WorkflowStep[]
}

const schema = kindSchema<WorkflowDefinition>({
  description: optional(text(2_000)),
  steps: (value) => {
    if (!Array.isArray(value) || value.length < 1 || value.length > 200) return 'a list of 1 to 200 steps'
    const wrong = value.some((step: Partial<WorkflowStep> | null) => {
      const named = (name: unknown) => key(name) === undefined
      const { name, run, after = [], undo, ...more } = step ?? {}
      const good = named(name) && named(run) && Array.isArray(after) && after.every(named) && (undo === undefined || named(undo))
      return !good || Object.keys(more).length > 0
    })
    return wrong ? 'steps with name, run, and where needed after and undo' : undefined
  },
})

/** Their definitions; the actions run them. Steps whose order cannot be kept are refused: `invalid_input`. */
export function createWorkflows(kernel: CollectionKernel): Definitions<WorkflowDefinition> {
  return definitionsOf(kernel, 'workflows', schema, stagesOf)
}

/**
 * The steps in stages: all of one stage may run at the same time, after those before it.
 * @throws ProviderError `invalid_input` for two steps of one name, for one that is not there, and for a circle.
 */
export function stagesOf({ steps }: WorkflowDefinition): readonly (readonly WorkflowStep[])[] {
  const names = new Set(steps.map(({ name }) => name))
  if (names.size < steps.length) throw wrong('Two steps have the same name.')
  for (const { name, after = [] } of steps) {
    const unknown = after.find((other) => !names.has(other))
    if (unknown !== undefined) throw wrong(`"${name}" comes after "${unknown}", which is not there.`)
  }
  const done = new Set<string>()
  const stages: WorkflowStep[][] = []
  let left = [...steps]
  while (left.length > 0) {
    const stage = left.filter(({ after = [] }) => after.every((other) => done.has(other)))
    if (stage.length === 0) throw wrong(`These steps wait for one another: ${left.map(({ name }) => name).join(', ')}.`)
    for (const { name } of stage) done.add(name)
    left = left.filter(({ name }) => !done.has(name))
    stages.push(stage)
  }
  return stages
}

function wrong(message: string) {
  return refuse('invalid_input', `${message} Correct the steps.`, { field: 'steps' })
}
