import { OutcomeUnknownError, ProviderError, type ProviderErrorFields, refuse } from '@do/provider/errors'

/** Fields of a typed error that go over the wire as properties, by which both protocols carry them. */
const texts = ['code', 'fault', 'effect', 'field', 'provider', 'operation', 'vendorCode', 'requestId', 'key'] as const
const numbers = ['retryAfterMs', 'status'] as const

const faults = ['caller', 'credential', 'quota', 'policy', 'recipient', 'declined', 'provider', 'network', 'cancelled']
const effects = ['none', 'done', 'unknown']

/** The answer to whatever is not typed: its text stays inside. */
export function internalError(effect: 'none' | 'unknown' = 'unknown'): ProviderError {
  return new ProviderError({
    code: 'internal_error',
    fault: 'provider',
    effect,
    message: 'Something went wrong inside. Report the request id.',
  })
}

export function unknownMethod(): ProviderError {
  return refuse('unknown_method', 'Such a method does not exist here. See the documentation of the object.')
}

/** A capability that cannot be made again, because the call that gave it did more than that. Nothing was run. */
export function notReplayable(): ProviderError {
  return refuse('not_replayable', 'What this call handed out cannot be made again after a break. Call the method anew.', {
    fault: 'provider',
  })
}

/** A call that changes something came again, and nobody knows of the first one. Nothing was run. */
export function notRepeatable(): ProviderError {
  return new ProviderError({
    code: 'not_repeatable',
    fault: 'provider',
    effect: 'unknown',
    message: 'The call changes something and its answer was lost. Look whether it happened before you repeat it.',
  })
}

/** Is it an error whose words were written for the caller? */
export function isTyped(error: unknown): boolean {
  return ProviderError.is(error) || isProblem(error)
}

/**
 * An error as a caller may see it: plain, with its fields as own properties, without a stack or a cause. What is not typed
 * becomes `internal_error`. To be thrown over Cap'n Web or native RPC; `fromWire` makes it typed again.
 */
export function toWire(error: unknown, effect: 'none' | 'unknown' = 'unknown'): Error {
  const fields = fieldsOf(error) ?? fieldsOf(internalError(effect))
  const { message, ...rest } = fields as { readonly message: string }
  const plain = Object.assign(new Error(message), rest)
  plain.name = 'ProviderError'
  delete plain.stack
  return plain
}

/**
 * For `onSendError` of a Cap'n Web session: also the protocol's own complaints leave without a stack and with a code.
 */
export function sendError(error: unknown): Error {
  if (isTyped(error) || fieldsOf(error) !== undefined) return toWire(error)
  // What methods throw has become typed before; what is left is what stock Cap'n Web says of a message. It has run nothing then.
  const { message = '' } = Object(error) as { readonly message?: string }
  if (noSuchName.test(message)) return toWire(unknownMethod())
  if (malformed.test(message))
    return toWire(refuse('malformed_message', 'The connection sent what is no message of this protocol, or too large a one.'))
  return toWire(error)
}

const noSuchName =
  /^'.*' is not a function\.$|^Attempted to access property|^Cannot read properties of|is not a serializable type, so property/s
const malformed =
  /^bad RPC message|^unknown special value|exports table|no such export|^Deserializ|refcount|exceeds? (maximum|allowed)|in JSON|^unknown map|bytes type|must be /

/** The typed error again, on the caller's side; anything else as it is. */
export function fromWire(error: unknown): unknown {
  if (ProviderError.is(error)) return error
  const fields = fieldsOf(error)
  if (fields === undefined) return error
  const { key, ...rest } = fields
  if (key === undefined) return new ProviderError(rest)
  return new OutcomeUnknownError(rest, key, async () => {
    throw refuse('resolve_elsewhere', 'Only the object that holds the intent can resolve it. Repeat the call with the same key.')
  })
}

/** What an error says to callers; undefined unless it is typed, or was before it came over a wire. */
function fieldsOf(error: unknown): (ProviderErrorFields & { readonly key?: string }) | undefined {
  if (!(error instanceof Error) && !ProviderError.is(error)) return undefined
  if (isProblem(error)) {
    const { code, message, status, more } = error
    const field = more?.field === undefined ? {} : { field: more.field }
    return { code, message, status, fault: 'caller', effect: status < 500 ? 'none' : 'unknown', ...field }
  }
  const given = error as unknown as Record<string, unknown>
  const own: Record<string, unknown> = {}
  for (const name of texts) if (typeof given[name] === 'string') own[name] = given[name]
  for (const name of numbers) if (Number.isFinite(given[name])) own[name] = given[name]
  const typed = own.code !== undefined && faults.includes(String(own.fault)) && effects.includes(String(own.effect))
  if (!typed) return undefined
  // The trail says who was asked and why not: names and codes only, as plain data.
  if (Array.isArray(given.trail) && given.trail.length > 0) own.trail = JSON.parse(JSON.stringify(given.trail)) as unknown
  return { ...own, message: (error as Error).message } as ProviderErrorFields & { readonly key?: string }
}

interface ProblemLike extends Error {
  readonly status: number
  readonly code: string
  readonly more?: { readonly field?: string }
}

function isProblem(error: unknown): error is ProblemLike {
  const { name, status, code } = Object(error) as Partial<ProblemLike>
  return name === 'Problem' && typeof status === 'number' && typeof code === 'string'
}
