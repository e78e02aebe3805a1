import { openaiTwin } from '@do/fixtures/openai'
import { createGateway, type Outcome } from '@do/gateway'
import { openaiLlm } from '@do/openai'
import { failover, testClock } from '@do/provider'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'

// The sixteen public scenarios of failoverbench, rebuilt from their description: a primary that misbehaves, a fallback that does not, and
// OpenAI's own client, which streams. `rescued`: the client gets the whole answer. Streams are held until they are whole, which is what
// makes good those that break off in the middle.

const answer = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ')

function scene({ endMark = true } = {}) {
  const clock = testClock()
  const primary = openaiTwin({ clock })
  const fallback = openaiTwin({ clock, seed: 2 })
  const a = openaiLlm({
    ...primary.credentials,
    name: 'primary',
    fetch: endMark ? primary.fetch : unmarked(primary.fetch),
    clock,
  })
  const b = openaiLlm({ ...fallback.credentials, name: 'fallback', fetch: fallback.fetch, clock })
  const llm = failover([a, b], { clock, times: { firstOutput: 10_000, idle: 10_000 } })
  const outcomes: Outcome[] = []
  const gateway = createGateway(
    {
      open: async () => ({
        tenant: 'acme',
        llm,
        models: ['primary:gpt-4.1-mini', 'fallback:gpt-4.1'],
        hold: true,
        settle: (outcome) => void outcomes.push(outcome),
      }),
    },
    { clock },
  )
  let sent = 0
  const openai = new OpenAI({
    apiKey: 'sk-any',
    baseURL: 'https://gateway.test/v1',
    maxRetries: 0,
    fetch: (url, init) => {
      sent++
      return gateway.fetch(new Request(url, init))
    },
  })
  const ask = async () => {
    const began = clock.now()
    const stream = openai.chat.completions.stream({
      model: 'any',
      messages: [{ role: 'user', content: 'Explain.' }],
      stream: true,
      stream_options: { include_usage: true },
    })
    const { choices, model, usage } = await stream.finalChatCompletion()
    return { text: choices[0]?.message.content, model, usage, ms: clock.now() - began }
  }
  const says = (...twins: (typeof primary)[]) => {
    for (const twin of twins.length === 0 ? [primary, fallback] : twins) twin.say({ text: answer }, { text: answer })
  }
  return { clock, primary, fallback, outcomes, ask, says, sent: () => sent }
}

/** A vendor that leaves out the end mark. */
const unmarked =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (...asked) => {
    const response = await fetch(...asked)
    const text = await response.text()
    return new Response(text.replace('data: [DONE]\n\n', ''), { status: response.status, headers: response.headers })
  }

type Scene = ReturnType<typeof scene>

interface Scenario {
  readonly id: string
  readonly title: string
  readonly fault: (at: Scene) => void
  /** Requests that the primary may see. */
  readonly most: number
  readonly check?: (at: Scene, got: Awaited<ReturnType<Scene['ask']>>) => void
}

const breaks = (kind: 'cut' | 'stall' | 'malformed' | 'error' | 'end', pieces: number) => (at: Scene) =>
  at.primary.breakStream({ kind, pieces })

const scenarios: readonly Scenario[] = [
  {
    id: 'S01',
    title: '429 with Retry-After, once',
    fault: ({ primary }) => primary.faults.next({ kind: 'rate-limit', retryAfterSeconds: 2 }),
    most: 2,
  },
  { id: 'S02', title: '429, always', fault: ({ primary }) => primary.faults.always({ kind: 'rate-limit' }), most: 2 },
  {
    id: 'S03',
    title: '500 once',
    fault: ({ primary }) => primary.faults.next({ kind: 'error', status: 500, when: 'before' }),
    most: 2,
    check: ({ fallback }) => expect(fallback.requests()).toEqual([]),
  },
  {
    id: 'S04',
    title: '503, always',
    fault: ({ primary }) => primary.faults.always({ kind: 'error', status: 503, when: 'before' }),
    most: 6,
  },
  {
    id: 'S05',
    title: 'a reset before headers',
    fault: ({ primary }) => primary.faults.next({ kind: 'cut', when: 'before' }),
    most: 2,
  },
  {
    id: 'S06',
    title: 'no answer',
    fault: ({ primary }) => primary.faults.always({ kind: 'hang', when: 'before' }),
    most: 1,
    check: (_, { ms }) => expect(ms).toBeLessThan(100_000),
  },
  {
    id: 'S07',
    title: 'a slow first token',
    fault: ({ primary }) => primary.breakStream({ kind: 'pause', pieces: 0, ms: 20_000 }),
    most: 1,
    check: (at) => expect(at.fallback.requests()).toHaveLength(1),
  },
  { id: 'S08', title: 'a cut in the middle', fault: breaks('cut', 40), most: 1 },
  {
    id: 'S09',
    title: 'a stall in the middle',
    fault: breaks('stall', 20),
    most: 1,
    check: (_, { ms }) => expect(ms).toBeLessThan(45_000),
  },
  { id: 'S10', title: 'a malformed chunk', fault: breaks('malformed', 10), most: 1 },
  { id: 'S12', title: 'context length', fault: ({ primary }) => primary.refuseNext('context_length'), most: 1 },
  {
    id: 'S14',
    title: 'a cut, and a fallback that takes no prefill',
    fault: breaks('cut', 40),
    most: 1,
    check: ({ fallback }) => {
      const asked = fallback.asked()[0]?.messages ?? []
      expect(asked.map(({ role }) => role)).toEqual(['user'])
    },
  },
  {
    id: 'S16',
    title: 'accounting',
    fault: ({ primary }) => primary.faults.always({ kind: 'error', status: 503, when: 'before' }),
    most: 6,
    check: ({ outcomes }, { model, usage }) => {
      expect(model).toMatch(/^gpt-4\.1-20/)
      expect(usage?.total_tokens).toBeGreaterThan(0)
      expect(outcomes[0]).toMatchObject({ provider: 'fallback', usage: { output: usage?.completion_tokens } })
    },
  },
]

describe('a gateway with a fallback rescues', () => {
  it.each(scenarios.map((one) => [one.id, one.title, one] as const))('%s %s', async (_, __, { fault, most, check }) => {
    const at = scene()
    at.says()
    fault(at)
    const got = await at.ask()
    expect(got.text).toBe(answer)
    expect(at.sent()).toBe(1)
    expect(at.primary.requests().length).toBeLessThanOrEqual(most)
    expect(at.outcomes).toMatchObject([{ effect: 'done' }])
    check?.(at, got)
    // It is well afterwards.
    at.primary.faults.clear()
    at.says()
    expect((await at.ask()).text).toBe(answer)
  })

  it('S11: what ends without its end mark, at once, since the finish reason is there', async () => {
    const at = scene({ endMark: false })
    at.says()
    const { text, usage } = await at.ask()
    expect([text, usage === null || usage === undefined]).toEqual([answer, false])
    expect([at.primary.requests().length, at.fallback.requests().length]).toEqual([1, 0])
  })

  it('S13: not what the content filter refuses, and says so', async () => {
    const at = scene()
    at.primary.refuseNext('content_filter')
    await expect(at.ask()).rejects.toMatchObject({ status: 400, code: 'content_filter' })
    expect([at.primary.requests().length, at.fallback.requests().length]).toEqual([1, 0])
  })

  it('S15: all through an outage, and goes back when it is over', async () => {
    const at = scene()
    at.primary.faults.always({ kind: 'error', status: 503, when: 'before' })
    const began = at.clock.now()
    const tried: number[] = []
    for (let i = 0; i < 20; i++) {
      if (at.clock.now() - began >= 60_000) at.primary.faults.clear()
      at.primary.say({ text: answer })
      at.fallback.say({ text: answer })
      const before = at.primary.requests().length
      expect((await at.ask()).text).toBe(answer)
      tried.push(at.primary.requests().length - before)
      at.clock.advance(4_000)
    }
    // While it is down it is hardly asked; once it is back it answers again.
    expect(tried.slice(0, 15).filter((requests) => requests > 0).length).toBeLessThan(10)
    expect(at.outcomes.at(-1)).toMatchObject({ provider: 'primary' })
  })
})
