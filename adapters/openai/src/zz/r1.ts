// run
import { openaiTwin } from '@do/fixtures/openai'
import { openaiCompatibleLlm } from '../index.ts'
import assert from 'node:assert/strict'

const ollama = openaiTwin({ dialect: 'ollama' }) // with the real one: no `fetch`, and baseUrl 'http://localhost:11434/v1'
const llm = openaiCompatibleLlm({ name: 'ollama', baseUrl: ollama.baseUrl, ...ollama.credentials, fetch: ollama.fetch })
ollama.say({ thinks: 'A greeting.', text: 'Hello!' })
const { content } = await llm.generate({ model: 'qwen3:8b', messages: [{ role: 'user', content: 'Hi' }], thinking: 'low' })
assert.deepEqual(content, [
  { type: 'reasoning', text: 'A greeting.' },
  { type: 'text', text: 'Hello!' },
])

console.log('ok')
