import { type Instance, refuse } from '@do/provider'
import type { GenerateRequest } from './generation.ts'
import type { AssistantPart, Message } from './messages.ts'

type Asked = { readonly model: string | readonly string[] }

/** Each model of the list is a try of its own. */
export function chainOf<In extends Asked>(input: In): readonly In[] {
  return typeof input.model === 'string' ? [input] : input.model.map((model) => ({ ...input, model }))
}

/** The one model that a single try asks for. */
export const modelOf = ({ model }: Asked): string => (typeof model === 'string' ? model : (model[0] as string))

/** The instance whose name stands before the model's: `openai` in `openai:gpt-5-mini`. */
export function addresseeOf(input: Asked, instances: readonly string[]): string | undefined {
  const asked = modelOf(input)
  const colon = asked.indexOf(':')
  const to = colon > 0 ? asked.slice(0, colon) : undefined
  return to !== undefined && instances.includes(to) ? to : undefined
}

/**
 * What a model's name means at an instance: its own alias, or what stands behind its own name. A model that is addressed to another
 * instance is none of its business.
 */
export function fitModel<In extends Asked>(input: In, { name, aliases, peers }: Instance): In {
  const asked = modelOf(input)
  const colon = asked.indexOf(':')
  const to = colon > 0 ? asked.slice(0, colon) : undefined
  if (to !== undefined && colon === asked.length - 1 && peers.includes(to)) {
    throw refuse('invalid_input', `"${asked}" names a provider and no model. Put the model behind the colon.`, { field: 'model' })
  }
  if (to === name) return { ...input, model: aliasOf(asked.slice(colon + 1), aliases) }
  if (Object.hasOwn(aliases, asked)) return { ...input, model: aliases[asked] as string }
  // Vendors have colons in their own names, too: `llama3:8b`, `ft:gpt-4o:acme`.
  if (to !== undefined && peers.includes(to)) {
    throw refuse('model_elsewhere', `"${asked}" is addressed to "${to}".`, { field: 'model', elsewhere: true })
  }
  return { ...input, model: asked }
}

const aliasOf = (model: string, aliases: Instance['aliases']) =>
  Object.hasOwn(aliases, model) ? (aliases[model] as string) : model

/** As `fitModel`, and the conversation fitted to the vendor. */
export function fitConversation(input: GenerateRequest, instance: Instance): GenerateRequest {
  const fitted = fitModel(input, instance)
  if (!fitted.messages.some((message) => isForeign(message, instance.vendor))) return fitted
  if (fitted.signed === 'stay') {
    throw refuse(
      'conversation_bound',
      `This conversation carries thoughts that another vendor signed, and \`signed\` is "stay".`,
      {
        field: 'signed',
        elsewhere: true,
      },
    )
  }
  const messages = fitted.messages
    .map((message) => unsigned(message, instance.vendor))
    .filter((message) => message.content.length > 0)
  return Object.assign({ ...fitted, messages }, { converted: true })
}

/** What the kernel had to change in the request, for the answer's `warnings`. */
export const warningsOf = (input: object): readonly string[] => ('converted' in input ? ['signed_reasoning_dropped'] : [])

function isForeign(message: Message, vendor: string): boolean {
  return (
    message.role === 'assistant' &&
    typeof message.content !== 'string' &&
    message.content.some((part) => 'signedBy' in part && part.signedBy !== undefined && part.signedBy !== vendor)
  )
}

function unsigned(message: Message, vendor: string): Message {
  if (message.role !== 'assistant' || typeof message.content === 'string') return message
  const content = message.content.flatMap((part): AssistantPart[] => {
    if (part.type === 'text' || part.signedBy === undefined || part.signedBy === vendor) return [part]
    if (part.type === 'reasoning') return []
    const { signature: _, signedBy: __, ...call } = part
    return [call]
  })
  return { ...message, content }
}
