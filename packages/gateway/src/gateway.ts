import { type Clock, systemClock } from '@do/provider'
import { anthropicError, anthropicErrorEvent, anthropicStatus } from './anthropic/errors.ts'
import { messages } from './anthropic/messages.ts'
import { converse } from './converse.ts'
import type { Exchange } from './exchange.ts'
import { problemHeaders } from './headers.ts'
import type { GatewayHost } from './host.ts'
import type { ErrorShape } from './language.ts'
import { models } from './models.ts'
import { chat } from './openai/chat.ts'
import { embeddings } from './openai/embeddings.ts'
import { openaiError, openaiErrorEvent } from './openai/errors.ts'
import { images } from './openai/images.ts'
import { speech } from './openai/speech.ts'
import { transcriptions } from './openai/transcriptions.ts'
import { problemOf } from './problem.ts'
import { GatewayRefusal } from './refusal.ts'
import type { LogEntry } from './settlement.ts'

export interface GatewayOptions {
  readonly clock?: Clock
  /** Larger bodies are refused with 413. Default 20 MB. */
  readonly maxBodyBytes?: number
  /** A comment is sent into a stream that is silent for this long, in milliseconds. Default 15,000. */
  readonly keepAliveMs?: number
  /** Total time of a request, all attempts together, in milliseconds. Default 600,000. */
  readonly deadline?: number
  /** For what went wrong inside, beside the answer. Default: nothing is logged. */
  readonly log?: (entry: LogEntry) => void
}

export interface Gateway {
  /**
   * Answers one request; what stands before `/v1` must be gone. Never rejects. `run` is a Worker's context: what follows the answer
   * (settling, the cache) is given to its `waitUntil`. `requestId` names the request in the answer and in logs; default: a new one.
   */
  fetch(
    request: Request,
    run?: { waitUntil?(promise: Promise<unknown>): void; readonly requestId?: string | undefined },
  ): Promise<Response>
}

const openaiShape: ErrorShape = { body: openaiError, event: openaiErrorEvent, status: ({ status }) => status }
const anthropicShape: ErrorShape = { body: anthropicError, event: anthropicErrorEvent, status: anthropicStatus }

type Route = (exchange: Exchange) => Promise<Response>

const posts: Readonly<Record<string, Route>> = {
  '/v1/chat/completions': (exchange) => converse(exchange, chat),
  '/v1/messages': (exchange) => converse(exchange, messages),
  '/v1/embeddings': embeddings,
  '/v1/images/generations': images,
  '/v1/audio/speech': speech,
  '/v1/audio/transcriptions': transcriptions,
}

/** An HTTP interface like OpenAI's and Anthropic's over the providers of a host. */
export function createGateway(host: GatewayHost, options: GatewayOptions = {}): Gateway {
  const { clock = systemClock, maxBodyBytes = 20_000_000, keepAliveMs = 15_000, deadline = 600_000, log = () => {} } = options
  return {
    async fetch(request, run) {
      const pathname = pathOf(request.url)
      const requestId = run?.requestId ?? `req_${crypto.randomUUID().replaceAll('-', '')}`
      const isAnthropic =
        pathname === '/v1/messages' || (pathname.startsWith('/v1/models') && request.headers.has('anthropic-version'))
      const shape = isAnthropic ? anthropicShape : openaiShape
      const waitUntil = run?.waitUntil?.bind(run)
      const settings = { clock, log, maxBodyBytes, keepAliveMs, deadline }
      try {
        return await routeOf(request.method, pathname)({ ...settings, request, host, requestId, waitUntil, shape })
      } catch (error) {
        const problem = problemOf(error)
        // A body that its sender gives up breaks off with an error of its own, and nobody reads the answer.
        if (problem.code === 'internal_error' && !request.signal.aborted) log({ event: 'internal_error', requestId, error })
        const body = JSON.stringify(shape.body(problem, requestId))
        return new Response(body, { status: shape.status(problem), headers: problemHeaders(problem, requestId) })
      }
    },
  }
}

/** As `URL` says it; but to take every address apart costs as much as the route. */
function pathOf(url: string): string {
  const path = url.slice(url.indexOf('/', url.indexOf('://') + 3))
  const end = path.search(/[?#]/)
  return end === -1 ? path : path.slice(0, end)
}

function routeOf(method: string, path: string): Route {
  const post = Object.hasOwn(posts, path) ? posts[path] : undefined
  if (post !== undefined && method === 'POST') return post
  const [, list, id] = /^(\/v1\/models)(?:\/(.+))?$/.exec(path) ?? []
  if (list !== undefined && method === 'GET') return (exchange) => models(exchange, id === undefined ? undefined : decoded(id))
  if (post !== undefined || list !== undefined)
    throw new GatewayRefusal({ status: 405, code: 'method_not_allowed', message: `${path} does not take this method.` })
  throw new GatewayRefusal({
    status: 404,
    code: 'unknown_url',
    message: 'The gateway has no such address. Its paths begin with /v1.',
  })
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}
