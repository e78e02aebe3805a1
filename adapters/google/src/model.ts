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

/** 205 of `gemini-2.5-flash`, 300 of `gemini-3-pro-preview`. The names that move along (`gemini-flash-latest`) are of today. */
export function versionOf(model: string): number {
  const [, major, minor = '0'] = /gemini-(\d+)(?:\.(\d+))?-/.exec(`${model}-`) ?? []
  if (major !== undefined) return Number(major) * 100 + Number(minor)
  return /gemini-(pro|flash|flash-lite)-latest/.test(model) ? 306 : 0
}

/** Signs its function calls, and insists on getting them back signed. */
export const insistsOnSignatures = (model: string): boolean => versionOf(model) >= 300

/** Calls functions and answers JSON in the same request; takes pictures in a function's result. */
export const combinesTools = (model: string): boolean => versionOf(model) >= 300

/** Passes over `temperature` and `topP`. https://ai.google.dev/gemini-api/docs/whats-new-gemini-3.6 */
export const ignoresSampling = (model: string): boolean => versionOf(model) >= 306 || model.includes('gemini-3.5-flash-lite')
