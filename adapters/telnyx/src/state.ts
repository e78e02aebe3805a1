import { fromBase64, toBase64 } from '@do/provider'
import type { FlowStep } from '@do/telephony'

/**
 * What travels with a call in `client_state`, because Call Control has no other memory: Telnyx gives it back with each
 * event and with `GET /calls/{id}`. The names are short because every webhook carries them.
 */
export interface CallState {
  /** Our reference of the intent that made the call. */
  readonly r?: string | undefined
  /** The call control id: some events lack it. */
  readonly c?: string | undefined
  readonly t?: string | undefined
  readonly f?: string | undefined
  /** The call came in. */
  readonly i?: 1 | undefined
  /** Steps that are still to be done. */
  readonly s?: readonly FlowStep[] | undefined
  /** The verb that is being done. */
  readonly w?: FlowStep['verb'] | undefined
  /** The key that ends a recording. */
  readonly k?: string | undefined
  /** How many digits a gather wants. */
  readonly n?: number | undefined
  /** On the leg that a `dial` made: this is not a call of ours, `c` is. */
  readonly leg?: 1 | undefined
  /** In a continuation only: stop the recording first. */
  readonly x?: 1 | undefined
}

export const writeState = (state: CallState) => toBase64(new TextEncoder().encode(JSON.stringify(state)))

/** A state that somebody else wrote is no state of ours. */
export function readState(text: unknown): CallState {
  try {
    const state: unknown = JSON.parse(new TextDecoder().decode(fromBase64(text as string)))
    return typeof state === 'object' && state !== null ? state : {}
  } catch {
    return {}
  }
}
