import { refuse } from '@do/provider'

/**
 * The one model of a single try, as the SDK takes it.
 * @throws ProviderError `model_not_found` for a name that no model of Google's can have; it would be part of the URL.
 */
export function modelIn({ model }: { readonly model: string | readonly string[] }): string {
  const name = typeof model === 'string' ? model : (model[0] as string)
  if (/^(models\/|tunedModels\/)?\w[\w.-]*$/.test(name) && !name.includes('..')) return name
  throw refuse('model_not_found', `No model of Google's can be called "${name}".`, { field: 'model', elsewhere: true })
}

/** 2.5 of `gemini-2.5-flash`, 3 of `gemini-3-pro-preview`. The names that move along (`gemini-flash-latest`) are of today. */
export function generationOf(model: string): number | undefined {
  const version = /gemini-(\d+(?:\.\d+)?)-/.exec(`${model}-`)?.[1]
  if (version !== undefined) return Number(version)
  return /gemini-(pro|flash|flash-lite)-latest/.test(model) ? 3.6 : undefined
}

const isAtLeast = (model: string, version: number) => (generationOf(model) ?? 0) >= version

/** Signs its function calls, and insists on getting them back signed. */
export const insistsOnSignatures = (model: string): boolean => isAtLeast(model, 3)

/** Calls functions and answers JSON in the same request; takes pictures in a function's result. */
export const combinesTools = (model: string): boolean => isAtLeast(model, 3)

/** Passes over `temperature` and `topP`. https://ai.google.dev/gemini-api/docs/whats-new-gemini-3.6 */
export const ignoresSampling = (model: string): boolean => isAtLeast(model, 3.6) || model.includes('gemini-3.5-flash-lite')
