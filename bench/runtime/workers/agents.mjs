// Peer: the agents library. Its sockets hibernate, and its callable methods travel as JSON frames.
import { Agent, callable, routeAgentRequest } from 'agents'

export class Peer extends Agent {
  constructor(ctx, env) {
    super(ctx, env)
    void this.sql`CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, value TEXT NOT NULL)`
  }

  onRequest(request) {
    if (request.method === 'POST') void this.sql`INSERT INTO entries (value) VALUES (${'x'.repeat(100)})`
    return Response.json({ ok: true })
  }

  echo(value) {
    return value
  }
}

// The decorator applied by hand: Node does not know the syntax.
callable()(Peer.prototype.echo, { kind: 'method', name: 'echo', addInitializer() {} })

export default {
  fetch: async (request, env) => (await routeAgentRequest(request, env)) ?? new Response('ok'),
}
