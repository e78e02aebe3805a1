/** What one object holds, without what its users have stored in it: for whoever runs it. */
export interface Inspection {
  readonly record: {
    readonly id: string
    readonly type: string
    readonly context: string | null
    readonly version: number
    readonly createdAt: string | null
    readonly updatedAt: string | null
  } | null
  readonly state: { readonly keys: number; readonly bytes: number }
  readonly collections: readonly { readonly name: string; readonly documents: number }[]
  readonly jobs: { readonly byState: Counts; readonly next: string | null; readonly listed: readonly Waiting[] }
  readonly actions: { readonly byState: Counts; readonly listed: readonly Waiting[] }
  readonly schedules: readonly { readonly name: string; readonly state: string; readonly next: string | null }[]
  readonly intents: { readonly byState: Counts }
  readonly changes: readonly { readonly table: string; readonly rows: number }[]
  readonly children: { readonly byType: Counts }
  /** Dead jobs and failed or uncertain actions: what somebody has to decide. */
  readonly deadLetters: readonly Waiting[]
  readonly rpc: { readonly sessions: number; readonly calls: Counts }
}

export type Counts = Readonly<Record<string, number>>

/** Something that waits, runs or has failed; never with its input or result. */
export interface Waiting {
  readonly kind: 'job' | 'action'
  readonly id: string
  readonly name: string
  readonly state: string
  readonly attempts: number
  /** ISO 8601; when it is due. */
  readonly due: string | null
  /** Code of the last error. */
  readonly error: string | null
}
