import { given, isObject, type Json } from './body.ts'
import { invalid } from './refusal.ts'

/** The client's fields, read with the error that names the one that is wrong. Null counts as left out. */

export function textIn(body: Json, name: string, path = name): string | undefined {
  const value = body[name]
  if (!given(value)) return undefined
  if (typeof value !== 'string') throw invalid(path, `"${path}" must be a string.`, 'invalid_type')
  return value
}

export function requiredText(body: Json, name: string, path = name): string {
  const value = textIn(body, name, path)
  if (value === undefined || value === '') throw invalid(path, `"${path}" must be given.`, 'missing_required_parameter')
  return value
}

export function modelIn(body: Json): string {
  const model = requiredText(body, 'model')
  if (model.length > 256) throw invalid('model', '"model" must have at most 256 characters.')
  return model
}

export function numberIn(body: Json, name: string, from: number, to: number): number | undefined {
  const value = body[name]
  if (!given(value)) return undefined
  if (typeof value !== 'number' || !(value >= from && value <= to))
    throw invalid(name, `"${name}" must be a number from ${from} to ${to}.`)
  return value
}

export function countIn(body: Json, name: string, from = 1, to = Number.MAX_SAFE_INTEGER): number | undefined {
  const value = body[name]
  if (!given(value)) return undefined
  if (!Number.isInteger(value) || (value as number) < from || (value as number) > to)
    throw invalid(
      name,
      `"${name}" must be a whole number${to === Number.MAX_SAFE_INTEGER ? ` from ${from} on` : ` from ${from} to ${to}`}.`,
    )
  return value as number
}

export function flagIn(body: Json, name: string): boolean | undefined {
  const value = body[name]
  if (!given(value)) return undefined
  if (typeof value !== 'boolean') throw invalid(name, `"${name}" must be true or false.`, 'invalid_type')
  return value
}

export function objectIn(body: Json, name: string, path = name): Json | undefined {
  const value = body[name]
  if (!given(value)) return undefined
  if (!isObject(value)) throw invalid(path, `"${path}" must be an object.`, 'invalid_type')
  return value
}

export function listIn(body: Json, name: string, path = name): readonly unknown[] | undefined {
  const value = body[name]
  if (!given(value)) return undefined
  if (!Array.isArray(value)) throw invalid(path, `"${path}" must be an array.`, 'invalid_type')
  return value
}

export function oneOf<const Word extends string>(
  body: Json,
  name: string,
  words: readonly Word[],
  path = name,
): Word | undefined {
  const value = body[name]
  if (!given(value)) return undefined
  if (!words.includes(value as Word)) throw invalid(path, `"${path}" must be one of: ${words.join(', ')}.`)
  return value as Word
}

export function itemAt(list: readonly unknown[], index: number, path: string): Json {
  const item = list[index]
  if (!isObject(item)) throw invalid(path, `"${path}" must be an object.`, 'invalid_type')
  return item
}
