import type { Clock } from './clock.ts'
import type { Handle } from './handle.ts'
import type { IntentStore } from './intent.ts'
import type { EventBase, InterfaceDescription, OperationSpec, StreamTimes, UnknownEvent } from './interface.ts'
import type { Effect, Fault } from './outcome.ts'
import type { Page } from './page.ts'

/** How one vendor does one mutating operation. */
export interface OperationSemantics {
  /**
   * `keyed`: the vendor honours an idempotency key. `referenced`: no key, but the thing can be found again.
   * `opaque`: neither. `convergent`: repeating it changes nothing.
   */
  readonly class: 'keyed' | 'referenced' | 'opaque' | 'convergent'
  /** How long the vendor remembers a key, in milliseconds. */
  readonly keyWindowMs?: number
  /**
   * A decline is kept with its key, too: a request that was slower than its repetition is declined like it. Only then does a
   * decline of the repetition prove that the first try did nothing, and never will.
   */
  readonly keepsDeclines?: true
  /** After this long, "not found" is final, in milliseconds. */
  readonly settleMs?: number
  /** What `find` compares: our own reference, the content, or only the recipient and the time. */
  readonly find?: 'reference' | 'content' | 'recipient'
  /**
   * How many mutating requests one attempt of a `create` may send. Default 1. More only where the first makes the thing
   * and the others state its settings: when those fail, the adapter answers the thing as it is, since it is made.
   */
  readonly requests?: number
}

/** What an adapter says of its vendor. Data, so that docs, matrix, planner and suite read the same facts. */
export interface Descriptor {
  /** The vendor, lower case: also the default instance name. */
  readonly vendor: string
  /** The vendor's API reference. */
  readonly docs: string
  /** Declared capabilities: true, or the reason why not (shown in the matrix). */
  readonly capabilities: Readonly<Record<string, true | string>>
  /** Numbers that bound the input, by name (for example `bodyLength`, `media`). */
  readonly limits: Readonly<Record<string, number>>
  /** How each mutating operation behaves, by dotted name. */
  readonly operations: Readonly<Record<string, OperationSemantics>>
}

/** What a driver function gets beside its input. */
export interface DriverContext {
  /** Aborts at the deadline of the attempt or when the caller gives up. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** The vendor idempotency key of this intent: stable over retries, different for each provider. */
  readonly key: string
  /** Our short reference (`do-` and 32 hex digits): send it where the vendor keeps it, so that `find` can look for it. */
  readonly reference: string
  /** Epoch milliseconds of the first dispatch of this intent. */
  readonly since: number
  /** Makes a handle of the vendor's id. */
  handle(id: string): Handle
  /** The vendor's id in a handle. The kernel has already checked that it belongs to this provider. */
  id(handle: Handle): string
}

/**
 * What `find` gets: it must not answer with things that another intent already owns. What the vendor kept although it
 * declined (a failed charge) is no answer either: throw a `VendorRefusal` of the vendor's code for it.
 */
export interface FindContext extends DriverContext {
  /** Epoch milliseconds by which the last request of this intent has ended on our side: hours after `since`, where it was repeated. */
  readonly until: number
  claimed(handle: Handle): Promise<boolean>
}

/** A webhook request whose body has been read once, as bytes. */
export interface WebhookRequest {
  readonly method: string
  /** As the vendor saw it (after `webhookUrl` of the options has replaced origin and path, where given). */
  readonly url: string
  /** As the request itself says. An account may have more webhook URLs than `webhookUrl` (a number's own, a redirect's). */
  readonly seenUrl?: string
  readonly headers: Headers
  readonly body: Uint8Array<ArrayBuffer>
  readonly text: string
}

type DriverCall<Spec> =
  Spec extends OperationSpec<any, infer In, infer Out, infer Kind>
    ? Kind extends 'list'
      ? (input: In & { cursor?: string }, context: DriverContext) => Promise<Page<Out>>
      : Kind extends 'stream'
        ? (input: In, context: DriverContext) => Promise<AsyncIterable<Out>>
        : (input: In, context: DriverContext) => Promise<Out>
    : never

export type DriverCalls<Tree> = {
  readonly [K in keyof Tree]?: Tree[K] extends OperationSpec ? DriverCall<Tree[K]> : DriverCalls<Tree[K]>
}

/** One row of an adapter's error table: what a vendor's code means. */
export interface Verdict {
  readonly code: string
  readonly effect: Effect
  readonly fault: Fault
  /** Our sentence: what was wrong and what to do. Never the vendor's text, which may quote the request. */
  readonly message: string
  /** Another provider may be asked although the fault is the caller's or a policy. */
  readonly elsewhere?: boolean
  /** The vendor's page on this code. */
  readonly see?: string
}

/** What an adapter reads out of its SDK's error; everything else (status, headers, network) the transport has seen. */
export interface VendorFault {
  readonly vendorCode?: string | undefined
  readonly retryAfterMs?: number | undefined
  readonly requestId?: string | undefined
  /** The input field that the vendor complains about, in our naming. */
  readonly field?: string | undefined
  /** The vendor's id of what it made or kept although it refused (a declined payment). */
  readonly thing?: string | undefined
}

/** The small thing that an adapter implements: plain functions that map to the vendor's SDK and back. */
export interface Driver<Description extends InterfaceDescription<any, any, any, any> = InterfaceDescription, Client = unknown> {
  readonly descriptor: Descriptor
  /** The vendor's own SDK object, constructed on first use with its retries off. */
  readonly client: () => Promise<Client>
  readonly operations: Description extends InterfaceDescription<any, infer Tree, any, any> ? DriverCalls<Tree> : never
  /** Finds what an intent made, when its answer was lost. By dotted operation name. */
  readonly find?: {
    readonly [operation: string]: (input: any, context: FindContext) => Promise<unknown | undefined>
  }
  /** A last check before anything is sent, for what only this vendor refuses. Throws by `refuse(...)`. */
  readonly check?: (operation: string, input: any) => void
  /** Reads the vendor's code out of the SDK's error. */
  readonly fault: (error: unknown) => VendorFault
  /** The vendor's codes. Statuses that are not in it follow the default HTTP table. */
  readonly errors: Readonly<Record<string, Verdict>>
  /** `noWebhooks` where the vendor sends none. */
  readonly webhooks: {
    /** Is this request of this vendor at all (by its headers)? */
    recognises(headers: Headers): boolean
    /** Verifies and normalises. Throws `webhookError(...)`. */
    receive(
      request: WebhookRequest,
      context: Pick<DriverContext, 'clock' | 'handle'>,
    ): Promise<readonly (DescriptionEvent<Description> | UnknownEvent)[]>
  }
}

type DescriptionEvent<Description> = Description extends InterfaceDescription<any, any, infer Event, any> ? Event : EventBase

/** Options that every adapter takes beside its credentials. */
export interface AdapterOptions {
  /** Instance name, when one vendor is used twice. Default: the vendor's name. */
  readonly name?: string
  /** Where the vendor is. Default: the vendor's own host. */
  readonly baseUrl?: string
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch
  readonly clock?: Clock
  /** Where the vendor shall send webhooks, as the vendor sees it. Also the URL that signatures are checked against. */
  readonly webhookUrl?: string
  /** Numbers (E.164) and names that this instance may send and call from. Without `from`, one of them is taken. */
  readonly senders?: readonly string[]
  /** What names of ours mean here: `{ fast: 'gpt-5-mini' }`. */
  readonly aliases?: Readonly<Record<string, string>>
  /** Where intents are written. Default: this process's memory. A wrapper uses its own store instead. */
  readonly intents?: IntentStore
  /** Total time of one call, in milliseconds. Default: the interface's, mostly 30,000. */
  readonly deadline?: number
  /** Most time of one attempt, in milliseconds. Default: the interface's, mostly 10,000. */
  readonly attemptTimeout?: number
  /** For streams: how long the vendor may be silent. */
  readonly times?: Partial<StreamTimes>
}
