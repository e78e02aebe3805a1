import { refuse } from './errors.ts'

/**
 * Names an existing thing (a message, a number, a call) for ever: `<provider instance>:<vendor's id>`.
 * It goes back to the provider that made it, whatever the order of providers is today.
 */
export type Handle = string

const pattern = /^([a-z][a-z0-9-]{0,62}):(.+)$/s

export interface HandleParts {
  /** The provider instance. */
  readonly provider: string
  /** The vendor's own id. */
  readonly id: string
}

export function formatHandle(provider: string, id: string): Handle {
  return `${provider}:${id}`
}

/** @throws ProviderError `invalid_handle` when the text is not a handle. */
export function parseHandle(handle: unknown, field = 'id'): HandleParts {
  const match = typeof handle === 'string' ? pattern.exec(handle) : null
  if (match === null) {
    throw refuse('invalid_handle', `"${field}" is not a handle. Pass the id that a provider gave, such as "twilio:SM1…".`, {
      field,
    })
  }
  return { provider: match[1] as string, id: match[2] as string }
}

/** Provider instance names are part of handles and metrics, so they are short and plain. */
export function checkProviderName(name: string): string {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) {
    throw refuse('invalid_provider_name', `"${name}" cannot name a provider: use a–z, 0–9 and "-", a letter first, 63 at most.`, {
      field: 'name',
    })
  }
  return name
}
