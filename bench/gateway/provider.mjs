// A provider of OpenAI's language that answers at once, in a process of its own: what a path costs beyond it is the path's own.
// Model `paced` sends a chunk every 5 ms, `slow` one every 50 ms. Over the parent's channel it tells its port, and on demand how many
// chunks of slow streams it has made.
import { createServer } from 'node:http'

const chunks = 40
const usage = { prompt_tokens: 120, completion_tokens: chunks, total_tokens: 120 + chunks }
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
let made = 0
let left = 0

async function stream(response, head, model, withUsage) {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  const send = (choices, more = {}) => response.write(`data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`)
  const delta = (part, reason = null) => send([{ index: 0, delta: part, logprobs: null, finish_reason: reason }])
  let gone = false
  response.once('close', () => (gone = true))
  delta({ role: 'assistant', content: '' })
  for (let i = 0; i < chunks && !gone; i++) {
    delta({ content: 'word ' })
    if (model === 'slow') made++
    if (model === 'paced') await pause(5)
    if (model === 'slow') await pause(50)
  }
  if (gone) return void left++
  delta({}, 'stop')
  if (withUsage) send([], { usage })
  response.end('data: [DONE]\n\n')
}

function whole(response, head) {
  const message = { role: 'assistant', content: 'word '.repeat(chunks), refusal: null }
  const body = JSON.stringify({ ...head, choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }], usage })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
}

const server = createServer(async (request, response) => {
  const parts = []
  for await (const part of request) parts.push(part)
  if (request.method === 'GET') return response.end('ok')
  const { model, stream: streamed, stream_options: options } = JSON.parse(Buffer.concat(parts).toString())
  const head = { id: 'chatcmpl-1', object: streamed ? 'chat.completion.chunk' : 'chat.completion', created: 1_790_000_000, model }
  if (streamed) await stream(response, head, model, options?.include_usage === true)
  else whole(response, head)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', () => {
  process.send({ made, left })
  made = 0
  left = 0
})
process.on('disconnect', () => process.exit(0))
