import { holds, refused, same } from '../assert.ts'
import { why } from '../why.ts'
import { bothWays, firstName, group, hearing, type LlmCheck, lastAsked, question, unlessRefused } from './world.ts'

const says = bothWays(why.streams)
const knobs = bothWays(why.validation)
const sees = bothWays(why.media)
const models = bothWays(why.models)

/** Every character must arrive, and come back. */
const texts = [
  'Grüße aus Köln – 東京, здравствуй, 👩‍👩‍👧‍👦 e\u0301 é',
  '  two leading spaces, a tab\tand three trailing   ',
  'line one\nline two\r\nline three\n\nline five',
  'data: {"not": "an event"}\n\ndata: [DONE]\n\n',
  '"quoted" \\backslash\\ </script> & <b>bold</b> \u2028 \u2029 \u0000',
  '12 345 6.7 0 -1 1e9',
  'true false null [] {}',
]

const pixel = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 255, 128, 254])

/** Asking and being answered. */
export const talking: readonly LlmCheck[] = [
  ...says('text', 'A question is answered in words', async (world, answer) => {
    world.twin.say({ text: 'Paris, of course.' })
    const { text, content, finish, provider, model, id, toolCalls } = await answer()
    same(text, 'Paris, of course.', 'The text')
    same(content, [{ type: 'text', text: 'Paris, of course.' }], 'The content')
    same([finish, provider, toolCalls], ['stop', firstName(world), []], 'Finish, provider and tool calls')
    holds(model !== '' && id !== '', 'The answer has no model, or no id.')
    const asked = lastAsked(world)
    same([world.twin.asked().length, asked.model, asked.operation], [1, world.twin.models.chat, 'generate'], 'What was asked')
    same([asked.messages.map(({ role, text: said }) => [role, said]), asked.system], [[['user', question]], []], 'The question')
  }),
  group('generate', why.streams)(
    'not-streamed',
    'An answer at once is asked for at once, one in pieces in pieces',
    async (world) => {
      await world.provider.generate({ model: world.twin.models.chat, messages: [{ role: 'user', content: 'Hi' }] })
      same(lastAsked(world).streamed, false, 'Streamed, asked for at once')
      await hearing(world)
      same(lastAsked(world).streamed, true, 'Streamed, asked for in pieces')
    },
  ),
  ...says('unchanged', 'Every character of question and answer arrives unchanged', async (world, answer) => {
    for (const text of texts) {
      world.twin.say({ text })
      const { text: back } = await answer({ messages: [{ role: 'user', content: text }] })
      same(lastAsked(world).messages.at(-1)?.text, text, 'The question at the vendor')
      same(back, text, 'The answer')
    }
  }),
  ...says('system', 'Instructions reach the vendor as instructions, not as something the user said', async (world, answer) => {
    await answer({
      messages: [
        { role: 'system', content: 'Speak like a pirate.' },
        { role: 'user', content: question },
      ],
    })
    const { system, messages } = lastAsked(world)
    same([system, messages.map(({ text }) => text)], [['Speak like a pirate.'], [question]], 'Instructions and messages')
  }),
  ...says('turns', 'A conversation reaches the vendor in its order, with who said what', async (world, answer) => {
    await answer({
      messages: [
        { role: 'user', content: 'My name is Anna.' },
        { role: 'assistant', content: 'Hello, Anna.' },
        { role: 'user', content: 'What is my name?' },
        { role: 'assistant', content: [{ type: 'text', text: 'Anna.' }] },
        { role: 'user', content: 'And yours?' },
      ],
    })
    same(
      lastAsked(world).messages.map(({ role, text }) => `${role}: ${text}`),
      ['user: My name is Anna.', 'assistant: Hello, Anna.', 'user: What is my name?', 'assistant: Anna.', 'user: And yours?'],
      'The conversation at the vendor',
    )
  }),
  ...says('parts', 'Every part of a message arrives', async (world, answer) => {
    const parts = ['One. ', 'Two. ', 'Three.'].map((text) => ({ type: 'text' as const, text }))
    await answer({ messages: [{ role: 'user', content: parts }] })
    same(lastAsked(world).messages.at(-1)?.text.replaceAll(/\s+/g, ' '), 'One. Two. Three.', 'The text at the vendor')
  }),
  ...knobs('max-tokens', 'A limit of tokens reaches the vendor', async (world, answer) => {
    await answer({ maxOutputTokens: 321 })
    same(lastAsked(world).maxOutputTokens, 321, 'The limit at the vendor')
  }),
  ...knobs('temperature', 'A temperature reaches the vendor, zero too', async (world, answer) => {
    for (const temperature of [0.25, 0]) {
      await unlessRefused(world, () => answer({ temperature }))
      same(lastAsked(world).temperature, temperature, 'The temperature at the vendor')
    }
  }),
  ...knobs('stop', 'Stop sequences reach the vendor', async (world, answer) => {
    await unlessRefused(world, () => answer({ stop: ['END', 'The end.'] }))
    same(lastAsked(world).stop, ['END', 'The end.'], 'Stop sequences at the vendor')
  }),
  ...knobs(
    'seed',
    'A seed reaches the vendor, zero too',
    async (world, answer) => {
      for (const seed of [4711, 0]) {
        await answer({ seed })
        same(lastAsked(world).seed, seed, 'The seed at the vendor')
      }
    },
    { needs: ['seed'] },
  ),
  ...knobs('nothing-added', 'What was not asked for is not sent', async (world, answer) => {
    await answer()
    const { tools, toolChoice, schema, json, thinking, temperature, stop, seed } = lastAsked(world)
    same([tools, toolChoice ?? 'auto', schema, json ?? false], [[], 'auto', undefined, false], 'Tools and shape')
    same([thinking, temperature, stop ?? [], seed], [undefined, undefined, [], undefined], 'Thinking, temperature, stop and seed')
  }),
  ...sees(
    'picture',
    'A picture reaches the vendor as such, beside the words',
    async (world, answer) => {
      const picture = { type: 'image' as const, data: pixel, mediaType: 'image/png' }
      await answer({ messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, picture] }] })
      const [message] = lastAsked(world).messages
      same([message?.text, message?.media], ['What is this?', ['image:image/png']], 'Words and pictures at the vendor')
      const bytes = btoa(String.fromCharCode(...pixel))
      holds(world.requests().at(-1)?.body.includes(bytes), 'The bytes of the picture did not reach the vendor.')
    },
    { needs: ['vision'] },
  ),
  ...sees(
    'picture-url',
    'A picture at a public address reaches the vendor as address',
    async (world, answer) => {
      const picture = { type: 'image' as const, url: 'https://pictures.example.com/cat.png' }
      const content = [{ type: 'text' as const, text: 'What is this?' }, picture]
      await unlessRefused(world, () => answer({ messages: [{ role: 'user', content }] }))
      same(lastAsked(world).messages[0]?.media, ['image:url'], 'Pictures at the vendor')
    },
    { needs: ['vision'] },
  ),
  ...sees(
    'file',
    'A file reaches the vendor with its type',
    async (world, answer) => {
      const file = { type: 'file' as const, data: pixel, mediaType: 'application/pdf', name: 'report.pdf' }
      await answer({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Sum it up.' }, file] }] })
      same(lastAsked(world).messages[0]?.media, ['file:application/pdf'], 'Files at the vendor')
    },
    { needs: ['files'] },
  ),
  ...sees(
    'sound',
    'Sound in a conversation reaches the vendor with its type',
    async (world, answer) => {
      const sound = { type: 'audio' as const, data: pixel, mediaType: 'audio/wav' }
      await answer({ messages: [{ role: 'user', content: [{ type: 'text', text: 'What is said?' }, sound] }] })
      same(lastAsked(world).messages[0]?.media, ['audio:audio/wav'], 'Sound at the vendor')
    },
    { needs: ['audio-input'] },
  ),
  ...models('unknown-model', 'A model that the vendor has not is called that', async (world, answer) => {
    await refused(() => answer({ model: 'no-such-model-1' }), 'An unknown model', { code: 'model_not_found', fault: 'caller' })
    same(world.twin.generated().length, 0, 'Answers made')
  }),
  ...models('model-chain', 'Of several models the first that there is answers', async (world, answer) => {
    const { provider, text } = await answer({ model: ['no-such-model-1', world.twin.models.chat] })
    same([provider, text], [firstName(world), question], 'Who answered, and what')
    same(lastAsked(world).model, world.twin.models.chat, 'The model that answered')
  }),
  ...models('model-address', 'A model may be addressed to one instance', async (world, answer) => {
    await answer({ model: `${firstName(world)}:${world.twin.models.chat}` })
    same([world.twin.asked().length, lastAsked(world).model], [1, world.twin.models.chat], 'Times and model asked')
  }),
  group('generate', why.models)('alias', 'A name of ours stands for a model of the vendor', async (world) => {
    const { chat } = world.twin.models
    const provider = await world.another({ aliases: { fast: chat, 'acme:best': chat } })
    for (const model of ['fast', 'acme:best', `${firstName(world)}:fast`]) {
      await provider.generate({ model, messages: [{ role: 'user', content: question }] })
      same(lastAsked(world).model, chat, `The model at the vendor, asked for as "${model}"`)
    }
  }),
  group('stream', why.models)('alias', 'A name of ours stands for a model of the vendor, in a stream too', async (world) => {
    const { chat } = world.twin.models
    const provider = await world.another({ aliases: { fast: chat } })
    const { error } = await hearing(world, { model: 'fast' }, {}, provider)
    same([error?.code, lastAsked(world).model], [undefined, chat], 'Error, and the model at the vendor')
  }),
  group('generate', why.handles)('instance-name', 'An answer names the instance that gave it', async (world) => {
    const provider = await world.another({ name: 'second-name' })
    const { provider: by } = await provider.generate({
      model: world.twin.models.chat,
      messages: [{ role: 'user', content: question }],
    })
    same(by, 'second-name', 'The provider of the answer')
  }),
  group('stream', why.handles)('instance-name', 'A stream names the instance that gives it', async (world) => {
    const provider = await world.another({ name: 'second-name' })
    const stream = provider.stream({ model: world.twin.models.chat, messages: [{ role: 'user', content: question }] })
    for await (const piece of stream) if (piece.type === 'start') same(piece.provider, 'second-name', 'The provider of the start')
    same(stream.provider, 'second-name', 'The provider of the stream')
  }),
]
