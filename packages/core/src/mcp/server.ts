import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import type { RequestContext } from '../http/context.ts'
import type { DigitalObject } from '../object/digital-object.ts'
import { readBody } from '../rest/body.ts'
import { callByName, type ExposedMethod } from '../rest/methods.ts'
import { baseOf } from '../rest/present.ts'
import { jsonSchemaOf } from '../rest/schemas.ts'
import { toolError } from './errors.ts'
import type { McpOptions } from './mcp.ts'
import { listed, readResource, templates } from './resources.ts'
import { invalidParams, McpError, requestSchema, Server, type ToolResult } from './sdk.ts'

export interface Serving {
  readonly object: DigitalObject
  readonly methods: readonly ExposedMethod[]
  readonly options: McpOptions
  readonly context: RequestContext
}

/** Answers one message. A server of the SDK serves one request, as the SDK demands of servers without sessions. */
export async function serve({ object, methods, options, context }: Serving): Promise<Response> {
  const { version = '1', instructions, collections = {} } = options
  const base = baseOf(context)
  // Too large, too deep and malformed ones are refused before the protocol looks at them.
  const { value } = await readBody(context.request)
  const server = new Server(
    { name: object.$type, version },
    {
      capabilities: { tools: {}, ...(Object.keys(collections).length > 0 ? { resources: {} } : {}) },
      ...(instructions === undefined ? {} : { instructions }),
      // Arguments are checked by the methods' own schemas; the SDK's default would compile code, which workerd forbids.
      jsonSchemaValidator: { getValidator: () => (input: unknown) => ({ valid: true, data: input, errorMessage: undefined }) },
    },
  )

  server.setRequestHandler(requestSchema('ListTools'), () => ({ tools: methods.map(toolOf) }))
  server.setRequestHandler(requestSchema('CallTool'), async ({ params }): Promise<ToolResult> => {
    const method = methods.find(({ name }) => name === params.name)
    if (method === undefined) throw new McpError(invalidParams, 'There is no tool of this name. List what there is.')
    try {
      return resultOf(await callByName(object, method, params.arguments ?? {}))
    } catch (error) {
      return toolError(error, context.requestId)
    }
  })
  if (Object.keys(collections).length > 0) {
    server.setRequestHandler(requestSchema('ListResources'), () => ({ resources: listed(base, collections) }))
    server.setRequestHandler(requestSchema('ListResourceTemplates'), () => ({ resourceTemplates: templates(base, collections) }))
    server.setRequestHandler(requestSchema('ReadResource'), ({ params }) => readResource(object, base, collections, params.uri))
  }

  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
  await server.connect(transport)
  try {
    return await transport.handleRequest(context.request, { parsedBody: value })
  } finally {
    await server.close()
  }
}

function toolOf({ name, options: { title, description, output }, reads, input }: ExposedMethod): object {
  const described = jsonSchemaOf(output, 'output')
  return {
    name,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    inputSchema: { ...input, type: 'object' },
    ...(described?.type === 'object' ? { outputSchema: { ...described, type: 'object' } } : {}),
    annotations: { readOnlyHint: reads, idempotentHint: reads },
  }
}

/** Every answer as text for models; one with fields also as data for programs. */
function resultOf(result: unknown): ToolResult {
  const text = typeof result === 'string' ? result : JSON.stringify(result ?? null)
  const structured = typeof result === 'object' && result !== null && !Array.isArray(result)
  return {
    content: [{ type: 'text', text }],
    ...(structured ? { structuredContent: JSON.parse(text) as Record<string, unknown> } : {}),
  }
}
