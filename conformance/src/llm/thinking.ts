import type { AssistantPart, GenerateInput, Message } from '@do/llm'
import { fail, holds, NotApplicable, refused, same } from '../assert.ts'
import { why } from '../why.ts'
import { type Answer, bothWays, clockTool, type LlmCheck, type LlmWorld, lastAsked, lastGenerated, question } from './world.ts'

const thinks = bothWays(why.thinking, ['thinking'])
const any = bothWays(why.thinking)

const thinker = (world: LlmWorld) => world.twin.models.thinking ?? world.twin.models.chat
const off = /^(off|none|no|disabled|false|minimal|0|budget 0)$/i

const deep = (world: LlmWorld, more: Partial<GenerateInput> = {}): Partial<GenerateInput> => ({
  model: thinker(world),
  thinking: 'high',
  ...more,
})

const sealsIn = (content: readonly AssistantPart[]) =>
  content.flatMap((part) => {
    if (part.type === 'text') return []
    const redacted = part.type === 'reasoning' ? part.redacted : undefined
    return [part.signature, redacted].filter((seal) => seal !== undefined)
  })

/** A conversation in which somebody else has thought. */
const foreign: Message[] = [
  { role: 'user', content: question },
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'France … Paris.', signature: 'seal-of-a-stranger', signedBy: 'stranger' },
      { type: 'text', text: 'Paris.' },
    ],
  },
  { role: 'user', content: 'Are you sure?' },
]

async function thoughtOf(world: LlmWorld, answer: Answer) {
  world.twin.say({ thinks: 'Which place is meant? Oslo.', tools: [{ name: 'clock', arguments: { city: 'Oslo' } }] })
  const first = await answer(deep(world, { tools: [clockTool] }))
  const seals = sealsIn(first.content)
  if (world.twin.signs !== true) {
    if (seals.length > 0) fail('The answer carries seals, but the twin does not say that its vendor seals anything (`signs`).')
    throw new NotApplicable('The vendor seals no thoughts.')
  }
  return { first, seals }
}

/** Thinking before answering, and what has to be kept of it. */
export const thinking: readonly LlmCheck[] = [
  ...thinks('thinking-levels', 'Low, medium and high reach the vendor as three different things', async (world, answer) => {
    const asked = []
    for (const level of ['low', 'medium', 'high'] as const) {
      await answer(deep(world, { thinking: level }))
      asked.push(lastAsked(world).thinking)
    }
    holds(
      asked.every((level) => level !== undefined && !off.test(level)),
      `Levels at the vendor: ${JSON.stringify(asked)}.`,
    )
    same(new Set(asked).size, 3, `Different levels at the vendor (${asked.join(', ')})`)
  }),
  ...thinks('thinking-off', 'Off is off, not the vendor’s default', async (world, answer) => {
    world.twin.say({ thinks: 'France … its capital …', text: 'Paris.' })
    const { text, warnings = [] } = await answer(deep(world, { thinking: 'off' }))
    const { thinking: asked } = lastAsked(world)
    same(text, 'Paris.', 'The text')
    // Where nothing is said, the vendor itself must not be thinking, or the answer says that it cannot be stopped.
    const thought = asked === undefined ? lastGenerated(world).usage.reasoning : 0
    holds(
      thought === 0 || warnings.includes('thinking_off_ignored'),
      'It went on thinking, and neither vendor nor caller was told.',
    )
    holds(asked === undefined || off.test(asked), `Thinking was switched off, and the vendor was asked for "${asked}".`)
    await answer(deep(world, { thinking: 'low' }))
    holds(lastAsked(world).thinking !== asked, 'Off and low are the same at the vendor.')
  }),
  ...thinks('thinking-counted', 'Tokens that were thought are counted, within those of the answer', async (world, answer) => {
    world.twin.say({ thinks: 'Let me think about this for a while, and then some more.', text: 'Paris.' })
    const { usage } = await answer(deep(world))
    holds(usage !== undefined && usage.reasoning > 0, `Reasoning tokens: ${usage?.reasoning}.`)
    holds(
      usage.reasoning <= usage.output,
      `${usage.reasoning} of ${usage.output} tokens were thought: they are part of the answer.`,
    )
  }),
  ...thinks('thinking-first', 'What is shown of the thoughts comes first, and is not part of the text', async (world, answer) => {
    world.twin.say({ thinks: 'France … its capital …', text: 'Paris.' })
    const { text, content } = await answer(deep(world))
    same(text, 'Paris.', 'The text')
    // A seal may stand behind the text that it belongs to; there is nothing to see in it.
    const types = content.flatMap((part) => (part.type === 'reasoning' && part.text === '' ? [] : [part.type]))
    holds(types.at(-1) === 'text' && types.filter((type) => type === 'text').length === 1, `The content is ${types.join(', ')}.`)
    const shown = content.flatMap((part) => (part.type === 'reasoning' && part.redacted === undefined ? [part.text] : []))
    holds(['', 'France … its capital …'].includes(shown.join('')), 'The thoughts that are shown are not what the model thought.')
  }),
  ...thinks(
    'seals-kept',
    'The seals of thoughts are there, and name who sealed them',
    async (world, answer) => {
      const { first, seals } = await thoughtOf(world, answer)
      holds(seals.length > 0, 'The vendor sealed its thoughts, and no seal is in the answer.')
      for (const part of first.content) {
        if (part.type === 'text') continue
        const sealed = part.signature !== undefined || (part.type === 'reasoning' && part.redacted !== undefined)
        if (sealed) same(part.signedBy, world.twin.vendor, 'signedBy')
      }
    },
    { needs: ['tools'] },
  ),
  ...thinks(
    'seals-returned',
    'Seals go back to their vendor unchanged',
    async (world, answer) => {
      const { first, seals } = await thoughtOf(world, answer)
      const messages: Message[] = [
        { role: 'user', content: question },
        { role: 'assistant', content: first.content },
        { role: 'tool', toolCall: first.toolCalls[0]?.id ?? '', content: 'noon' },
      ]
      const { warnings = [] } = await answer(deep(world, { tools: [clockTool], messages }))
      const back = lastAsked(world).messages.find(({ role }) => role === 'assistant')?.signatures
      same(back, seals, 'Seals at the vendor')
      holds(!warnings.includes('signed_reasoning_dropped'), 'Warns of dropped seals, although they are its own.')
      await answer(deep(world, { tools: [clockTool], messages, signed: 'stay' }))
    },
    { needs: ['tools'] },
  ),
  ...any('seals-foreign', "Another vendor's seals are left out, and a warning says so", async (world, answer) => {
    const { warnings = [] } = await answer({ messages: foreign })
    holds(warnings.includes('signed_reasoning_dropped'), 'Thoughts were left out of the conversation, and no warning says so.')
    const asked = lastAsked(world)
    same(
      asked.messages.flatMap(({ signatures }) => signatures),
      [],
      'Seals at the vendor',
    )
    same(
      asked.messages.map(({ text }) => text),
      [question, 'Paris.', 'Are you sure?'],
      'The conversation at the vendor',
    )
    holds(!world.requests().at(-1)?.body.includes('seal-of-a-stranger'), 'The stranger’s seal was sent to the vendor.')
  }),
  ...any('seals-stay', 'Whoever wants to stay with the vendor that sealed is not moved', async (world, answer) => {
    await refused(() => answer({ messages: foreign, signed: 'stay' }), 'A bound conversation', { code: 'conversation_bound' })
    same(world.requests().length, 0, 'Requests sent')
  }),
  ...any('no-warnings', 'Who lost nothing is not warned', async (_, answer) => {
    same((await answer()).warnings ?? [], [], 'Warnings')
  }),
]
