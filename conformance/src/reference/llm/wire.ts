/** The invented vendor's language: requests and answers as they are on the wire. */
export interface VendorPart {
  readonly kind: 'text' | 'thought' | 'call' | 'image' | 'file' | 'audio'
  readonly text?: string
  /** The vendor's seal on a thought or a call. */
  readonly seal?: string
  readonly id?: string
  readonly name?: string
  /** JSON as text. */
  readonly arguments?: string
  readonly type?: string
  /** Base64. */
  readonly data?: string
  readonly url?: string
}

export interface VendorTurn {
  readonly from: 'user' | 'model' | 'tool'
  readonly parts: readonly VendorPart[]
  /** The call that a tool answers. */
  readonly answers?: string
  readonly failed?: boolean
}

export interface VendorRequest {
  readonly model: string
  readonly stream?: boolean
  readonly system?: readonly string[]
  readonly turns: readonly VendorTurn[]
  readonly tools?: readonly { readonly name: string; readonly description?: string; readonly schema: object }[]
  readonly choice?: 'auto' | 'none' | 'must' | { readonly name: string }
  readonly shape?: object
  readonly json?: boolean
  readonly effort?: 'none' | 'little' | 'some' | 'much'
  readonly limit?: number
  readonly temperature?: number
  readonly top_p?: number
  readonly stop?: readonly string[]
  readonly seed?: number
}

export interface VendorCounts {
  /** All of the prompt, what came from the cache and what went into it included. */
  readonly prompt: number
  readonly cached: number
  readonly stored: number
  /** Thoughts included. */
  readonly output: number
  readonly thought: number
}

export interface VendorAnswer {
  readonly id: string
  readonly model: string
  readonly parts: readonly VendorPart[]
  readonly decline?: string
  readonly ended: string
  readonly counts: VendorCounts
}

/** One event of a stream. Slots of calls are the vendor's own numbers: they begin anywhere and leave gaps. */
export interface VendorEvent {
  readonly begin?: { readonly id: string; readonly model: string }
  readonly thought?: string
  readonly seal?: string
  readonly text?: string
  readonly decline?: string
  readonly call?: {
    readonly slot: number
    readonly id?: string
    readonly name?: string
    readonly arguments?: string
    readonly seal?: string
  }
  readonly audio?: string
  readonly ended?: string
  /** So far; the last ones count. */
  readonly counts?: VendorCounts
  readonly error?: { readonly code: string }
}

export const endMark = '[END]'
