import { ProviderError, type ProviderErrorFields } from '@do/provider/errors'
import { fromWire } from '../expose/errors.ts'

/** A stub that no longer leads anywhere: its session ended, or it could not be made again after a reconnect. */
export class RpcError extends ProviderError {
  constructor(fields: ProviderErrorFields) {
    super(fields)
    this.name = 'RpcError'
  }
}

const broken = new Set(['not_replayable', 'stream_reset', 'resume_refused', 'connection_closed', 'connection_lost'])

/** What a call was rejected with, typed: `code`, `fault`, `effect`, `retryAfterMs` and `key` as the server said them. */
export function typed(error: unknown): unknown {
  const known = fromWire(error)
  if (!ProviderError.is(known)) return error instanceof Error ? lost(error) : error
  if (known instanceof RpcError || !broken.has(known.code)) return known
  const { code, fault, effect, message } = known
  return new RpcError({ code, fault, effect, message })
}

export function closedError(): RpcError {
  return new RpcError({
    code: 'connection_closed',
    fault: 'cancelled',
    effect: 'unknown',
    message: 'The connection was closed. Connect anew.',
  })
}

export function timeoutError(ms: number): ProviderError {
  const message = `No answer within ${ms} ms. The call may still have its effect: look before you repeat it.`
  return new ProviderError({ code: 'timeout', fault: 'network', effect: 'unknown', message })
}

export function abortedError(): ProviderError {
  const message = 'The call was given up. It may still have its effect: look before you repeat it.'
  return new ProviderError({ code: 'cancelled', fault: 'cancelled', effect: 'unknown', message })
}

/** What capnweb itself says: of a disposed stub, a bad argument, a session that ended. */
function lost(error: Error): Error {
  if (!/session|WebSocket|Peer closed/i.test(error.message)) return error
  return new RpcError({ code: 'connection_lost', fault: 'network', effect: 'unknown', message: error.message })
}
