import { ProviderError } from '@do/provider'

export interface ErrorFacts {
  readonly name: string
  readonly code: string | null
  /** Would another attempt only fail again? */
  readonly final: boolean
  /** Is it known that nothing happened outside? */
  readonly undone: boolean
  /** Does it speak against the dependency, rather than the caller? */
  readonly outage: boolean
  readonly retryAfterMs: number
}

/** Why an action or step did not succeed. `code` is that of what went wrong, where it had one. */
export class ActionError extends Error {
  override readonly name = 'ActionError'
  readonly code: string
  readonly step: string | undefined
  /** Another attempt would only fail again. */
  readonly final: boolean

  constructor(code: string, message: string, more: { step?: string; final?: boolean; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.step = more.step
    this.final = more.final ?? false
  }
}

/** Faults that another attempt does not mend. */
const lasting = new Set(['caller', 'credential', 'policy', 'recipient', 'declined'])

export function factsOf(error: unknown): ErrorFacts {
  if (ProviderError.is(error)) {
    const outage = !lasting.has(error.fault)
    return {
      name: error.name,
      code: error.code,
      final: !outage,
      undone: error.effect === 'none',
      outage,
      retryAfterMs: error.retryAfterMs ?? 0,
    }
  }
  if (error instanceof ActionError && error.cause !== undefined) return { ...factsOf(error.cause), final: error.final }
  const { name = 'Error', code }: { name?: unknown; code?: unknown } = Object(error)
  const final = error instanceof ActionError && error.final
  return {
    name: String(name).slice(0, 100),
    code: typeof code === 'string' || typeof code === 'number' ? String(code).slice(0, 100) : null,
    final,
    undone: false,
    outage: !final,
    retryAfterMs: 0,
  }
}

/** What a failed step throws, now and whenever the run is repeated. */
export function stepError(
  step: string,
  row: { readonly error_name: string | null; readonly error_code: string | null; readonly final: number },
  cause?: unknown,
): ActionError {
  const what = [row.error_name ?? 'Error', row.error_code].filter((word) => word !== null).join(', ')
  return new ActionError(row.error_code ?? 'step_failed', `The step "${step}" failed (${what}).`, {
    step,
    final: row.final === 1,
    cause,
  })
}

/** A promise for nobody: what waits for it goes with its attempt. */
export const never = () => new Promise<never>(() => {})
