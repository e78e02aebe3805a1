import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Handle } from './handle.ts'
import type { Listing } from './page.ts'
import type { Streaming } from './streaming.ts'

/**
 * What an operation does to the world, which decides how it may be repeated:
 * `create` makes a new thing (dangerous to repeat); `set` states an absolute value (safe to repeat at the same vendor);
 * `act` does something to an existing thing (not repeated); `read` and `list` change nothing; `compute` changes nothing either,
 * but each attempt costs money, so it is repeated with care; `stream` is a `compute` whose answer comes piece by piece.
 */
export type OperationKind = 'create' | 'set' | 'act' | 'read' | 'list' | 'compute' | 'stream'

/** How the wrapper chooses a provider. */
export type Routing =
  /** Any provider can do it: the order decides, failover applies. */
  | 'any'
  /** The thing lives at one provider, named by the handle in the input. */
  | 'handle'
  /** Each provider has its own part of the list: all are read, one after the other. */
  | 'all'
  /** Only the first provider in the order that takes the input: another one's answer would be about something else. */
  | 'first'

/** What the planner knows of a provider instance when it prepares an input for it. */
export interface Instance {
  readonly name: string
  /** The adapter's own word for its vendor: `openai`. */
  readonly vendor: string
  /** Numbers and names that this instance may send from. Empty: not configured, anything goes. */
  readonly senders: readonly string[]
  /** What names of ours mean at this instance: `fast` is its `gpt-5-mini`. */
  readonly aliases: Readonly<Record<string, string>>
  /** The names of all instances that stand beside it, its own among them. */
  readonly peers: readonly string[]
}

/** What the engine must know of a stream's pieces to change the provider safely and to tell an end from a break. */
export interface StreamRules<Piece> {
  /** Is this the first that the reader can see or use? What comes before is held back, and until then another provider may take over. */
  readonly commits: (piece: Piece) => boolean
  /** Is this the last one of a whole answer? A stream that stops without it was cut. */
  readonly ends: (piece: Piece) => boolean
}

export interface OperationSpec<Given = any, In = any, Out = any, Kind extends OperationKind = OperationKind> {
  readonly kind: Kind
  readonly routing: Routing
  readonly input: StandardSchemaV1<Given, In>
  readonly output: StandardSchemaV1<any, Out>
  /** Where the handle is: '' when the input itself is the handle, otherwise a path such as `id` or `event.call`. */
  readonly handle: string | undefined
  /** One sentence for the docs table and the MCP face. */
  readonly title: string
  /** Capabilities that a given input needs, beyond the operation itself. */
  readonly needs: (input: In) => readonly string[]
  /** Fits the input to one provider (for example: picks one of its senders). Refuses with `elsewhere` where it cannot. */
  readonly prepare: (input: In, instance: Instance) => In
  /** The inputs to try, best first, each at every provider that takes it. Default: the input alone. */
  readonly chain: (input: In) => readonly In[]
  /** The one instance that an input is addressed to, by its name; undefined where any may do it. */
  readonly addressee: (input: In, instances: readonly string[]) => string | undefined
  /** What one of them asks for, for the trail: the model. */
  readonly variant: ((input: In) => string) | undefined
  readonly stream: StreamRules<any> | undefined
}

interface Options<Given, In, Out> {
  readonly title: string
  readonly input: StandardSchemaV1<Given, In>
  readonly output: StandardSchemaV1<any, Out>
  /**
   * Path of the handle in the input, or '' when the input is the handle. Makes the operation sticky. A list may go without:
   * it then reads all providers.
   */
  readonly handle?: string
  /** `first`: no other provider may do it instead, since what is made (a customer, a price) is good for nothing elsewhere. */
  readonly routing?: 'first'
  readonly needs?: (input: In) => readonly string[]
  readonly prepare?: (input: In, instance: Instance) => In
  readonly chain?: (input: In) => readonly In[]
  readonly addressee?: (input: In, instances: readonly string[]) => string | undefined
  readonly variant?: (input: In) => string
}

function operation<Kind extends OperationKind>(kind: Kind, routing: Routing) {
  return <Given, In, Out>(options: Options<Given, In, Out>): OperationSpec<Given, In, Out, Kind> => ({
    kind,
    routing: options.handle === undefined || kind === 'list' ? (options.routing ?? routing) : 'handle',
    input: options.input,
    output: options.output,
    handle: options.handle,
    title: options.title,
    needs: options.needs ?? (() => []),
    prepare: options.prepare ?? ((input) => input),
    chain: options.chain ?? ((input) => [input]),
    addressee: options.addressee ?? (() => undefined),
    variant: options.variant,
    stream: undefined,
  })
}

/** Makes a new thing, once. With an idempotency key the same call gives the same thing. */
export const create = operation('create', 'any')
/** States how an existing thing shall be. Repeating it changes nothing. */
export const set = operation('set', 'any')
/** Does something to an existing thing. */
export const act = operation('act', 'any')
/** Reads one answer. Without a handle, any provider may give it. */
export const read = operation('read', 'any')
/** Works something out: changes nothing, costs something. Any provider may do it. */
export const compute = operation('compute', 'any')
/** As `compute`, with an answer in pieces. `output` is the schema of one piece. */
export const stream = <Given, In, Out>(
  options: Options<Given, In, Out> & { readonly rules: StreamRules<Out> },
): OperationSpec<Given, In, Out, 'stream'> => ({
  ...operation('stream', 'any')<Given, In, Out>(options),
  stream: options.rules,
})
/** Reads what each provider has, page by page. `output` is the schema of one item. */
export const list = operation('list', 'all')
/** Reads pages that any one provider can give (a catalogue). `output` is the schema of one item. */
export const search = operation('list', 'any')

export type OperationTree = { readonly [name: string]: OperationSpec | { readonly [name: string]: OperationSpec } }

/** Normalised events all have a type and the vendor's event id (for de-duplication). */
export interface EventBase {
  readonly type: string
  /** The vendor's event id, or one derived from the facts where the vendor gives none: equal for a repeated delivery. */
  readonly eventId: string
}

/** What no adapter knows is passed on, never dropped and never thrown. */
export interface UnknownEvent extends EventBase {
  readonly type: 'unknown'
  readonly raw: unknown
}

export interface InterfaceDescription<
  Name extends string = string,
  Tree extends OperationTree = OperationTree,
  Event extends EventBase = EventBase,
  Derived extends object = object,
> {
  readonly name: Name
  readonly operations: Tree
  /** All operations by their dotted name, in order of declaration. */
  readonly flat: ReadonlyMap<string, OperationSpec>
  /** Capabilities that not every vendor has, each with a sentence that says what it is. */
  readonly capabilities: Readonly<Record<string, string>>
  readonly event: StandardSchemaV1<any, Event>
  /** Operations made of the others, written once for every provider. */
  readonly derive: (provider: any) => Derived
  /** Times where nobody says otherwise. */
  readonly times: Partial<Times>
}

/** How long is waited, in milliseconds. */
export interface Times extends StreamTimes {
  /** Total time of one call, all attempts together. Default 30,000. */
  readonly deadline: number
  /** Most time of one attempt that is no stream. Default 10,000. */
  readonly attemptTimeout: number
}

/**
 * From when on a stream is seen, and nobody else can take over. `first` (default): from its first real piece; what breaks later is an
 * error. `whole`: all of it is held back until it has ended well, so another provider may take over however late one breaks.
 */
export type StreamCommit = 'first' | 'whole'

/** Times of a stream, beside its total (`deadline`), in milliseconds. */
export interface StreamTimes {
  /** Until the vendor answers at all. Default 10,000. */
  readonly connect: number
  /** Until the first piece that commits, counted from the start of the attempt. Default 30,000. */
  readonly firstOutput: number
  /** Between two pieces after that, while somebody waits for one. Default 30,000. */
  readonly idle: number
}

/**
 * Describes an interface once. Types, validation, failover routing, telemetry names, remote faces and the count of
 * conformance coverage all derive from this one description.
 */
export function defineInterface<
  const Name extends string,
  const Tree extends OperationTree,
  Event extends EventBase,
  Derived extends object = {},
>(
  name: Name,
  definition: {
    readonly operations: Tree
    readonly capabilities: Readonly<Record<string, string>>
    readonly event: StandardSchemaV1<any, Event>
    readonly derive?: (provider: ProviderOf<Tree, Event>) => Derived
    readonly times?: Partial<Times>
  },
): InterfaceDescription<Name, Tree, Event, Derived> {
  const flat = new Map<string, OperationSpec>()
  for (const [key, value] of Object.entries(definition.operations)) {
    if (isOperation(value)) flat.set(key, value)
    else for (const [inner, spec] of Object.entries(value)) flat.set(`${key}.${inner}`, spec)
  }
  return {
    name,
    operations: definition.operations,
    flat,
    capabilities: definition.capabilities,
    event: definition.event,
    derive: definition.derive ?? (() => ({}) as Derived),
    times: definition.times ?? {},
  }
}

export function isOperation(value: unknown): value is OperationSpec {
  return typeof value === 'object' && value !== null && 'kind' in value && 'input' in value
}

/** What every operation takes beside its input. */
export interface CallOptions {
  /** The same key gives the same result, however often it is called, for as long as intents are kept (24 h by default). */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
  /** Total time for this call, all attempts together, in milliseconds. */
  readonly deadline?: number
  /** For streams: how long the vendor may be silent. */
  readonly times?: Partial<StreamTimes>
  /** For streams: from when on the reader sees them. Default: as the provider's own option says. */
  readonly commit?: StreamCommit
  /**
   * What to do when nobody can tell whether the vendor acted. `fail` (default) throws OutcomeUnknownError;
   * `duplicate-ok` goes on to the next provider, because a second copy is harmless here.
   */
  readonly onUnknown?: 'fail' | 'duplicate-ok'
  /** Receives the decision record, also when the call succeeds. What it throws is ignored. */
  readonly onTrail?: (trail: import('./outcome.ts').Trail) => void
}

type Call<Spec> =
  Spec extends OperationSpec<infer Given, any, infer Out, infer Kind>
    ? Kind extends 'list'
      ? (input?: Given, options?: CallOptions) => Listing<Out>
      : Kind extends 'stream'
        ? (input: Given, options?: CallOptions) => Streaming<Out>
        : (input: Given, options?: CallOptions) => Promise<Out>
    : never

type Calls<Tree> = {
  readonly [K in keyof Tree]: Tree[K] extends OperationSpec ? Call<Tree[K]> : Calls<Tree[K]>
}

export interface ProviderBase<Event extends EventBase = EventBase> {
  /** The instance name, the first part of every handle it gives. */
  readonly name: string
  /** Which interface this is: `sms`, `telephony`. */
  readonly interface: string
  /** Does it have this declared capability? For a wrapper: does any member, or the `instance` of this name? */
  supports(capability: string, instance?: string): boolean
  /**
   * Verifies a vendor's webhook on its raw bytes and normalises it.
   * @throws ProviderError `webhook_signature`, `webhook_expired` or `webhook_unrecognised`.
   */
  receive(request: Request): Promise<readonly Event[]>
}

export type ProviderOf<Tree, Event extends EventBase> = Calls<Tree> & ProviderBase<Event>

/** The provider type of an interface description. */
export type Provider<Description> =
  Description extends InterfaceDescription<string, infer Tree, infer Event, infer Derived>
    ? ProviderOf<Tree, Event> & Derived
    : never

/** Reads the handle out of a validated input, by the operation's own declaration. */
export function handleIn(spec: OperationSpec, input: unknown): Handle | undefined {
  if (spec.handle === undefined) return undefined
  let value = input
  for (const name of spec.handle === '' ? [] : spec.handle.split('.'))
    value = (value as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : undefined
}
