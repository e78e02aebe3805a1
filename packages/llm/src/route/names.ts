import { refuse } from '@do/provider'

/** Aliases with the aliases in them followed to their models, once, when the router is made. */
export function expandAliases(aliases: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, readonly string[]> {
  const expanded = new Map<string, readonly string[]>()
  const expand = (name: string, above: readonly string[]): readonly string[] => {
    if (above.includes(name))
      throw wrong(`aliases.${name}`, `The alias "${name}" leads back to itself: ${[...above, name].join(' → ')}.`)
    const known = expanded.get(name)
    if (known !== undefined) return known
    const models = (aliases[name] as readonly string[]).flatMap((model) =>
      Object.hasOwn(aliases, model) ? expand(model, [...above, name]) : [model],
    )
    if (models.length === 0) throw wrong(`aliases.${name}`, `The alias "${name}" names no model.`)
    const unique = [...new Set(models)]
    expanded.set(name, unique)
    return unique
  }
  for (const name of Object.keys(aliases)) expand(name, [])
  return expanded
}

export const wrong = (field: string, message: string) => refuse('invalid_option', message, { field })

/** `openai:gpt-5` is at `openai`; a name alone may be at any. Vendors have colons in their own names, too. */
export function placeOf(address: string): { readonly instance: string | undefined; readonly model: string } {
  const colon = address.indexOf(':')
  if (colon <= 0) return { instance: undefined, model: address }
  return { instance: address.slice(0, colon), model: address.slice(colon + 1) }
}

/** Is it one of these? A pattern that ends in `*` stands for all that begin so. */
export const matches = (model: string, patterns: Iterable<string>): boolean => {
  for (const pattern of patterns) {
    if (pattern === model || (pattern.endsWith('*') && model.startsWith(pattern.slice(0, -1)))) return true
  }
  return false
}

/** Names of models come from callers, and reasons end up in headers. */
export const printable = (name: string): string => name.replace(/[^\x20-\x7e]/g, '?').slice(0, 80)
