import { context, type Histogram, metrics, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { ProviderError } from './errors.ts'

/**
 * Spans and metrics by the OpenTelemetry API; without an SDK they cost next to nothing. No credential, number or text
 * is ever an attribute. One span for the operation, one child for each attempt: a failed attempt is not a failed operation.
 */
export function inSpan<T>(name: string, attributes: Record<string, string | number>, run: () => Promise<T>): Promise<T> {
  const span = tracer().startSpan(name, { kind: SpanKind.CLIENT, attributes })
  // Nobody listens: a context of its own would only cost.
  if (!span.isRecording()) return run()
  return context.with(trace.setSpan(context.active(), span), async () => {
    try {
      return await run()
    } catch (error) {
      markFailed(span, error)
      throw error
    } finally {
      span.end()
    }
  })
}

let made: Tracer | undefined
let tracers: unknown

/** The API's placeholder finds an SDK that is registered later, but is made anew when one is taken away. */
function tracer(): Tracer {
  const provider = trace.getTracerProvider()
  if (made === undefined || tracers !== provider) {
    tracers = provider
    made = provider.getTracer('@do/provider')
  }
  return made
}

function markFailed(span: Span, error: unknown): void {
  if (ProviderError.is(error)) {
    span.setAttributes({ 'error.type': error.code, 'do.effect': error.effect, 'do.fault': error.fault })
    if (error.status !== undefined) span.setAttribute('http.response.status_code', error.status)
    if (error.retryAfterMs !== undefined) span.setAttribute('do.retry_after_ms', error.retryAfterMs)
  }
  span.setStatus({ code: SpanStatusCode.ERROR })
}

let histogram: Histogram | undefined
let meters: unknown

export function recordAttempt(milliseconds: number, attributes: Record<string, string>): void {
  const provider = metrics.getMeterProvider()
  // The API has no placeholder that finds a provider registered later, so the instrument is made anew for each.
  if (histogram === undefined || meters !== provider) {
    meters = provider
    histogram = provider.getMeter('@do/provider').createHistogram('do.provider.attempt.duration', {
      unit: 's',
      description: 'Time of one attempt at a vendor',
    })
  }
  histogram.record(milliseconds / 1000, attributes)
}
