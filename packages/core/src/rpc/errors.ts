import { ProviderError, refuse } from '@do/provider'
import { toWire } from '../expose/errors.ts'

/** As an expression of the protocol: what the client's session makes an Error of, its fields included. */
export function errorExpression(error: unknown): unknown {
  const { message, ...fields } = wireFields(error)
  return ['error', 'Error', message, null, fields]
}

/** Fields of an error as a client may see them. */
export function wireFields(error: unknown): Record<string, unknown> & { readonly message: string } {
  const wire = toWire(error)
  const { name: _, ...fields } = { ...wire } as Record<string, unknown>
  return { ...fields, message: wire.message }
}

export function notReplayable(): ProviderError {
  const message = 'The connection began anew, and what this came from cannot be made again. Ask for it once more.'
  return refuse('not_replayable', message)
}

export function streamReset(): ProviderError {
  return new ProviderError({
    code: 'stream_reset',
    fault: 'network',
    effect: 'unknown',
    message:
      'The connection began anew, and a stream does not live longer than its connection. Open it again from the last cursor.',
  })
}

export function callInterrupted(): ProviderError {
  return new ProviderError({
    code: 'call_interrupted',
    fault: 'network',
    effect: 'unknown',
    message: 'The call was under way when the object ended, and nobody knows how far it came. Look before you repeat it.',
  })
}

export function answerLost(): ProviderError {
  return new ProviderError({
    code: 'answer_lost',
    fault: 'network',
    effect: 'done',
    message: 'The call was made, but its answer could not be kept. Ask for the result in another way.',
  })
}

export function resumeRefused(): ProviderError {
  return refuse('resume_refused', 'There is no such session to resume, or it is not yours. Connect anew.', {
    fault: 'credential',
  })
}

/** For code of the object that calls a client which is gone. */
export function connectionClosed(): ProviderError {
  const message = 'The client has gone before it answered. It may have run what it was asked.'
  return new ProviderError({ code: 'connection_closed', fault: 'network', effect: 'unknown', message })
}
