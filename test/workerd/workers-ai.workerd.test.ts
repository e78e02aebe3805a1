import { workersAiTwin } from '@do/fixtures/workers-ai'
import { collect } from '@do/llm'
import { failover } from '@do/provider'
import { workersAiLlm } from '@do/workers-ai'
import { describe, expect, it } from 'vitest'

const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }]
const story = Array.from({ length: 40 }, (_, index) => `word-${index}`).join(' ')

it('runs in workerd and not in Node', () => {
  expect(navigator.userAgent).toBe('Cloudflare-Workers')
})

describe.each(['binding', 'older binding', 'REST'] as const)('Workers AI in workerd, by %s', (way) => {
  const open = () => {
    const twin = workersAiTwin()
    const { clock, fetch, credentials } = twin
    const binding = twin.bindingOf({ givesRaw: way !== 'older binding' })
    const provider = way === 'REST' ? workersAiLlm({ ...credentials, fetch, clock }) : workersAiLlm({ binding, clock })
    return { twin, provider, model: twin.models.chat }
  }

  it('answers the same at once and in pieces, with tools, tokens and cost', async () => {
    const { twin, provider, model } = open()
    const scripted = { text: 'Paris has 2 – 東京 👩‍🚀', tools: [{ name: 'weather', arguments: { city: 'Paris' } }] }
    twin.say(scripted, scripted)
    twin.wire({ bytes: 3 })
    const whole = await provider.generate({ model, messages })
    const pieced = await collect(provider.stream({ model, messages }))
    expect(whole).toMatchObject({
      text: scripted.text,
      finish: 'tool_calls',
      toolCalls: [{ name: 'weather', arguments: '{"city":"Paris"}' }],
    })
    expect(whole.cost?.microUsd).toBeGreaterThan(0)
    expect({ ...pieced, id: '', content: [], toolCalls: [] }).toEqual({ ...whole, id: '', content: [], toolCalls: [] })
    expect(twin.requests()).toHaveLength(2)
  })

  it('tells a refusal by its code, and counts one request for each attempt', async () => {
    const { twin, provider, model } = open()
    twin.refuseNext('insufficient_quota')
    const error = await provider.generate({ model, messages }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'insufficient_quota', fault: 'quota', effect: 'none', status: 429 })
    expect(twin.requests()).toHaveLength(1)
  })

  it('moves on before the first word, and never after it', async () => {
    const [one, two] = [open(), open()]
    const both = failover([one.provider, workersAiLlm({ binding: two.twin.binding, clock: one.twin.clock, name: 'second' })])
    one.twin.breakStream({ pieces: 0, kind: 'error' })
    two.twin.say({ text: 'From the second.' })
    expect(await collect(both.stream({ model: one.model, messages }))).toMatchObject({
      provider: 'second',
      text: 'From the second.',
    })
    one.twin.say({ text: story })
    one.twin.breakStream({ pieces: 3, kind: 'cut' })
    await expect(collect(both.stream({ model: one.model, messages }))).rejects.toMatchObject({ code: 'stream_interrupted' })
    expect(two.twin.requests()).toHaveLength(1)
  })

  it('closes the connection of a reader who leaves', async () => {
    const { twin, provider, model } = open()
    twin.say({ text: story })
    let count = 0
    for await (const piece of provider.stream({ model, messages })) if (piece.type === 'text' && ++count === 2) break
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(twin.generated()[0]).toMatchObject({ left: true, whole: false })
  })

  it('makes vectors, pictures, sound and transcripts', async () => {
    const { twin, provider } = open()
    const { embedding = '', image = '', speech = '', transcription = '' } = twin.models
    expect((await provider.embed({ model: embedding, input: ['a', 'b'] })).embeddings).toHaveLength(2)
    expect((await provider.image({ model: image, prompt: 'A boat' })).images[0]?.mediaType).toBe('image/jpeg')
    expect((await provider.speak({ model: speech, text: 'Hello there' })).mediaType).toBe('audio/mpeg')
    const sounds = []
    for await (const piece of provider.speakStream({ model: speech, text: 'Hello there' })) sounds.push(piece.type)
    expect(sounds).toEqual(['start', 'audio', 'audio', 'finish'])
    const audio = new Uint8Array([1, 2, 3])
    expect((await provider.transcribe({ model: transcription, audio, mediaType: 'audio/wav' })).text).toBe('Good morning.')
  })
})
