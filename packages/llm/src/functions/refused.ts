import { ProviderError } from '@do/provider'
import type { Generation } from '../generation.ts'

/** A whole answer, or an error: what was cut, filtered or declined is never passed off as one. */
export function checkWhole({ finish, provider }: Pick<Generation, 'finish' | 'provider'>): void {
  const error = (code: string, fault: 'caller' | 'policy' | 'provider', message: string) =>
    new ProviderError({ effect: 'done', fault, code, message, provider })
  switch (finish) {
    case 'length':
      throw error('answer_cut', 'caller', 'The answer was cut at the limit of tokens. Raise `maxOutputTokens`, or ask for less.')
    case 'content_filter':
      throw error('content_filter', 'policy', "The vendor's filter held the answer back. Ask in another way, or another model.")
    case 'refusal':
      throw error('refusal', 'policy', 'The model declined to answer. Ask in another way, or another model.')
    case 'tool_calls':
    case 'other':
      throw error('unfinished', 'provider', 'The model stopped before it was done. Ask again, or another model.')
    case 'stop':
  }
}

export const notJson = (provider: string) =>
  new ProviderError({
    effect: 'done',
    fault: 'provider',
    code: 'not_json',
    message: 'The model was asked for JSON twice and wrote something else. Ask another model.',
    provider,
  })

export const doesNotFit = (provider: string, path: string) =>
  new ProviderError({
    effect: 'done',
    fault: 'provider',
    code: 'does_not_fit',
    message: `The model's answer does not fit the schema${path === '' ? '' : ` at "${path}"`}, and neither did its second try. Simplify the schema, or ask another model.`,
    ...(path === '' ? {} : { field: path }),
    provider,
  })
