import type { GatewayRefusal, RefusalFields } from '@do/gateway'

/** A refusal as it goes over the wire between an object and the isolate in front of it. */
export function fieldsOf({ status, code, message, param, retryAfterMs, shouldRetry }: GatewayRefusal): RefusalFields {
  return { status, code, message, param, retryAfterMs, shouldRetry }
}
