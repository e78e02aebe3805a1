// The SDK's own types are worked out of its schemas, which takes the compiler seconds in every project that imports them: what is used
// of it stands here as plain types.
import { Server as SdkServer } from '@modelcontextprotocol/sdk/server/index.js'
import * as sdk from '@modelcontextprotocol/sdk/types.js'

type Handler = (request: { readonly params: Params }) => unknown

interface Params {
  readonly name: string
  readonly uri: string
  readonly arguments?: Readonly<Record<string, unknown>>
}

export interface Server {
  setRequestHandler(schema: unknown, handler: Handler): void
  connect(transport: unknown): Promise<void>
  close(): Promise<void>
}

export interface ToolResult {
  readonly isError?: true
  readonly content: readonly { readonly type: 'text'; readonly text: string }[]
  readonly structuredContent?: Readonly<Record<string, unknown>>
}

type ServerClass = new (info: { name: string; version: string }, options: object) => Server
type ErrorClass = new (code: number, message: string, data?: unknown) => Error
type SchemaName = 'CallTool' | 'ListTools' | 'ListResources' | 'ListResourceTemplates' | 'ReadResource'

export const Server = SdkServer as unknown as ServerClass
export const McpError = sdk.McpError as ErrorClass
export const invalidParams = -32_602
export const internalError = -32_603

/** The SDK's schema of a request, by its name. */
export function requestSchema(name: SchemaName): unknown {
  return (sdk as Readonly<Record<string, unknown>>)[`${name}RequestSchema`]
}
