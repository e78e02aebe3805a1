// A vendor that only answers, in a process of its own so that its work is not counted as the client's. Gets by message what
// to say: the body of a real answer in which ID stands for the id, and how long it takes.
import { createServer } from 'node:http'

let answer = { body: '{}', status: 200, delayMs: 0 }
let count = 0

process.on('message', (next) => {
  answer = next
  process.send('ready')
})

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const body = answer.body.replaceAll('ID', String(++count).padStart(12, '0'))
    const send = () =>
      response
        .writeHead(answer.status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body)
    if (answer.delayMs === 0) send()
    else setTimeout(send, answer.delayMs)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('disconnect', () => process.exit(0))
