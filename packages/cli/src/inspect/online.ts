import type { Inspection } from '@do/core/inspect'
import { CommandError } from '../failure.ts'

interface Target {
  readonly type: string
  readonly name: string
}

interface Connection {
  readonly url: string
  readonly token: string
}

const timeoutMs = 10_000

/** Asks a running worker. @throws CommandError `unreachable`, `unauthorized`, `not_found` */
export async function inspectLive(target: Target, connection: Connection): Promise<Inspection> {
  return (await ask(target, connection, 'GET')) as Inspection
}

/** Redrives or cancels; false when there is no such job or action. */
export async function act(verb: 'redrive' | 'cancel', target: Target, id: string, connection: Connection): Promise<boolean> {
  return ((await ask(target, connection, 'POST', verb, { id })) as { done: boolean }).done
}

async function ask(
  { type, name }: Target,
  { url, token }: Connection,
  method: string,
  verb?: string,
  body?: object,
): Promise<unknown> {
  const path = ['_inspect', type, name, ...(verb === undefined ? [] : [verb])].map(encodeURIComponent).join('/')
  const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  const response = await fetch(new URL(`/${path}`, url), {
    method,
    headers,
    signal: AbortSignal.timeout(timeoutMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new CommandError('unreachable', `${url} does not answer. Is the worker running? For its files: --data <folder>.`)
  })
  if (response.ok) {
    const answer: unknown = await response.json().catch(() => undefined)
    if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer
    throw new CommandError('failed', `What ${url} answers is no inspection. Is it the worker?`)
  }
  const problem = (await response.json().catch(() => ({}))) as { detail?: string }
  if (response.status === 401) throw new CommandError('unauthorized', 'That is not the INSPECT_TOKEN of this worker.')
  if (response.status === 404) {
    throw new CommandError('not_found', `${url} lets nobody inspect: set INSPECT_TOKEN (16 characters or more) for the worker.`)
  }
  throw new CommandError('failed', `The worker answered ${response.status}. ${problem.detail ?? ''}`.trim())
}
