import { ProviderError } from '@do/provider'
import type { GenerateInput, Generation } from '../generation.ts'
import type { Llm } from '../interface.ts'
import type { Asker, Question } from './ask.ts'
import { fenced } from './fences.ts'
import { doesNotFit, notJson } from './refused.ts'
import type { Shape } from './schema.ts'

/** How the shape is asked for: guaranteed by the vendor, as JSON of any shape, or in words alone. */
export type Mode = 'schema' | 'json' | 'plain'

export function inMode(request: Asker['request'], question: Question, { jsonSchema }: Shape<unknown>, mode: Mode): GenerateInput {
  if (mode === 'schema') return { ...request(question), output: { schema: { ...jsonSchema }, name: question.function } }
  const told = `Answer with JSON only, without any other text, that fits this JSON Schema:\n${JSON.stringify(jsonSchema)}`
  return { ...request(question, told), ...(mode === 'json' ? { output: 'json' as const } : {}) }
}

/** By the vendor's guarantee where there is one, otherwise by asking nicely; and once more where the answer does not fit. */
export async function askForJson(
  llm: Llm,
  ask: (input: GenerateInput) => Promise<Generation>,
  input: (mode: Mode) => GenerateInput,
  shape: Shape<unknown>,
): Promise<string> {
  const first = await firstTry(llm, ask, input)
  const found = await judged(first.answer?.text, shape)
  if ('json' in found) return found.json
  const again = input(first.mode)
  const messages: GenerateInput['messages'] =
    first.answer === undefined
      ? again.messages
      : [...again.messages, { role: 'assistant', content: first.answer.content }, { role: 'user', content: found.complaint }]
  const second = await ask({ ...again, messages })
  const final = await judged(second.text, shape)
  if ('json' in final) return final.json
  throw final.path === undefined ? notJson(second.provider) : doesNotFit(second.provider, final.path)
}

interface Tried {
  readonly mode: Mode
  /** Undefined where the vendor's JSON was none: nobody has seen it. */
  readonly answer?: Generation
}

async function firstTry(
  llm: Llm,
  ask: (input: GenerateInput) => Promise<Generation>,
  input: (mode: Mode) => GenerateInput,
): Promise<Tried> {
  const modes: Mode[] = [
    ...(llm.supports('structured-output') ? (['schema'] as const) : []),
    ...(llm.supports('json') ? (['json'] as const) : []),
    'plain',
  ]
  for (const mode of modes) {
    try {
      return { mode, answer: await ask(input(mode)) }
    } catch (error) {
      if (ProviderError.is(error) && error.code === 'not_json' && mode !== 'plain') return { mode: 'plain' }
      if (mode === 'plain' || !cannot(error)) throw error
    }
  }
  throw new TypeError('unreachable: `plain` either answers or throws')
}

/** The model cannot be held to a schema, or not to this one. */
const cannot = (error: unknown): boolean =>
  ProviderError.is(error) && error.effect === 'none' && (error.code === 'unsupported' || error.code === 'invalid_schema')

type Judged = { readonly json: string } | { readonly path: string | undefined; readonly complaint: string }

async function judged(text: string | undefined, shape: Shape<unknown>): Promise<Judged> {
  const json = text === undefined ? undefined : jsonIn(text)
  if (json === undefined) return { path: undefined, complaint: 'That is not valid JSON. Answer with the JSON only.' }
  const outcome = await shape.read(json)
  if ('value' in outcome) return { json: JSON.stringify(json) }
  const { path, message } = outcome.problem
  return {
    path,
    complaint: `That does not fit the schema: ${path === '' ? 'the whole of it' : `"${path}"`}: ${message}. Answer with the corrected JSON only.`,
  }
}

/** The whole text, or what stands in its only fence. */
function jsonIn(text: string): unknown {
  for (const each of [text, fenced(text) ?? '']) {
    try {
      const json: unknown = JSON.parse(each)
      if (json !== undefined) return json
    } catch {
      // The other way to read it, or none.
    }
  }
  return undefined
}
