import { connect } from '@do/console/client'
import type { ConnectionState } from '@do/core/client'
import type { SaaS } from '@do/objects'
import type { Desk } from '../desk.ts'
import { must } from './steps.ts'

/** Signs in as the page does. Answers the cookie. */
export async function signIn({ url, operatorToken }: Desk): Promise<string> {
  const answer = await fetch(`${url}/console/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ token: operatorToken }),
  })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0]
  must(answer.ok && cookie !== undefined, 'signing in does not work')
  return cookie
}

/** The console's connection: the page's own client, over the page's own path, with its cookie. */
export function openConsole(
  { url }: Desk,
  headers: Record<string, string>,
  onState: (state: ConnectionState) => void = () => {},
) {
  return connect<typeof SaaS>(`${url}/console/rpc`, {
    // What a browser sends by itself. Node's WebSocket takes headers too.
    webSocket: (address, protocols) => new WebSocket(address, { protocols, headers } as unknown as string[]),
    backoff: { initialMs: 50, maxMs: 500 },
    onState,
  })
}

/** Does the console let this caller in? */
export async function isLetIn({ url }: Desk, headers: Record<string, string>): Promise<boolean> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/console/rpc`, {
    protocols: ['do.rpc.1'],
    headers,
  } as unknown as string[])
  const opened = await new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true))
    socket.addEventListener('error', () => resolve(false))
  })
  if (opened) socket.close()
  return opened
}
