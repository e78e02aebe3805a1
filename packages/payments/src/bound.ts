import { type Instance, parseHandle, refuse } from '@do/provider'

type Given = Readonly<Record<string, unknown>>

/**
 * Fits an input to one provider: `provider` names it, and everything the input refers to by handle must live there.
 * Of several handles for the same card (`method`) the provider takes its own.
 */
export function bound<Input extends object>(...paths: readonly string[]) {
  return (input: Input, { name }: Instance): Input => {
    const given = input as Given
    const elsewhere = (field: string, whose: string) =>
      refuse('provider_mismatch', `"${field}" belongs to "${whose}", not to "${name}".`, {
        field,
        provider: name,
        elsewhere: true,
      })
    if (typeof given.provider === 'string' && given.provider !== name) throw elsewhere('provider', given.provider)
    for (const path of paths) {
      const value = at(given, path)
      if (typeof value !== 'string') continue
      const owner = parseHandle(value, path).provider
      if (owner !== name) throw elsewhere(path, owner)
    }
    return Array.isArray(given.method) ? { ...input, method: own(given.method as readonly string[], name) } : input
  }
}

function at(given: Given, path: string): unknown {
  let value: unknown = given
  for (const part of path.split('.')) value = (value as Given | undefined)?.[part]
  return value
}

function own(methods: readonly string[], name: string): string {
  const mine = methods.find((candidate) => parseHandle(candidate, 'method').provider === name)
  if (mine !== undefined) return mine
  throw refuse('provider_mismatch', `None of the payment methods is one of "${name}".`, {
    field: 'method',
    provider: name,
    elsewhere: true,
  })
}
