import { llm } from '@do/llm'
import { type InterfaceDescription, type OperationSpec, ProviderError } from '@do/provider'
import type { At } from '../check.ts'
import { type Driver, type Json, likeStream, missent, mutant, replaced, ways, without } from './llm-tools.ts'
import { inTurn, type Mutant } from './mutant.ts'
import { repeating } from './subject-tools.ts'

const refusals = ['context-length', 'content-filter', 'model-not-found', 'insufficient-quota', 'overloaded', 'invalid-schema']
const faults = ['refused', 'cut', 'hang', 'error-500', 'error-503', 'wrong-key', 'invalid', 'foreign-page', 'truncated']
const canned = { id: 'x', provider: 'memory', model: 'x', content: [], text: '', toolCalls: [], finish: 'stop' }

const row = (code: string, our: string, check: string, change: Json) =>
  mutant(`errors/${our}-${Object.keys(change)[0]}`, `Takes ${our} for something else.`, ways(check), {
    driver: (driver: Driver): Driver => ({
      ...driver,
      errors: { ...driver.errors, [code]: { ...driver.errors[code], ...change } as never },
    }),
  })

/** Changes the error of whatever fails, either way. */
const telling = (id: string, wrong: string, caughtBy: readonly string[], change: (error: ProviderError, input: any) => unknown) =>
  replaced(`errors/${id}`, wrong, caughtBy, ({ generate, stream }) => {
    const changed = (error: unknown, input: unknown) => (ProviderError.is(error) ? change(error, input) : error)
    return {
      generate: (input: any, options: any) => generate(input, options).catch((error) => Promise.reject(changed(error, input))),
      stream: (input: any, options: any) => {
        const own = stream(input, options)
        return likeStream(
          own,
          (async function* () {
            try {
              yield* own
            } catch (error) {
              throw changed(error, input)
            }
          })(),
        )
      },
    }
  })

const described = (operation: 'generate' | 'stream', change: Partial<OperationSpec>, base: InterfaceDescription = llm) => ({
  ...base,
  flat: new Map(base.flat).set(operation, { ...(base.flat.get(operation) as OperationSpec), ...change }),
})
const both = (change: Partial<OperationSpec>) => described('stream', change, described('generate', change))

/** Every operation asks the vendor something before it looks at its input. */
const asksFirst = (provider: any, at: At): Json => {
  const ask = () => at.fetch(`${at.baseUrl}/v1/models`)
  const eager = (call: any) => (input: any, options: any) => inTurn(ask(), () => call(input, options))
  const eagerStream = (call: any) => (input: any, options: any) => {
    const own = call(input, options)
    return likeStream(
      own,
      (async function* () {
        await ask()
        yield* own
      })(),
    )
  }
  const streams = ['stream', 'speakStream', 'transcribeStream', 'relay']
  const names = ['generate', 'embed', 'image', 'speak', 'transcribe', ...streams]
  return Object.fromEntries(names.map((name) => [name, (streams.includes(name) ? eagerStream : eager)(provider[name])]))
}

const invalid = [
  ...[
    'messages',
    'role',
    'content',
    'picture',
    'result',
    'model',
    'tool-schema',
    'tool-name',
    'tool-twice',
    'tool-choice',
    'output',
  ],
  ...[
    'thinking',
    'max-tokens',
    'temperature',
    'top-p',
    'stop',
    'seed',
    'nothing',
    'embed',
    'dimensions',
    'prompt',
    'count',
    'size',
  ],
  ...['speech', 'audio', 'wire'],
].map((name) => `invalid.${name}`)

/** The vendor's SDK, with its retries on. */
const retrying = (at: At): At => ({ ...at, fetch: repeating(at, /\/v1\/answers$/) })

const foreign = (input: any) => ({
  ...input,
  messages: input.messages.map((message: Json) => ({
    ...message,
    ...(Array.isArray(message.content) && message.role === 'assistant'
      ? { content: message.content.map(({ signedBy: _, ...part }: Json) => part) }
      : {}),
  })),
})

/** Wrong in errors, names, capabilities, and in what holds for everything. */
export const llmRuleMutants: readonly Mutant[] = [
  row('too_long', 'context_length', 'refused-context-length', { code: 'invalid_input' }),
  row('filtered', 'content_filter', 'refused-content-filter', { fault: 'caller' }),
  row('no_model', 'model_not_found', 'refused-model-not-found', { code: 'not_found' }),
  row('no_credit', 'insufficient_quota', 'refused-insufficient-quota', { code: 'rate_limited' }),
  row('busy', 'overloaded', 'refused-overloaded', { code: 'vendor_error' }),
  row('bad_schema', 'invalid_schema', 'refused-invalid-schema', { fault: 'provider' }),
  row('slow_down', 'rate_limited', 'rate-limit', { code: 'insufficient_quota' }),
  row('no_model', 'model_not_found', 'model-chain', { elsewhere: false }),
  mutant('errors/no-wait', 'Drops how long to wait.', ways('rate-limit'), {
    at: (at) => ({
      ...at,
      fetch: async (input, init) => {
        const response = await at.fetch(input, init)
        const headers = new Headers(response.headers)
        headers.delete('retry-after')
        return new Response(response.body, { status: response.status, headers })
      },
    }),
  }),
  replaced(
    'answers-anyway',
    'Has an answer whatever happened.',
    [
      ...[...refusals.map((name) => `refused-${name}`), ...faults.map((name) => `fault-${name}`), 'abort-before', 'deadline'],
      ...['one-request-cut', 'one-request-hang', 'one-request-error-500', 'one-request-error-503', 'one-request-wrong-key'],
      ...['one-request-invalid', 'one-request-foreign-page', 'one-request-truncated', 'one-request-rate-limit'],
      ...['rate-limit', 'unknown-model', 'seals-stay', 'schema-broken'],
    ].map((name) => `generate.${name}`),
    ({ generate }) => ({ generate: (input: any, options: any) => generate(input, options).catch(() => canned) }),
  ),
  replaced(
    'streams-anyway',
    'Ends well whatever happened.',
    [
      ...[...refusals.map((name) => `refused-${name}`), ...faults.map((name) => `fault-${name}`), 'abort-before', 'deadline'],
      ...['one-request-cut', 'one-request-hang', 'one-request-error-500', 'one-request-error-503', 'one-request-wrong-key'],
      ...['one-request-invalid', 'one-request-foreign-page', 'one-request-truncated', 'one-request-rate-limit'],
      ...['rate-limit', 'unknown-model', 'seals-stay'],
    ].map((name) => `stream.${name}`),
    ({ stream }) => ({
      stream: (input: any, options: any) => {
        const own = stream(input, options)
        return likeStream(
          own,
          (async function* () {
            try {
              yield* own
            } catch {
              yield { type: 'finish', finish: 'stop' }
            }
          })(),
        )
      },
    }),
  ),
  mutant(
    'sdk/retries',
    "Leaves the retries of the vendor's SDK on.",
    ways('one-request-error-500', 'one-request-error-503', 'one-request-rate-limit', 'one-request-wrong-key'),
    { at: retrying },
  ),
  mutant('sdk/asks-twice', 'Asks twice and takes the second answer.', ways('one-request-answer', 'text'), {
    at: (at) => ({
      ...at,
      fetch: (input, init) => inTurn(at.fetch(input, init), () => at.fetch(input, init)),
    }),
  }),
  mutant('sdk/remembers-failure', 'Is broken for ever once the vendor failed.', ways('hiccup'), {
    at: (at) => {
      let broken: Response | undefined
      return {
        ...at,
        fetch: async (input, init) => {
          const response = broken?.clone() ?? (await at.fetch(input, init))
          if (response.status >= 500) broken ??= response.clone()
          return response
        },
      }
    },
  }),
  telling(
    'foreign',
    'Throws whatever its SDK throws.',
    ways('refused-context-length', 'fault-wrong-key', 'fault-cut'),
    () => new Error('Request failed'),
  ),
  telling('leaks-key', 'Puts the headers of the request into its errors.', ways('error-no-secret'), (error) =>
    Object.assign(error.with({}), { config: { headers: { authorization: 'Bearer key-for-tests-only' } } }),
  ),
  telling('quotes', 'Quotes the request in its errors.', ways('error-no-content'), (error, input) =>
    error.with({ message: `Could not answer ${JSON.stringify(input)}` }),
  ),
  telling(
    'bare',
    'Its errors do not say where they come from.',
    ways('error-says-where', 'abort-waiting'),
    ({ effect, fault, message, code }) => new ProviderError({ effect, fault, message, code }),
  ),
  telling(
    'all-alike',
    'Calls every failure one of the vendor.',
    ways('fault-wrong-key', 'refused-context-length', 'rate-limit'),
    (error) => error.with({ fault: 'provider', code: 'vendor_error' }),
  ),
  mutant('model/no-alias', 'Does not know names of ours.', ways('alias'), { at: ({ aliases: _, ...at }) => at }),
  mutant(
    'model/no-address',
    'Takes the name of the instance for a part of the model.',
    [...ways('model-address'), 'generate.alias'],
    {
      description: both({ prepare: (input) => input }),
    },
  ),
  mutant('model/first', 'Tries the first of several models only.', ways('model-chain'), {
    description: both({ chain: (input) => [{ ...input, model: [input.model].flat()[0] }] }),
  }),
  missent('model/fixed', 'Asks one model, always.', ways('unknown-model'), (body) => {
    body.model = 'memory-chat'
  }),
  mutant('name/dropped', 'Does not take a name, so two instances are one.', ways('instance-name'), {
    at: ({ name: _, ...at }) => at,
  }),
  replaced(
    'seals/foreign-kept',
    'Takes every seal for its own.',
    ways('seals-foreign', 'seals-stay'),
    ({ generate, stream }) => ({
      generate: (input: any, options: any) => generate(foreign(input), options),
      stream: (input: any, options: any) => stream(foreign(input), options),
    }),
  ),
  replaced(
    'seals/never-stays',
    'Goes anywhere with a conversation that is bound.',
    ways('seals-stay'),
    ({ generate, stream }) => ({
      generate: ({ signed: _, ...input }: any, options: any) => generate(input, options),
      stream: ({ signed: _, ...input }: any, options: any) => stream(input, options),
    }),
  ),
  mutant(
    'input/asks-first',
    'Asks the vendor before it looks at its input.',
    [...invalid, ...ways('seals-stay', 'abort-before')],
    {
      provider: asksFirst,
    },
  ),
  mutant('prices/fixed', 'Does not take prices.', [...ways('cost'), 'models.list.facts'], { at: ({ prices: _, ...at }) => at }),
  mutant(
    'capability/imitates',
    'Sends what it does not declare.',
    ['capability.refused'],
    { driver: without('vision'), description: both({ needs: () => [] }) },
    { driver: without('vision') },
  ),
  mutant('webhook/believes', 'Takes any request for a webhook.', ['webhook.stranger'], {
    driver: (driver: Driver): Driver => ({
      ...driver,
      webhooks: { recognises: () => true, receive: async () => [{ type: 'unknown', eventId: 'x', raw: {} }] },
    }),
  }),
]
