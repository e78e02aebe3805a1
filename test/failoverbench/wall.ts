import type { LlmTwin } from '@do/conformance'
import { serveTwin } from '@do/fixtures/server'

/** One request as the vendor saw it. */
export interface Seen {
  /** Counted from 1, and since the wall stands. */
  readonly number: number
  readonly ms: number
  readonly streamed: boolean
  /** Who has the last word in the conversation. */
  readonly lastRole: string | undefined
}

/** How a vendor misbehaves on purpose. */
export interface Behaviour {
  /** Sets the twin up for the request that it answers next. */
  readonly meet?: (twin: LlmTwin, request: Seen) => void
  /** What becomes of its answer on the way. */
  readonly rewrite?: (response: Response) => Response
}

export interface Wall {
  readonly twin: LlmTwin
  readonly url: string
  readonly seen: readonly Seen[]
  close(): Promise<void>
}

const chats = /\/(chat\/completions|messages)$/

/** A twin behind a real socket that breaks as it is told, and writes down when it was asked. */
export async function wall(twin: LlmTwin, { meet, rewrite }: Behaviour): Promise<Wall> {
  const seen: Seen[] = []
  const began = performance.now()
  const { fetch } = twin
  const faulty: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    if (!chats.test(new URL(request.url).pathname)) return fetch(request)
    const body = (await request.clone().json()) as { stream?: boolean; messages?: readonly { role: string }[] }
    const one: Seen = {
      number: seen.length + 1,
      ms: performance.now() - began,
      streamed: body.stream === true,
      lastRole: body.messages?.at(-1)?.role,
    }
    seen.push(one)
    meet?.(twin, one)
    const response = await fetch(request)
    return rewrite?.(response) ?? response
  }
  // About as fast as the public wall speaks.
  twin.wire({ paceMs: 2 })
  const { url, close } = await serveTwin(Object.assign(twin, { fetch: faulty }))
  return { twin, url, seen, close }
}
