import { refuse } from '@do/provider'
import { currentCall } from '../kernel/call-context.ts'
import { checkKey, encodeJson, type Json, sameJson } from '../storage/json.ts'
import { validate } from '../storage/schema.ts'
import { checkWhole, concurrencyOf, maxTimeoutMs } from './definitions.ts'
import type { Room } from './room.ts'
import type { RunRow } from './run-row.ts'
import type { ActionDefinition, ActionKind, ActionOptions } from './types.ts'

/** What rooms of this package may ask for beyond what users may. */
export interface InternalOptions extends ActionOptions {
  /** Its own id, where somebody must know it beforehand. */
  readonly id?: string
  /** Later stages wait for the first attempts of this one. */
  readonly stage?: string
  /** The stage that this one waits for. */
  readonly afterStage?: string
  /** The run that this one compensates. */
  readonly of?: string
}

export interface Created {
  readonly row: RunRow
  readonly definition: ActionDefinition
  /** False when the key has led to a run that was there. */
  readonly made: boolean
}

/** Writes a run down, after everything about it was checked. A `try` is written as running already. */
export function createRun(room: Room, kind: ActionKind, name: string, given: Json, options: InternalOptions): Created {
  const { kernel, table, definitions } = room
  const version = options.version ?? definitions.newest(name) ?? 0
  const definition = definitions.get(name, version)
  if (definition === undefined) throw unknown(name, options.version)
  const { key, attempts = definition.retries?.attempts ?? 5, timeoutMs = definition.timeoutMs ?? 60_000 } = options
  const totalMs = options.totalMs ?? definition.totalMs ?? null
  checkWhole(attempts, 'attempts', 1_000)
  checkWhole(timeoutMs, 'timeoutMs', maxTimeoutMs)
  checkWhole(totalMs ?? undefined, 'totalMs')
  if (key !== undefined) checkKey(key, 'The key of an action')
  const now = room.now()
  const at = options.at ?? now
  if (!Number.isFinite(at)) throw refuse('invalid_time', 'The time of an action is in epoch milliseconds.', { field: 'at' })
  const what = `The input of "${name}"`
  const plain = kind === 'compensate' || definition.input === undefined
  const checked = plain ? given : validate(definition.input, given, what)
  const input = encodeJson(checked ?? null, what, 16_384)
  const lane = kind === 'compensate' ? undefined : concurrencyOf(definition).key?.(checked)
  const due = Math.max(Math.floor(at), 0)
  const begun = kind === 'try'

  return kernel.transaction(() => {
    const known = key === undefined ? undefined : table.byKey(key)
    if (known !== undefined) {
      if (known.name === name && sameJson(JSON.parse(known.input), JSON.parse(input)))
        return { row: known, definition, made: false }
      throw refuse(
        'idempotency_key_reused',
        `This key belongs to another run of "${known.name}". Use another key for another wish.`,
        {
          field: 'key',
        },
      )
    }
    kernel.exists()
    const row = table.insert({
      id: options.id ?? crypto.randomUUID(),
      key: key ?? null,
      name,
      version,
      kind,
      state: begun ? 'running' : 'pending',
      // A try is looked for when it must be over: if this life ends before, its record shall say so.
      due: begun ? now + timeoutMs + room.options.deadManMs : due,
      gate: options.afterStage === undefined ? null : `s:${options.afterStage}`,
      stage: options.stage ?? null,
      lane: lane === undefined ? null : `${name}:${lane}`,
      runner: begun ? room.life : null,
      attempts: begun ? 1 : 0,
      max_attempts: attempts,
      timeout_ms: timeoutMs,
      total_ms: totalMs,
      deadline: totalMs === null ? null : due + totalMs,
      input,
      result: null,
      waits: null,
      error_name: null,
      error_code: null,
      error_step: null,
      reason: null,
      parent: options.of ?? null,
      trace: trace(),
      started_at: begun ? now : null,
      created_at: now,
      updated_at: now,
      finished_at: null,
      forget_at: null,
    })
    room.arm()
    return { row, definition, made: true }
  })
}

/** Of the call that asks, what still means something when it is over. */
function trace(): string | null {
  const call = currentCall()
  if (call === undefined) return null
  const { requestId, traceparent, principal } = call
  return JSON.stringify({ requestId, traceparent, principal })
}

function unknown(name: string, version: number | undefined) {
  const what = version === undefined ? `action "${name}"` : `version ${version} of the action "${name}"`
  return refuse('unknown_action', `There is no ${what}. Call actions.define in the constructor.`, { field: 'name' })
}
