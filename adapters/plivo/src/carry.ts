import { fromBase64, refuse, toBase64 } from '@do/provider'
import type { FlowStep } from '@do/telephony'

/** What travels in the query of a URL until Plivo asks what to do. Its signature covers the query. */
export interface Carried {
  readonly steps: readonly FlowStep[]
  /** Record the whole call. */
  readonly record?: boolean
}

/** Plivo does not say how long a URL may be; this is what all servers and proxies take. */
export const longestUrl = 2000

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer())
}

export async function pack(carried: Carried): Promise<string | undefined> {
  if (carried.steps.length === 0 && !carried.record) return undefined
  const json = new TextEncoder().encode(JSON.stringify(carried))
  const packed = toBase64(await through(json, new CompressionStream('deflate-raw')))
  return packed.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

export async function unpack(text: string | undefined): Promise<Carried> {
  if (!text) return { steps: [] }
  const bytes = fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
  return JSON.parse(new TextDecoder().decode(await through(bytes, new DecompressionStream('deflate-raw')))) as Carried
}

/** @throws ProviderError `flow_too_long`, before anything is sent. */
export function fits(url: string): string {
  if (url.length <= longestUrl) return url
  throw refuse(
    'flow_too_long',
    `The flow makes a URL of ${url.length} characters; Plivo gets it in a URL of at most ${longestUrl}. Say less, or start with a short flow and answer the webhook with the rest.`,
    { field: 'flow', elsewhere: true },
  )
}
