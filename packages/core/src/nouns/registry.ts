import { refuse } from '@do/provider'
import type { Schema } from '../storage/schema.ts'
import type { Noun, NounDefinition, Registry, Verb, VerbDefinition } from './types.ts'
import { activityOf, actOf, eventOf, pluralOf, slugOf } from './words.ts'

const common = ['create', 'update', 'delete']

/**
 * The kinds of things that an object knows, and what is done with them. Forms of the words are derived; give those that come out
 * wrong.
 * @throws ProviderError `invalid_noun`, `invalid_verb`; also when two of them share a word, by which neither could be found.
 */
export function defineNouns(
  nouns: Readonly<Record<string, NounDefinition>>,
  verbs: Readonly<Record<string, VerbDefinition>> = {},
): Registry {
  const allNouns = Object.entries(nouns).map(([name, definition]) => nounOf(name, definition))
  const actions = new Set([...common, ...Object.keys(verbs), ...allNouns.flatMap((noun) => noun.verbs)])
  const definitions = new Map(Object.entries(verbs))
  const allVerbs = [...actions].map((action) => verbOf(action, definitions.get(action) ?? {}))
  const nounWords = indexed(allNouns, 'invalid_noun', ({ name, singular, plural, slug }) => [name, singular, plural, slug])
  const verbWords = indexed(allVerbs, 'invalid_verb', wordsOf)

  const verb = (word: string): Verb => {
    const found = verbWords.get(word)
    if (found !== undefined) return found
    throw refuse('unknown_verb', `No verb has this form. There are: ${[...actions].join(', ')}.`, { field: 'verb' })
  }
  return {
    noun: (word) => {
      const found = nounWords.get(word)
      if (found !== undefined) return found
      throw refuse('unknown_noun', `No noun has this name. There are: ${allNouns.map(({ name }) => name).join(', ')}.`, {
        field: '$type',
      })
    },
    verb,
    verbOf: (word) => {
      const { action, reverse } = verb(word)
      return { action, reverse: Object.values(reverse).includes(word) }
    },
    nouns: () => allNouns,
    verbs: () => allVerbs,
    rules: () => Object.fromEntries(allVerbs.map(({ action, rule }) => [action, rule])),
    describe: () => ({
      nouns: allNouns.map(({ schema, ...noun }) => ({ ...noun, ...jsonSchemaOf(schema) })),
      verbs: allVerbs.map(({ schema, rule: _, ...one }) => ({ ...one, ...jsonSchemaOf(schema) })),
    }),
  }
}

function nounOf(name: string, definition: NounDefinition): Noun {
  const { plural = pluralOf(name), slug = slugOf(plural), version = 1, verbs = [], indexes = [], unique = [] } = definition
  const { description, schema } = definition
  if (
    !/^[A-Z][A-Za-z0-9]{0,47}$/.test(name) ||
    !/^[A-Z][A-Za-z0-9]{0,63}$/.test(plural) ||
    !/^[a-z][a-z0-9-]{0,63}$/.test(slug)
  ) {
    throw refuse('invalid_noun', `"${name}" is no noun: names are like "PurchaseOrder", slugs like "purchase-orders".`)
  }
  refuseVersion('invalid_noun', name, version)
  return {
    name,
    singular: name.charAt(0).toLowerCase() + name.slice(1),
    plural,
    slug,
    version,
    ...(description === undefined ? {} : { description }),
    ...(schema === undefined ? {} : { schema }),
    verbs: [...new Set([...common, ...verbs])],
    indexes,
    unique,
  }
}

function verbOf(action: string, definition: VerbDefinition): Verb {
  const { act = actOf(action), activity = activityOf(action), event = eventOf(action), version = 1 } = definition
  const { description, schema, onRemove, unique, reverse = `${event}By` } = definition
  for (const form of [action, act, activity, event, reverse]) {
    if (/^[a-z][A-Za-z0-9]{0,63}$/.test(form)) continue
    throw refuse('invalid_verb', `"${action}" is no verb, or a form of it is none: write them like "place" or "signUp".`)
  }
  refuseVersion('invalid_verb', action, version)
  return {
    action,
    act,
    activity,
    event,
    reverse: { by: reverse, at: `${event}At`, in: `${event}In`, for: `${event}For` },
    version,
    ...(description === undefined ? {} : { description }),
    ...(schema === undefined ? {} : { schema }),
    rule: { ...(onRemove === undefined ? {} : { onRemove }), ...(unique === undefined ? {} : { unique }) },
  }
}

function wordsOf({ action, act, activity, event, reverse }: Verb): string[] {
  return [action, act, activity, event, ...Object.values(reverse)]
}

function refuseVersion(code: string, name: string, version: number): void {
  if (!Number.isInteger(version) || version < 1) throw refuse(code, `The version of "${name}" is a whole number from 1.`)
}

/** A word may mean one of them only; one's own forms may be alike (`read`, `read`). */
function indexed<T extends object>(
  all: readonly T[],
  code: string,
  words: (one: T) => readonly string[],
): ReadonlyMap<string, T> {
  const known = new Map<string, T>()
  for (const one of all) {
    for (const word of new Set(words(one))) {
      if (known.has(word)) throw refuse(code, `"${word}" is a form of two of them. Give one of the two another form.`)
      known.set(word, one)
    }
  }
  return known
}

interface Converts {
  readonly input?: (options: { readonly target: string }) => unknown
}

/** Schemas that cannot say what they are in JSON Schema are left out. */
function jsonSchemaOf(schema: Schema<unknown> | undefined): { readonly jsonSchema?: unknown } {
  const converter = (schema?.['~standard'] as { readonly jsonSchema?: Converts } | undefined)?.jsonSchema
  if (typeof converter?.input !== 'function') return {}
  try {
    return { jsonSchema: converter.input({ target: 'draft-2020-12' }) }
  } catch {
    // By the standard: this schema, or a part of it, has no JSON Schema.
    return {}
  }
}
