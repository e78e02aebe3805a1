// run
import { openaiTwin } from '@do/fixtures/openai'
import { collect } from '@do/llm'
import { openaiLlm } from '../index.ts'
import assert from 'node:assert/strict'

const vendor = openaiTwin() // an OpenAI in memory; with an account: openaiLlm({ apiKey: 'sk-…' })
const llm = openaiLlm({ ...vendor.credentials, fetch: vendor.fetch, aliases: { fast: 'gpt-4.1-mini' } })

vendor.say({ text: 'Bern.' }, { text: 'Rain, all day.' })
const messages = [{ role: 'user' as const, content: 'What is the capital of Switzerland?' }]
const answer = await llm.generate({ model: 'fast', messages })
assert.equal(answer.text, 'Bern.')
assert.ok(answer.usage && answer.cost) // tokens, and millionths of a US dollar

let text = ''
const tools = [{ name: 'weather', parameters: { type: 'object', properties: { town: { type: 'string' } } } }]
const stream = llm.stream({ model: 'fast', messages, tools })
for await (const piece of stream) if (piece.type === 'text') text += piece.text
assert.equal(text, 'Rain, all day.')

vendor.say({ tools: [{ name: 'weather', arguments: { town: 'Bern' } }] })
const whole = await collect(llm.stream({ model: 'fast', messages, tools }))
assert.equal(whole.finish, 'tool_calls')

console.log('ok')
