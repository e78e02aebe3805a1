import { trace } from '@opentelemetry/api'
import { afterEach, describe, expect, it } from 'vitest'
import { failure, status, two } from './testing/post.ts'

interface Recorded {
  readonly name: string
  readonly attributes: Record<string, unknown>
  failed: boolean
  ended: boolean
}

/** A tracer that only remembers: enough to see what an SDK would be given. */
function recording(): Recorded[] {
  const spans: Recorded[] = []
  const startSpan = (name: string, options: { attributes?: Record<string, unknown> }) => {
    const recorded: Recorded = { name, attributes: { ...options.attributes }, failed: false, ended: false }
    spans.push(recorded)
    return {
      isRecording: () => true,
      setAttribute: (key: string, value: unknown) => void (recorded.attributes[key] = value),
      setAttributes: (more: object) => void Object.assign(recorded.attributes, more),
      setStatus: () => void (recorded.failed = true),
      end: () => void (recorded.ended = true),
    }
  }
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) } as never)
  return spans
}

afterEach(() => trace.disable())

describe('spans', () => {
  it('show one operation with a child for each attempt; a failed attempt is not a failed operation', async () => {
    const spans = recording()
    const { a, wrapper } = two()
    a.script.push(status(401))
    await wrapper.send({ text: 'a private text' })
    expect(spans.map(({ name, failed, ended }) => [name, failed, ended])).toEqual([
      ['post.send', false, true],
      ['post.send alpha', true, true],
      ['post.send beta', false, true],
    ])
    expect(spans[1]?.attributes).toMatchObject({ 'do.provider': 'alpha', 'do.operation': 'post.send' })
  })

  it('hold the reason of a failure and nothing private', async () => {
    const spans = recording()
    const { a, wrapper } = two()
    a.script.push(status(422))
    await failure(wrapper.send({ text: 'a private text' }))
    expect(spans[0]).toMatchObject({ name: 'post.send', failed: true })
    expect(spans[0]?.attributes).toMatchObject({
      'error.type': 'invalid_input',
      'do.effect': 'none',
      'do.fault': 'caller',
      'http.response.status_code': 422,
    })
    expect(JSON.stringify(spans)).not.toContain('private')
  })
})
