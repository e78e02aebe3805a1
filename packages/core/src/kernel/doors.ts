import { refuse } from '@do/provider'
import { fromWire } from '../expose/errors.ts'
import { type ObjectAddress, reach } from '../object/reach.ts'
import type { Json } from '../storage/json.ts'
import { type CallContext, plainCall, withCall } from './call-context.ts'

export type DoorHandler = (payload: unknown, call: CallContext) => unknown

/**
 * Between objects of one worker: named doors for the rooms' own traffic (change batches, events, life cycle). Only objects
 * of this worker hold the bindings that lead here; nothing of it is reachable from outside.
 */
export interface Doors {
  /** Opens a door. Once for each name, in the constructor. */
  on(name: string, handler: DoorHandler): void
  /** Somebody knocks. @throws ProviderError `unknown_door` */
  open(name: string, payload: unknown, call: CallContext | undefined): Promise<unknown>
  /**
   * Calls another object's door; payload and answer are JSON. The call context travels along.
   * @throws ProviderError `unknown_object`; what the door throws, typed again; the platform's error when the object died.
   */
  knock(address: ObjectAddress | string, name: string, payload: Json): Promise<unknown>
}

export interface DoorStub {
  $door(name: string, payload: unknown, call: CallContext | undefined): Promise<unknown>
}

export function createDoors(reachable: (address: ObjectAddress | string) => { readonly stub: unknown }): Doors {
  const handlers = new Map<string, DoorHandler>()
  return {
    on: (name, handler) => {
      if (handlers.has(name)) throw new TypeError(`The door "${name}" is open already.`)
      handlers.set(name, handler)
    },
    open: async (name, payload, call = { requestId: crypto.randomUUID() }) => {
      const handler = handlers.get(name)
      if (handler === undefined) {
        throw refuse('unknown_door', `This object has no door "${name}". Deploy the same version of the runtime everywhere.`)
      }
      return withCall(call, () => handler(payload, call))
    },
    knock: (address, name, payload) => knockAt(reachable(address).stub, name, payload, plainCall()),
  }
}

/** @throws what the door throws, typed again; the platform's error when the object died. */
async function knockAt(stub: unknown, name: string, payload: unknown, call?: CallContext): Promise<unknown> {
  try {
    return await (stub as DoorStub).$door(name, payload, call)
  } catch (error) {
    throw fromWire(error)
  }
}

/**
 * Calls a door of an object from the worker in front of it, which holds the binding. Payload and answer are what structured clone
 * takes.
 * @throws ProviderError `unknown_object`, `no_binding`; what the door throws
 */
export const knock = (env: unknown, address: ObjectAddress, name: string, payload: unknown): Promise<unknown> =>
  knockAt(reach(env, address).stub, name, payload)
