import type { ObjectContext } from '../platform/types.ts'

/** Our client asks for a sign of life with this, when it has heard nothing for some time. A frame of ours, none of Cap'n Web. */
export const ping = '["ping"]'
export const pong = '["pong"]'

/**
 * The platform answers in the object's place: one that sleeps goes on sleeping, in one that is awake no handler runs.
 * An object has one such answer; one that its class has set for itself is left alone, and pings come as messages then.
 * https://developers.cloudflare.com/durable-objects/api/state/#setwebsocketautoresponse
 */
export function answerPings(ctx: ObjectContext): void {
  const { WebSocketRequestResponsePair: Pair } = globalThis as unknown as Platform
  if (ctx.getWebSocketAutoResponse() === null) ctx.setWebSocketAutoResponse(new Pair(ping, pong))
}

interface Platform {
  readonly WebSocketRequestResponsePair: new (request: string, response: string) => object
}
