import type { UserPart } from '../messages.ts'
import { isTemplate, type Prompt, promptOf } from './prompt.ts'
import type { Prompted, PromptedStream, Settings, Value } from './settings.ts'

type Argument = string | readonly UserPart[]

/** A function that takes a template or one argument. `read` says what an argument is: data, or your words. */
export function prompted<Result>(
  read: (argument: Argument) => Prompt,
  ask: (prompt: Prompt, settings: Settings) => Promise<Result>,
  defaults: Settings,
): Prompted<Result> {
  // What is wrong with a template is a rejection, as all else.
  const call = async (first: TemplateStringsArray | Argument, ...rest: readonly unknown[]): Promise<Result> =>
    isTemplate(first) ? ask(promptOf(first, rest), defaults) : ask(read(first), merged(defaults, rest[0]))
  return Object.assign(call as Prompted<Result>, {
    with: (settings: Settings) => prompted(read, ask, merged(defaults, settings)),
  })
}

export function promptedStream(
  read: (argument: Argument) => Prompt,
  ask: (prompt: Prompt, settings: Settings) => AsyncIterable<string>,
  defaults: Settings,
): PromptedStream {
  const call = (first: TemplateStringsArray | Argument, ...rest: readonly unknown[]): AsyncIterable<string> =>
    isTemplate(first) ? ask(promptOf(first, rest), defaults) : ask(read(first), merged(defaults, rest[0]))
  return Object.assign(call as PromptedStream, {
    with: (settings: Settings) => promptedStream(read, ask, merged(defaults, settings)),
  })
}

/** Of a template, or of one argument, with the text as it is. */
export function flat<Argument, Result>(
  fromTemplate: (template: TemplateStringsArray, values: readonly Value[]) => Argument,
  ask: (argument: Argument, settings: Settings) => Promise<Result>,
  defaults: Settings,
): Prompted<Result, Argument> {
  const call = async (first: TemplateStringsArray | Argument, ...rest: readonly unknown[]): Promise<Result> =>
    isTemplate(first)
      ? ask(fromTemplate(first, rest as readonly Value[]), defaults)
      : ask(first as Argument, merged(defaults, rest[0]))
  return Object.assign(call as Prompted<Result, Argument>, {
    with: (settings: Settings) => flat(fromTemplate, ask, merged(defaults, settings)),
  })
}

const merged = (defaults: Settings, settings: unknown): Settings =>
  typeof settings === 'object' && settings !== null ? { ...defaults, ...settings } : defaults
