import { AsyncLocalStorage } from 'node:async_hooks'
import { ProviderError, sha256 } from '@do/provider'
import type { Telnyx } from 'telnyx'
import { answered, defined, everyRow, proven } from './client.ts'

/**
 * Telnyx has no URL on a number: calls go to the URL of the number's Call Control application, messages to that of its
 * messaging profile. So a URL becomes the application or profile that has it; one that nobody has gets its own,
 * a copy of the configured one, found again by a name made of the URL.
 */
interface Application {
  readonly id?: string
  readonly webhook_event_url?: string | null
  readonly outbound?: { readonly outbound_voice_profile_id?: string }
}
interface Profile {
  readonly id?: string
  readonly webhook_url?: string | null
  readonly whitelisted_destinations?: string[]
}

const nameFor = async (url: string) => `do-${(await sha256(url)).slice(0, 24)}`

async function applicationFor(telnyx: Telnyx, url: string, template: string): Promise<string> {
  const { data } = await telnyx.callControlApplications.retrieve(template)
  const own = proven(data as Application | undefined, 'id')
  if (own.webhook_event_url === url) return own.id as string
  const name = await nameFor(url)
  for await (const known of everyRow<Application>(telnyx, '/call_control_applications', {
    filter: { application_name: { contains: name } },
  })) {
    if (known.webhook_event_url === url && known.id !== undefined) return known.id
  }
  const { outbound_voice_profile_id } = own.outbound ?? {}
  const made = await telnyx.callControlApplications.create({
    application_name: name,
    webhook_event_url: url,
    webhook_api_version: '2',
    ...(outbound_voice_profile_id === undefined ? {} : { outbound: { outbound_voice_profile_id } }),
  })
  return proven(made.data as Application | undefined, 'id').id as string
}

async function profileFor(telnyx: Telnyx, url: string, template: string): Promise<string> {
  const { data } = await telnyx.messagingProfiles.retrieve(template)
  const own = proven(data as Profile | undefined, 'id')
  if (own.webhook_url === url) return own.id as string
  const name = await nameFor(url)
  for await (const known of everyRow<Profile>(telnyx, '/messaging_profiles', { filter: { name } })) {
    if (known.webhook_url === url && known.id !== undefined) return known.id
  }
  const made = await telnyx.messagingProfiles.create({
    name,
    webhook_url: url,
    webhook_api_version: '2',
    whitelisted_destinations: own.whitelisted_destinations ?? [],
  })
  return proven(made.data as Profile | undefined, 'id').id as string
}

export interface Wanted {
  readonly callUrl?: string | undefined
  readonly messageUrl?: string | undefined
}

/** The ids that a number needs for the wanted URLs. */
export async function routesFor(
  telnyx: Telnyx,
  wanted: Wanted,
  templates: { connectionId: string; messagingProfileId?: string | undefined },
) {
  return defined({
    connection_id:
      wanted.callUrl === undefined ? undefined : await applicationFor(telnyx, wanted.callUrl, templates.connectionId),
    messaging_profile_id:
      wanted.messageUrl === undefined || templates.messagingProfileId === undefined
        ? undefined
        : await profileFor(telnyx, wanted.messageUrl, templates.messagingProfileId),
  })
}

/**
 * Prepares what a purchase needs, outside of its attempt: an application that is made twice is harmless, while the
 * attempt itself may send one changing request only, and that is the order.
 */
export function outsideAttempts(): <T>(run: () => Promise<T>) => Promise<T> {
  const outside = AsyncLocalStorage.snapshot()
  return async (run) => {
    try {
      return await outside(run)
    } catch (cause) {
      throw new ProviderError({
        effect: 'none',
        fault: answered(cause, 401, 403) ? 'credential' : 'provider',
        code: 'not_prepared',
        message: 'The URLs could not be set up at Telnyx, so nothing was bought. Try again, or buy without them.',
        cause,
      })
    }
  }
}

/** Reads the URLs behind a number's ids, each id once. An id of another kind of connection has none. */
export function urlReader(telnyx: Telnyx) {
  const known = new Map<string, Promise<string | undefined>>()
  const once = (id: string | null | undefined, read: (id: string) => Promise<string | null | undefined>) => {
    if (!id) return Promise.resolve(undefined)
    const reading =
      known.get(id) ??
      read(id).then(
        (url) => url ?? undefined,
        (error) => {
          if (answered(error, 404, 422)) return undefined
          throw error
        },
      )
    known.set(id, reading)
    return reading
  }
  return async (number: { connection_id?: string | null; messaging_profile_id?: string | null }) => ({
    callUrl: await once(
      number.connection_id,
      async (id) => (await telnyx.callControlApplications.retrieve(id)).data?.webhook_event_url,
    ),
    messageUrl: await once(
      number.messaging_profile_id,
      async (id) => (await telnyx.messagingProfiles.retrieve(id)).data?.webhook_url,
    ),
  })
}
