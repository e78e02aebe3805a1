import { metrics, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { ProviderError } from './errors.ts'

/**
 * Spans and metrics by the OpenTelemetry API; without an SDK they cost next to nothing. No credential, number or text
 * is ever an attribute. One span for the operation, one child for each attempt: a failed attempt is not a failed operation.
 */
const tracer = () => trace.getTracer('@do/provider')
const duration = () =>
  metrics.getMeter('@do/provider').createHistogram('do.provider.attempt.duration', {
    unit: 's',
    description: 'Time of one attempt at a vendor',
  })

let histogram: ReturnType<typeof duration> | undefined

export function inSpan<T>(name: string, attributes: Record<string, string | number>, run: (span: Span) => Promise<T>): Promise<T> {
  return tracer().startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      return await run(span)
    } catch (error) {
      markFailed(span, error)
      throw error
    } finally {
      span.end()
    }
  })
}

export function markFailed(span: Span, error: unknown): void {
  if (ProviderError.is(error)) {
    span.setAttributes({ 'error.type': error.code, 'do.effect': error.effect, 'do.fault': error.fault })
    if (error.status !== undefined) span.setAttribute('http.response.status_code', error.status)
    if (error.retryAfterMs !== undefined) span.setAttribute('do.retry_after_ms', error.retryAfterMs)
  }
  span.setStatus({ code: SpanStatusCode.ERROR })
}

export function recordAttempt(milliseconds: number, attributes: Record<string, string>): void {
  histogram ??= duration()
  histogram.record(milliseconds / 1000, attributes)
}
