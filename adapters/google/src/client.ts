import { type AdapterOptions, createTransport, credential } from '@do/provider'
import type { GoogleGenAI } from '@google/genai/web'

export const vendorOrigin = 'https://generativelanguage.googleapis.com'

export interface GoogleOptions extends AdapterOptions {
  /** A key of the Gemini API. https://aistudio.google.com/apikey */
  readonly apiKey: string
}

/** The SDK's own object, and the way out that it goes. */
export interface Connection {
  readonly client: () => Promise<GoogleGenAI>
  readonly transport: typeof fetch
}

/**
 * The SDK's own object: constructed on first use, with no retries, nothing taken from the environment. It is the SDK's build for
 * the web in Node, too: the same code everywhere, without Google's own sign-in, of which the Gemini API has no use.
 */
export function connectionOf(options: GoogleOptions): Connection {
  const apiKey = credential(options, 'apiKey', 'google')
  const transport = createTransport({ vendorOrigins: [vendorOrigin], baseUrl: options.baseUrl, fetch: options.fetch })
  let client: Promise<GoogleGenAI> | undefined
  const load = async () => {
    const { GoogleGenAI } = await import('@google/genai/web')
    return new GoogleGenAI({
      apiKey,
      apiVersion: 'v1beta',
      httpOptions: {
        baseUrl: vendorOrigin,
        // Without `retryOptions` the SDK sends each request once.
        fetch: transport,
      },
    })
  }
  return { client: () => (client ??= load()), transport }
}

/** The same object without its undefined members. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const result: { [name: string]: unknown } = {}
  for (const name in value) if (value[name] !== undefined) result[name] = value[name]
  return result as never
}
