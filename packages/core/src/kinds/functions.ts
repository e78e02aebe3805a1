import { refuse } from '@do/provider'
import type { CollectionKernel } from '../collection/in-kernel.ts'
import { anything, kindSchema, list, oneOf, optional, text } from './check.ts'
import { type Definitions, definitionsOf } from './definitions.ts'

/** Something that can be called by name, whoever does it: code, a model, an agent with tools, or a person. */
export interface FunctionDefinition {
  readonly by: 'code' | 'generative' | 'agentic' | 'human'
  readonly description?: string
  /** JSON Schema of what goes in and comes out. */
  readonly input?: unknown
  readonly output?: unknown
  /** `code`: the method that runs it. */
  readonly method?: string
  /** `generative`, `agentic`, `human`: what is asked for. */
  readonly prompt?: string
  /** `agentic`: functions that it may call, by name. */
  readonly tools?: readonly string[]
}

const schema = kindSchema<FunctionDefinition>({
  by: oneOf('code', 'generative', 'agentic', 'human'),
  description: optional(text(2_000)),
  input: anything,
  output: anything,
  method: optional(text(128, /^[A-Za-z_]\w*$/)),
  prompt: optional(text(100_000)),
  tools: optional(list(text(64), 64)),
})

export function createFunctions(kernel: CollectionKernel): Definitions<FunctionDefinition> {
  return definitionsOf(kernel, 'functions', schema, ({ by, method, prompt, tools }) => {
    const code = by === 'code'
    if (code !== (method !== undefined)) throw wrong('method', 'A function by code names its method, others have none.')
    if (code === (prompt !== undefined))
      throw wrong('prompt', 'A function by a model or a person says what is asked for, code does not.')
    if (tools !== undefined && by !== 'agentic') throw wrong('tools', 'Only an agentic function has tools.')
  })
}

function wrong(field: string, message: string) {
  return refuse('invalid_input', message, { field })
}
