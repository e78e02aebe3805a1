import { ProviderError } from '../errors.ts'
import { formatHandle } from '../handle.ts'
import type { EventBase } from '../interface.ts'
import { webhookError } from '../webhook.ts'
import type { Member } from './member.ts'
import type { Engine } from './policy.ts'

/** Finds whose webhook this is, verifies it on its raw bytes, and normalises it. */
export async function receive(engine: Engine, request: Request): Promise<readonly EventBase[]> {
  const candidates = engine.members.filter(({ driver }) => driver.webhooks.recognises(request.headers))
  if (candidates.length === 0) {
    // A lone provider says "not signed": its endpoint is its own, so nobody else's request belongs there.
    throw webhookError(engine.members.length === 1 ? 'webhook_signature' : 'webhook_unrecognised', engine.members[0]?.name)
  }
  const body = new Uint8Array(await request.arrayBuffer())
  const text = new TextDecoder().decode(body)
  let refusal: unknown
  for (const member of candidates) {
    try {
      return await member.driver.webhooks.receive(
        {
          method: request.method,
          url: publicUrl(request.url, member),
          seenUrl: request.url,
          headers: request.headers,
          body,
          text,
        },
        { clock: member.clock, handle: (id) => formatHandle(member.name, id) },
      )
    } catch (error) {
      // Two accounts of one vendor look alike: only the signature tells them apart.
      refusal = ProviderError.is(error) ? error.with({ provider: member.name }) : webhookError('webhook_malformed', member.name)
    }
  }
  throw refusal
}

/** Behind a proxy the request's own URL is not the one the vendor signed. */
function publicUrl(seen: string, member: Member): string {
  if (member.webhookUrl === undefined) return seen
  const url = new URL(member.webhookUrl)
  const own = url.search
  const query = new URL(seen).search
  return `${url.origin}${url.pathname}${query === '' ? own : query}`
}
