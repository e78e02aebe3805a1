import type { RelayInput, Wire } from '@do/llm'
import { holds, present, refused, same } from '../assert.ts'
import type { StreamFault } from '../llm-twin.ts'
import { secretsOf } from '../shared/errors.ts'
import { why } from '../why.ts'
import { firstName, hear, type LlmCheck, type LlmWorld, lastAsked, lastGenerated, stopped, story } from './world.ts'

const quick = { times: { connect: 5_000, firstOutput: 5_000, idle: 5_000 } }
const decoder = new TextDecoder()

/** A request in each language, as its own client would write it. */
const bodies: Readonly<Record<Wire, Record<string, unknown>>> = {
  'openai.chat': {
    messages: [{ role: 'user', content: 'Tell me a story – 東京' }],
    max_tokens: 400,
    metadata: { ours: 'kept' },
  },
  'anthropic.messages': {
    messages: [{ role: 'user', content: 'Tell me a story – 東京' }],
    max_tokens: 400,
    metadata: { user_id: 'kept' },
  },
}
const streamed = {
  'openai.chat': { stream: true, stream_options: { include_usage: true } },
  'anthropic.messages': { stream: true },
}

/** What the vendor put on the wire, byte by byte. */
async function tapped(world: LlmWorld) {
  const sent: Uint8Array[] = []
  const provider = await world.another({
    fetch: async (input, init) => {
      const response = await world.at.fetch(input, init)
      if (response.body === null) return response
      const tap = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          sent.push(chunk.slice())
          controller.enqueue(chunk)
        },
      })
      return new Response(response.body.pipeThrough(tap), response)
    },
  })
  return { provider, sent }
}

const bytesOf = (chunks: readonly Uint8Array[]) => decoder.decode(new Uint8Array(chunks.flatMap((chunk) => [...chunk])))

const broken: readonly StreamFault['kind'][] = ['cut', 'stall', 'error', 'end']

function relayChecks(wire: Wire): LlmCheck[] {
  const name = (check: string) => `llm.relay.${wire.split('.')[0]}-${check}`
  const check = (id: string, title: string, run: LlmCheck['run']): LlmCheck => ({
    id: name(id),
    level: 'must',
    needs: [`relay:${wire}`],
    title: `${title} (${wire})`,
    why: why.streams,
    run,
  })
  const request = (world: LlmWorld, more: object = {}, model = world.twin.models.chat): RelayInput => ({
    model,
    wire,
    body: { ...bodies[wire], ...more },
  })
  const streaming = (world: LlmWorld, model?: string) => request(world, streamed[wire], model)
  const faults = broken.map((kind) =>
    check(`${kind}-after-output`, `A relayed stream that breaks (${kind}) never ends as if it were whole`, async (world) => {
      world.twin.say({ text: story })
      world.twin.breakStream({ pieces: 3, kind } as StreamFault)
      const { pieces, error } = await hear(world.provider.relay(streaming(world), quick))
      same(error?.code, 'stream_interrupted', 'Code')
      same(pieces.filter(({ type }) => type === 'finish').length, 0, 'Ends told')
    }),
  )
  return [
    check('verbatim', 'Every byte of the vendor arrives as it was sent, whole events at a time', async (world) => {
      for (const style of [{}, { bytes: 1 }, { bytes: 7, crlf: true }, { keepAlives: true }]) {
        world.twin.wire(style)
        world.twin.say({ text: 'Grüße 東京 👩‍🚀 data: x\n\n end' })
        const { provider, sent } = await tapped(world)
        const { pieces, error } = await hear(provider.relay(streaming(world)))
        same(error?.code, undefined, 'Error')
        const chunks = pieces.flatMap((piece) => (piece.type === 'bytes' ? [piece.data] : []))
        same(bytesOf(chunks), bytesOf(sent), 'The bytes')
        for (const chunk of chunks) holds(/(\r?\n|\r)\1$/.test(decoder.decode(chunk)), 'A chunk does not end with its event.')
      }
    }),
    check('frame', 'A relayed stream begins with who answers, and ends with its end', async (world) => {
      world.twin.say({ text: story })
      const { pieces } = await hear(world.provider.relay(streaming(world)))
      const [start] = pieces
      holds(start?.type === 'start' && start.provider === firstName(world), 'The first piece does not say who answers.')
      holds(start.contentType.startsWith('text/event-stream'), `The content type is "${start.contentType}".`)
      const last = pieces.at(-1)
      same(last?.type === 'finish' ? last.finish : undefined, 'stop', 'The finish')
      const outputs = pieces.filter((piece) => piece.type === 'bytes' && piece.output).length
      holds(outputs >= 10, `${outputs} chunks are said to hold output; the answer has 40 words.`)
      const first = pieces.find(({ type }) => type === 'bytes')
      holds(first?.type === 'bytes' && !first.output, 'The preamble is said to be output.')
    }),
    check('usage', 'Tokens of a relayed answer are counted, cached ones once', async (world) => {
      world.twin.say({ text: story, cacheRead: 4 })
      world.twin.say({ text: story, cacheRead: 4 })
      for (const input of [streaming(world), request(world)]) {
        const { pieces } = await hear(world.provider.relay(input))
        const last = pieces.at(-1)
        const { input: read, cacheRead, cacheWrite, output } = present(last?.type === 'finish' ? last.usage : undefined, 'usage')
        const counted = lastGenerated(world).usage
        same([read + cacheRead + cacheWrite, output], [counted.prompt, counted.output], 'Tokens read and written')
        if (world.provider.supports('prompt-cache')) same(cacheRead, counted.cacheRead, 'Tokens out of the cache')
      }
    }),
    check('at-once', 'An answer that is not streamed is relayed as it is', async (world) => {
      world.twin.say({ text: 'Grüße 東京' })
      const { provider, sent } = await tapped(world)
      const { pieces, error } = await hear(provider.relay(request(world)))
      same(error?.code, undefined, 'Error')
      const chunks = pieces.flatMap((piece) => (piece.type === 'bytes' ? [piece.data] : []))
      same(bytesOf(chunks), bytesOf(sent), 'The bytes')
      const [start] = pieces
      holds(start?.type === 'start' && start.contentType.includes('json'), 'The content type is not that of the vendor.')
      same(lastAsked(world).streamed, false, 'Streamed')
    }),
    check('body', 'The request goes on as it is, but for the name of the model', async (world) => {
      const { chat } = world.twin.models
      const provider = await world.another({ aliases: { fast: chat } })
      await hear(provider.relay(streaming(world, 'fast')))
      const sent = JSON.parse(present(world.requests().at(-1)?.body, 'The request'))
      const expected = { ...bodies[wire], ...streamed[wire], model: chat }
      for (const [key, value] of Object.entries(expected)) same(sent[key], value, `"${key}" in the body`)
    }),
    check('credential-stays', "Whoever's key a client sends along, the vendor sees the provider's own", async (world) => {
      const headers = { authorization: 'Bearer of-a-stranger', 'x-api-key': 'of-a-stranger', 'api-key': 'of-a-stranger' }
      const { error } = await hear(world.provider.relay({ ...streaming(world), headers }))
      // It may pass over such headers, or refuse them; it may not speak with them.
      if (error?.code === 'unsupported') throw error
      if (error !== undefined) same([error.fault, world.requests().length], ['caller', 0], 'Fault, and requests sent')
      const sent = JSON.stringify(world.requests().map(({ headers: all }) => all))
      holds(!sent.includes('of-a-stranger'), "The client's own key went to the vendor.")
    }),
    check('no-key-back', 'What is passed on of the answer holds no key', async (world) => {
      const { pieces } = await hear(world.provider.relay(streaming(world)))
      const [start] = pieces
      holds(start?.type === 'start', 'There is no start.')
      for (const key of secretsOf(world)) holds(!JSON.stringify(start).includes(key), 'The start holds a credential.')
      holds(
        !Object.keys(start.headers).some((name) => /cookie|authorization/i.test(name)),
        'The start passes on a cookie or a key.',
      )
    }),
    check('refused', 'A refusal of the vendor is an error, before anything is relayed', async (world) => {
      world.twin.refuseNext('context_length')
      const call = async () => {
        const { error, pieces } = await hear(world.provider.relay(streaming(world)))
        same(pieces, [], 'Pieces')
        if (error !== undefined) throw error
      }
      await refused(call, 'The request', { code: 'context_length', fault: 'caller' })
    }),
    check('reader-leaves', 'Whoever stops reading stops the vendor', async (world) => {
      world.twin.say({ text: story })
      let count = 0
      for await (const _ of world.provider.relay(streaming(world))) if (++count === 6) break
      await stopped(world, 'The reader left')
    }),
    check('before-output', 'What breaks before its first output is not shown', async (world) => {
      world.twin.say({ text: story }, { text: story })
      world.twin.breakStream({ pieces: 0, kind: 'cut' })
      const { pieces, error } = await hear(world.provider.relay(streaming(world), quick))
      if (error === undefined) same(pieces.filter(({ type }) => type === 'start').length, 1, 'Starts')
      else same([pieces, error.effect], [[], 'none'], 'Pieces, and effect')
      holds(world.twin.asked().length > 0, 'Nobody was asked.')
    }),
    ...faults,
  ]
}

/** Requests in a vendor's own language, passed on. */
export const relaying: readonly LlmCheck[] = [...relayChecks('openai.chat'), ...relayChecks('anthropic.messages')]
