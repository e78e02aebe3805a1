import { PlivoFault, type PlivoRequest } from './request.ts'
import { must, withQuery } from './wire.ts'

/** Where Plivo keeps the URLs of numbers: https://www.plivo.com/docs/account/api/application */
export interface Application {
  readonly id: string
  readonly name: string
  readonly callUrl: string | undefined
  readonly messageUrl: string | undefined
}

interface Raw {
  readonly appId?: string
  readonly appName?: string
  readonly answerUrl?: string
  readonly messageUrl?: string
}

/** Marks a call URL that is there only because Plivo wants one. */
const unset = 'do_unset'

function read(raw: Raw): Application {
  const callUrl = raw.answerUrl?.includes(`${unset}=`) ? undefined : raw.answerUrl
  return {
    id: must(raw.appId, 'application id'),
    name: raw.appName ?? '',
    callUrl: callUrl || undefined,
    messageUrl: raw.messageUrl || undefined,
  }
}

// The SDK's own classes for applications drop the message URL and print what they create: these go below them.

/** The application of a number, by the path that the number's record names. */
export async function applicationOf(request: PlivoRequest, uri: string | null | undefined): Promise<Application | undefined> {
  const id = /\/Application\/([^/]+)\/?$/.exec(uri ?? '')?.[1]
  if (id === undefined) return undefined
  try {
    return read((await request('GET', `Application/${id}/`)).body as Raw)
  } catch (error) {
    if (error instanceof PlivoFault && error.status === 404) return undefined
    throw error
  }
}

async function named(request: PlivoRequest, name: string): Promise<Application | undefined> {
  for (let offset = 0; ; ) {
    const { objects = [], meta } = (await request('GET', 'Application/', { limit: 20, offset })).body as {
      objects?: readonly Raw[]
      meta?: { next?: string | null }
    }
    const found = objects.find(({ appName }) => appName === name)
    if (found !== undefined) return read(found)
    offset += objects.length
    if (!meta?.next || objects.length === 0) return undefined
  }
}

/**
 * Gives a number an application of its own with these URLs; what is left out stays as it is. The name makes it
 * repeatable: `do-<number>` is made once and changed afterwards. Answers what to change on the number.
 */
export async function serveUrls(
  request: PlivoRequest,
  number: string,
  uri: string | null | undefined,
  { callUrl, messageUrl }: { readonly callUrl: string | undefined; readonly messageUrl: string | undefined },
): Promise<{ app_id?: string }> {
  if (callUrl === undefined && messageUrl === undefined) return {}
  const name = `do-${number}`
  const current = await applicationOf(request, uri)
  const own = current?.name === name ? current : await named(request, name)
  const messages = messageUrl ?? current?.messageUrl
  // Plivo wants a call URL in every application, also where only messages are served.
  const calls = callUrl ?? current?.callUrl ?? withQuery(messageUrl as string, { [unset]: '1' })
  const urls = {
    answer_url: calls,
    answer_method: 'POST',
    hangup_url: calls,
    hangup_method: 'POST',
    ...(messages === undefined ? {} : { message_url: messages, message_method: 'POST' }),
  }
  if (own !== undefined) {
    await request('POST', `Application/${own.id}/`, urls)
    return own === current ? {} : { app_id: own.id }
  }
  const created = (await request('POST', 'Application/', { app_name: name, ...urls })).body as Raw
  return { app_id: must(created.appId, 'application id') }
}
