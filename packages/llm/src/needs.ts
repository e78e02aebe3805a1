import type { GenerateRequest } from './generation.ts'

/** What a request needs of a provider, and of a model, so that nothing of it is silently dropped. */
export function needsOf(input: GenerateRequest): readonly string[] {
  const needs = new Set<string>()
  if (input.tools !== undefined && input.tools.length > 0) needs.add('tools')
  if (input.output === 'json') needs.add('json')
  else if (input.output !== undefined) needs.add('structured-output')
  if (input.thinking !== undefined && input.thinking !== 'off') needs.add('thinking')
  for (const { content } of input.messages) {
    if (typeof content === 'string') continue
    for (const { type } of content) {
      if (type === 'image') needs.add('vision')
      if (type === 'file') needs.add('files')
      if (type === 'audio') needs.add('audio-input')
    }
  }
  return [...needs]
}
