import type { TrailEntry } from '@do/provider'
import type { Desk } from '../desk.ts'
import type { Minds } from '../minds.ts'
import { type List, trailText } from './client.ts'
import { must, type Steps, same, until } from './steps.ts'
import type { Player } from './tenants.ts'

interface Chunk {
  readonly choices: readonly {
    readonly delta: {
      readonly content?: string | null
      readonly tool_calls?: readonly {
        readonly index: number
        readonly id?: string
        readonly function: { name?: string; arguments?: string }
      }[]
    }
    readonly finish_reason: string | null
  }[]
  readonly usage?: { readonly total_tokens: number } | null
  readonly error?: { readonly code: string }
}

interface AnswerLine {
  readonly asked: string
  readonly provider?: string
  readonly model?: string
  readonly status: string
  readonly finish: string
  readonly microUsd: number
  readonly route: string
  readonly trail: readonly TrailEntry[]
  readonly usage?: { readonly input: number; readonly output: number }
}

const weather = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
}
const question = { role: 'user', content: 'Can the courier ride to Oslo today?' }

/** A tenant asks language models through the gateway, as clients of OpenAI do: streams, tools, failover, budgets. */
export async function models(player: Player, { openai, anthropic }: Minds, desk: Desk, { heading, step }: Steps): Promise<void> {
  const { client, name, token } = player
  const post = (body: object, key = token) =>
    fetch(`${desk.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const asked = () => [openai.twin.asked().length, anthropic.twin.asked().length]
  /** The newest record, once there are so many. */
  const settled = (count: number) =>
    until(
      'it is in the books',
      () => client.ok<List<AnswerLine>>('GET', '/answers?limit=200'),
      ({ items }) => items.length >= count,
    )
  const known = async () => (await client.ok<List<AnswerLine>>('GET', '/answers?limit=200')).items.length
  heading(`${name}: asks language models by OpenAI and Anthropic`)

  await step('A streamed answer with a tool call survives a provider that fails before its first token', async (facts) => {
    const before = await known()
    openai.twin.breakStream({ pieces: 0, kind: 'cut' })
    anthropic.twin.say({ text: 'Let me see. ', tools: [{ name: 'weather', arguments: { city: 'Oslo' } }] })
    const response = await post({
      model: 'fast',
      stream: true,
      stream_options: { include_usage: true },
      messages: [question],
      tools: [weather],
    })
    same([response.status, response.headers.get('x-do-provider')], [200, 'anthropic'], 'status and who answered')
    const chunks = eventsOf(await response.text())
    const deltas = chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []))
    const text = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? '')).join('')
    const wanted = deltas.map(({ function: { arguments: part = '' } }) => part).join('')
    same([text, deltas[0]?.function.name, JSON.parse(wanted)], ['Let me see. ', 'weather', { city: 'Oslo' }], 'what came')
    same(
      chunks.flatMap(({ choices }) => choices.flatMap((choice) => choice.finish_reason ?? [])),
      ['tool_calls'],
      'how it ended',
    )
    const [record] = (await settled(before + 1)).items
    must(record !== undefined && record.microUsd > 0, 'it cost nothing')
    facts(
      trailText(record.trail),
      `${chunks.findLast(({ usage }) => usage)?.usage?.total_tokens} tokens`,
      dollars(record.microUsd),
    )
  })

  await step(
    'After its first token a stream that breaks says so: nothing is made up, and nobody else is asked',
    async (facts) => {
      const before = await known()
      const [, others] = asked()
      openai.twin.say({ text: 'The weather in Oslo is fine today.' })
      openai.twin.breakStream({ pieces: 3, kind: 'cut' })
      const response = await post({ model: 'fast', stream: true, messages: [question] })
      const text = await response.text()
      const chunks = eventsOf(text)
      same(
        [chunks.at(-1)?.error !== undefined, text.includes('[DONE]'), asked()[1]],
        [true, false, others],
        'error, end mark, others asked',
      )
      const [record] = (await settled(before + 1)).items
      same(record?.status, 'broken', 'the record')
      facts(chunks.at(-1)?.error?.code ?? '', `what came is counted: ${dollars(record?.microUsd ?? 0)}`)
    },
  )

  await step('A budget that does not reach refuses before anybody is asked', async (facts) => {
    const before = asked()
    const { status, error } = await refused(
      // Without a limit of its own it may say 128,000 tokens, at 50 dollars a million: more than the five dollars of a month.
      await post({ model: 'openai:gpt-6-astra', messages: [question] }),
    )
    same([status, error.code, asked()], [429, 'insufficient_quota', before], 'status, code, who was asked')
    facts(`${status} ${error.code}`)
  })

  await step('Wrong requests and keys get the errors that official clients know, and cost nothing', async (facts) => {
    const spending = () => client.ok<{ readonly month: number; readonly held: number }>('GET', '/spending')
    // What the answers before this step had set aside comes back a moment after them.
    const spent = await until('money that was set aside comes back', spending, ({ held }) => held === 0)
    const before = asked()
    const answers = [
      await refused(await post({ model: 'fast', messages: [question] }, `do_${player.id}_${'0'.repeat(64)}`)),
      await refused(await post({ model: 'fast', messages: [question], stream_options: { include_usage: true } })),
      await refused(await post({ model: 'fast', messages: [] })),
    ]
    same(
      answers.map(({ status }) => status),
      [401, 400, 400],
      'statuses',
    )
    same([asked(), await spending()], [before, spent], 'who was asked, and what was spent')
    facts(answers.map(({ status, error }) => `${status} ${error.code}`).join(', '))
  })
}

const dollars = (microUsd: number) => `${(microUsd / 1e6).toFixed(6)} USD`

const eventsOf = (text: string): readonly Chunk[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)) as Chunk)

async function refused(response: Response): Promise<{ readonly status: number; readonly error: { readonly code: string } }> {
  const { error } = (await response.json()) as { error: { code: string } }
  return { status: response.status, error }
}
