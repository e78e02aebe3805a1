// Peer: partyserver, with its hibernating sockets. It has no calls of its own: a message is sent back as it came.
import { routePartykitRequest, Server } from 'partyserver'

export class Peer extends Server {
  static options = { hibernate: true }

  onStart() {
    this.ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, value TEXT NOT NULL)')
  }

  onRequest(request) {
    if (request.method === 'POST') this.ctx.storage.sql.exec('INSERT INTO entries (value) VALUES (?)', 'x'.repeat(100))
    return Response.json({ ok: true })
  }

  onMessage(connection, message) {
    connection.send(message)
  }
}

export default {
  fetch: async (request, env) => (await routePartykitRequest(request, env)) ?? new Response('ok'),
}
