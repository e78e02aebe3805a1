import { refuse } from '@do/provider'
import { type CallFlow, telephony } from '@do/telephony'

/**
 * A whole conversation as data: what is said first, and what follows on the digits that are gathered.
 * `otherwise` is taken for digits that are not named, for none, and for silence.
 */
export interface CallScript {
  readonly flow: CallFlow
  readonly on?: Readonly<Record<string, CallScript>>
}

const deepest = 8

/**
 * Checks a script as a whole, before anybody is called.
 * @throws ProviderError `invalid_script` naming the place.
 */
export function checkScript(value: unknown, field = 'script', depth = 0): CallScript {
  if (depth > deepest) throw wrong(field, `is nested more than ${deepest} deep`)
  if (typeof value !== 'object' || value === null || !('flow' in value)) throw wrong(field, 'must be an object with "flow"')
  const { flow, on, ...rest } = value as { flow: unknown; on?: unknown }
  for (const name of Object.keys(rest)) throw wrong(`${field}.${name}`, 'is not known. Use "flow" and "on"')
  const checked = checkFlow(flow, `${field}.flow`)
  if (on === undefined) return { flow: checked }
  if (typeof on !== 'object' || on === null || Array.isArray(on))
    throw wrong(`${field}.on`, 'must be an object of digits to scripts')
  if (!checked.steps.some(({ verb }) => verb === 'gather'))
    throw wrong(`${field}.on`, 'needs a "gather" step in the flow before it')
  const entries = Object.entries(on).map(([digits, inner]) => {
    if (!/^([0-9*#]{1,32}|otherwise)$/.test(digits)) throw wrong(`${field}.on.${digits}`, 'must be digits, or "otherwise"')
    return [digits, checkScript(inner, `${field}.on.${digits}`, depth + 1)] as const
  })
  return { flow: checked, on: Object.fromEntries(entries) }
}

/** The interface's own schema says what a flow is; there is no second opinion. */
function checkFlow(flow: unknown, field: string): CallFlow {
  const result = telephony.operations.calls.update.input['~standard'].validate({ id: 'check:flow', flow: flow as CallFlow })
  if (result instanceof Promise) throw wrong(field, 'cannot be checked')
  if (result.issues === undefined) return result.value.flow
  const issue = result.issues[0]
  const path = (issue?.path ?? []).slice(1).map((part) => (typeof part === 'object' ? part.key : part))
  throw wrong([field, ...path].join('.'), issue?.message ?? 'is not valid')
}

/** Where a script stands after these choices; undefined when it has ended. */
export function scriptAt(script: CallScript, path: readonly string[]): CallScript | undefined {
  return path.reduce<CallScript | undefined>((at, choice) => at?.on?.[choice], script)
}

/** Which branch these digits take. */
export function choose(script: CallScript | undefined, digits: string): string | undefined {
  if (script?.on === undefined) return undefined
  if (Object.hasOwn(script.on, digits)) return digits
  return Object.hasOwn(script.on, 'otherwise') ? 'otherwise' : undefined
}

function wrong(field: string, problem: string) {
  return refuse('invalid_script', `The call script is not valid: "${field}" ${problem}.`, { field })
}
