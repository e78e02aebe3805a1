import { refuse } from '@do/provider'
import type { UserPart } from '../messages.ts'
import { type Media, markedIn, type Value } from './settings.ts'

export interface Prompt {
  readonly content: string | UserPart[]
  /** The name of the tags around values; undefined where there are none. */
  readonly tag: string | undefined
}

export const isTemplate = (value: unknown): value is TemplateStringsArray => Array.isArray(value) && 'raw' in value

/** What is neither a value nor your words is refused: `undefined` in a prompt is a mistake, and never what was meant. */
function checked(value: unknown, index: number): Value {
  const kind = typeof value
  if (value === null || kind === 'undefined' || kind === 'function' || kind === 'symbol') {
    throw refuse(
      'invalid_input',
      `Value ${index + 1} of the template is ${value === null ? 'null' : `of type ${kind}`}. Give a text, a number or an object.`,
      {
        field: `values.${index}`,
      },
    )
  }
  return value as Value
}

/** `Write a letter to ${name}.`: your words as they are, values between tags that do not occur in any of them. */
export function promptOf(template: TemplateStringsArray, given: readonly unknown[]): Prompt {
  const values = given.map(checked)
  const quoted = values.map((value, index) => quotedText(value, index))
  const tag = tagFor(quoted)
  const parts: UserPart[] = []
  const add = (text: string) => {
    const last = parts.at(-1)
    if (last?.type === 'text') parts[parts.length - 1] = { type: 'text', text: last.text + text }
    else if (text !== '') parts.push({ type: 'text', text })
  }
  for (const [index, words] of template.entries()) {
    add(words)
    if (index >= values.length) break
    const value = values[index] as Value
    const text = quoted[index]
    const media = mediaIn(value)
    if (media !== undefined) parts.push(media)
    else add(text === undefined ? plain(value) : `<${tag}>${text}</${tag}>`)
  }
  return { content: simplified(parts), tag: quoted.some((text) => text !== undefined) ? tag : undefined }
}

/** One argument that is data: between tags, too. */
export function dataPrompt(argument: string | readonly UserPart[]): Prompt {
  if (typeof argument !== 'string') return { content: partsOf(argument), tag: undefined }
  const tag = tagFor([argument])
  return { content: `<${tag}>${argument}</${tag}>`, tag }
}

/** One argument that is an instruction of yours. */
export function wordsPrompt(argument: string | readonly UserPart[]): Prompt {
  return { content: typeof argument === 'string' ? argument : partsOf(argument), tag: undefined }
}

/** The template as one text, for models that follow no instructions: embeddings, pictures, speech. */
export function flatText(template: TemplateStringsArray, given: readonly unknown[]): string {
  const values = given.map(checked)
  return template.reduce((all, words, index) => {
    const value = values[index - 1] as Value
    if (index > 0 && mediaIn(value) !== undefined)
      throw refuse('invalid_input', 'Only text can stand in this template.', { field: `values.${index - 1}` })
    return all + (quotedText(value, index - 1) ?? plain(value)) + words
  })
}

/** The interface itself looks at what is in them. */
function partsOf(argument: unknown): UserPart[] {
  if (Array.isArray(argument) && argument.length > 0) return [...argument]
  throw refuse('invalid_input', 'The argument must be a text or parts of a message.', { field: 'argument' })
}

/** Texts and what becomes JSON stand between tags. Undefined for what cannot say anything: numbers, dates, your own words. */
function quotedText(value: Value, index: number): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value instanceof Date || markedIn(value) !== undefined) return undefined
  try {
    return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each))
  } catch {
    throw refuse('invalid_input', `Value ${index + 1} of the template has no JSON: it contains itself.`, {
      field: `values.${index}`,
    })
  }
}

function plain(value: Value): string {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refuse('invalid_input', 'A date of the template is no date.')
    return value.toISOString()
  }
  return typeof value === 'object' ? (markedIn(value) as string) : String(value)
}

function mediaIn(value: Value): Media | undefined {
  const marked = typeof value === 'object' ? markedIn(value) : undefined
  return typeof marked === 'object' ? marked : undefined
}

/**
 * A tag that no value contains, open or closed, in whatever spelling: so no value can end its own quotation. The same values always
 * give the same one, so that prompts can be cached.
 */
function tagFor(texts: readonly (string | undefined)[]): string {
  const taken = new Set<number>()
  for (const text of texts) for (const [, count] of (text ?? '').matchAll(tags)) taken.add(Number(count ?? 1))
  let free = 1
  while (taken.has(free)) free++
  return free === 1 ? 'value' : `value-${free}`
}

const tags = /[<＜][\s/／]*value(?:-(\d+))?/giu

function simplified(parts: readonly UserPart[]): string | UserPart[] {
  const [first] = parts
  if (first === undefined) return ''
  return parts.length === 1 && first.type === 'text' ? first.text : [...parts]
}
