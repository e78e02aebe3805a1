import { exposedBy } from '../expose/capability.ts'
import { problem } from '../http/problem.ts'
import type { DigitalObject } from '../object/digital-object.ts'
import { mountOf } from '../object/mounts.ts'
import { callableMethods } from '../rest/methods.ts'
import type { AnyCollection } from '../rest/types.ts'

export interface McpOptions {
  /** Which of the exposed methods become tools. Default: all but those that hand out capabilities. */
  readonly methods?: readonly string[]
  /** Collections that may be read as resources, by name. Default: none. */
  readonly collections?: Readonly<Record<string, AnyCollection>>
  /** What the model is told of the object before it calls anything. */
  readonly instructions?: string
  /** Of the server. Default `1`. */
  readonly version?: string
  /**
   * Origins whose pages may speak to it, besides the one that createWorker was given as `origin` and, on this machine, its own.
   * Programs send none.
   */
  readonly origins?: readonly string[]
}

/**
 * An MCP server (https://modelcontextprotocol.io, Streamable HTTP) whose tools are exactly the object's exposed methods. Without
 * sessions: each request is whole in itself, so the object may hibernate between any two. At `POST /mcp`. The SDK is loaded with
 * the first request. @throws TypeError for a method that is not exposed, or whose name no tool can have.
 */
export function mcp(object: DigitalObject, options: McpOptions = {}): void {
  const callable = callableMethods(object, exposedBy(object))
  const unknown = options.methods?.find((name) => !callable.some((method) => method.name === name))
  if (unknown !== undefined)
    throw new TypeError(`mcp: "${unknown}" is no exposed method that answers data. Name it in "static methods".`)
  const methods = callable.filter(({ name }) => options.methods?.includes(name) ?? true)
  const nameless = methods.find(({ name }) => !/^[\w.-]{1,128}$/.test(name))
  if (nameless !== undefined)
    throw new TypeError(`mcp: "${nameless.name}" cannot name a tool. Use letters, digits, "_", "-" and ".".`)
  let loading: Promise<typeof import('./server.ts')> | undefined

  object.route('POST', '/mcp', async (context) => {
    refuseOtherOrigins(context.request, [...ownOrigin(object, context.url), ...(options.origins ?? [])])
    loading ??= import('./server.ts')
    const { serve } = await loading
    return serve({ object, methods, options, context })
  })
}

/** `Host` is no proof: a page whose name was turned to this address sends its own. */
function ownOrigin(object: DigitalObject, url: URL): readonly string[] {
  const here = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) ? [url.origin] : []
  const said = mountOf(object).origin(object.env)
  return URL.canParse(said) ? [...here, new URL(said).origin] : here
}

/**
 * A page on another site must not speak to a server on this machine or with this browser's credentials (DNS rebinding): the
 * specification asks to check it.
 */
function refuseOtherOrigins(request: Request, known: readonly string[]): void {
  const origin = request.headers.get('origin')
  if (origin === null || known.includes(origin)) return
  throw problem(403, 'forbidden', 'Pages of this origin are not spoken with. Name it in the options of mcp().')
}
