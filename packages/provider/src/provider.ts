import { systemClock } from './clock.ts'
import type { AdapterOptions, Driver } from './driver.ts'
import { type Call, startCall } from './engine/call.ts'
import { runChange } from './engine/change.ts'
import { runCreate } from './engine/create.ts'
import { engineKey } from './engine/engine-key.ts'
import { type DriverFunction, type Member, membersKey } from './engine/member.ts'
import { checkMilliseconds, timesOf } from './engine/options.ts'
import { runPage } from './engine/pages.ts'
import { byPriority } from './engine/plan.ts'
import type { Engine, Policy } from './engine/policy.ts'
import { runCompute, runRead } from './engine/read.ts'
import { receive } from './engine/receive.ts'
import { streaming } from './engine/stream.ts'
import { tell } from './engine/within.ts'
import { ProviderError, refuse } from './errors.ts'
import { checkProviderName } from './handle.ts'
import { memoryIntents } from './intent.ts'
import { type CallOptions, type InterfaceDescription, isOperation, type OperationTree, type Provider } from './interface.ts'
import { listing } from './page.ts'
import { inSpan } from './telemetry.ts'

export interface ProviderOptions extends AdapterOptions {
  /** The vendor's production origin, which `baseUrl` replaces. */
  readonly defaultBaseUrl: string
}

/**
 * Makes the provider that users see of the driver that an adapter implements: validation, deadline, abort, intents,
 * telemetry, error classification, handles and paging live here, once.
 * @throws ProviderError `invalid_provider_name` or `invalid_option`.
 */
export function createProvider<Description extends InterfaceDescription<any, any, any, any>, Client>(
  description: Description,
  driver: Driver<Description, Client>,
  options: ProviderOptions,
): Provider<Description> & { readonly client: Promise<Client> } {
  const clock = options.clock ?? systemClock
  const { deadline, attemptTimeout } = options
  checkMilliseconds({ deadline, attemptTimeout, ...options.times }, driver.descriptor.vendor)
  const name = checkProviderName(options.name ?? driver.descriptor.vendor)
  const breakers = `${driver.descriptor.vendor}/${hostOf(options.baseUrl ?? options.defaultBaseUrl)}/${name}`
  const member: Member = {
    name,
    description,
    driver: driver as Driver,
    clock,
    senders: options.senders ?? [],
    aliases: options.aliases ?? {},
    webhookUrl: options.webhookUrl,
    breakerKeys: { read: `${breakers}/read`, write: `${breakers}/write` },
    functions: functionsOf(description, driver as Driver),
  }
  const policy: Policy = {
    clock,
    intents: options.intents ?? memoryIntents({ clock }),
    breakers: undefined,
    budget: undefined,
    ranking: byPriority,
    ...timesOf(description, options),
    commit: 'first',
    retries: 0,
    random: Math.random,
    rateLimitWait: 0,
    hedgeAfter: undefined,
    moveOnDecline: new Set(),
    onDegraded: undefined,
  }
  let client: Promise<Client> | undefined
  const provider = portable(name, { description, members: [member], scope: '', policy })
  return Object.defineProperty(provider, 'client', {
    enumerable: true,
    get: () => (client ??= driver.client()),
  }) as Provider<Description> & { readonly client: Promise<Client> }
}

function functionsOf(description: InterfaceDescription, driver: Driver): ReadonlyMap<string, DriverFunction> {
  const functions = new Map<string, DriverFunction>()
  for (const operation of description.flat.keys()) {
    let at: unknown = driver.operations
    for (const name of operation.split('.')) at = (at as Record<string, unknown> | undefined)?.[name]
    if (typeof at === 'function') functions.set(operation, at as DriverFunction)
  }
  return functions
}

function hostOf(baseUrl: string): string {
  const url = URL.parse(baseUrl)
  if (url !== null) return url.host
  throw refuse('invalid_option', '"baseUrl" must be an absolute URL, such as "https://api.example.com".', { field: 'baseUrl' })
}

/** Builds the object with the interface's operations over an engine. */
export function portable(name: string, engine: Engine): object {
  const { description, members } = engine
  const provider = {
    name,
    interface: description.name,
    supports: (capability: string, instance?: string) =>
      members.some(
        ({ name, driver }) =>
          (instance === undefined || instance === name) && driver.descriptor.capabilities[capability] === true,
      ),
    receive: (request: Request) => receive(engine, request),
    ...operations(engine, description.operations, ''),
  }
  // Not enumerable: a wrapper made by spreading is a wrapper, which failover would pass by.
  Object.defineProperties(provider, { [membersKey]: { value: members }, [engineKey]: { value: engine } })
  return Object.assign(provider, description.derive(provider))
}

function operations(engine: Engine, tree: OperationTree, prefix: string): object {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => {
      const operation = `${prefix}${key}`
      if (!isOperation(value)) return [key, operations(engine, value, `${operation}.`)]
      if (value.kind === 'stream')
        return [key, (input: unknown, options: CallOptions = {}) => streaming(engine, operation, input, options)]
      if (value.kind !== 'list')
        return [key, (input: unknown, options: CallOptions = {}) => run(engine, operation, input, options)]
      return [
        key,
        (input: unknown, options: CallOptions = {}) =>
          listing((cursor) => run(engine, operation, input, options, (call) => runPage(engine, call, cursor)) as Promise<never>),
      ]
    }),
  )
}

const runners = {
  create: runCreate,
  set: runChange,
  act: runChange,
  read: runRead,
  list: runRead,
  compute: runCompute,
  // A stream begins when it is read.
  stream: runCompute,
} as const

async function run(
  engine: Engine,
  operation: string,
  input: unknown,
  options: CallOptions,
  body?: (call: Call) => Promise<unknown>,
): Promise<unknown> {
  const call = await startCall(engine, operation, input, options)
  try {
    return await inSpan(call.name, { 'do.operation': call.name }, () => body?.(call) ?? runners[call.spec.kind](engine, call))
  } catch (error) {
    throw ProviderError.is(error) && error.operation === undefined ? error.with({ operation: call.name }) : error
  } finally {
    tell(options.onTrail, call.trail)
  }
}
