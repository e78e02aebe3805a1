import type { Driver, Verdict } from '../driver.ts'
import { ProviderError, VendorRefusal } from '../errors.ts'
import { formatHandle } from '../handle.ts'
import type { Effect, Fault } from '../outcome.ts'
import { type AttemptRecord, sentNothing } from './attempt.ts'

interface Default {
  readonly code: string
  readonly effect: Effect
  readonly fault: Fault
  readonly message: string
}

/** What a status means where the adapter's table does not know better. Absent statuses are `unknown`. */
const byStatus: Readonly<Record<number, Default>> = {
  400: {
    code: 'invalid_input',
    effect: 'none',
    fault: 'caller',
    message: 'The vendor refused the input as invalid. Check the fields.',
  },
  401: {
    code: 'unauthorized',
    effect: 'none',
    fault: 'credential',
    message: 'The vendor refused the credential. Replace it in the configuration.',
  },
  402: {
    code: 'payment_required',
    effect: 'none',
    fault: 'quota',
    message: 'The account has no credit left. Top it up at the vendor.',
  },
  403: {
    code: 'forbidden',
    effect: 'none',
    fault: 'credential',
    message: 'The credential may not do this. Give it the permission at the vendor.',
  },
  404: {
    code: 'not_found',
    effect: 'none',
    fault: 'caller',
    message: 'The vendor does not know this thing. It may have been deleted.',
  },
  405: { code: 'invalid_input', effect: 'none', fault: 'caller', message: 'The vendor does not allow this here.' },
  410: { code: 'not_found', effect: 'none', fault: 'caller', message: 'The thing is gone at the vendor.' },
  413: { code: 'invalid_input', effect: 'none', fault: 'caller', message: 'The input is too large for the vendor.' },
  415: { code: 'invalid_input', effect: 'none', fault: 'caller', message: 'The vendor does not take this kind of content.' },
  422: {
    code: 'invalid_input',
    effect: 'none',
    fault: 'caller',
    message: 'The vendor refused the input as invalid. Check the fields.',
  },
  429: {
    code: 'rate_limited',
    effect: 'none',
    fault: 'quota',
    message: 'The vendor limits the rate. Wait for retryAfterMs, or raise the limit there.',
  },
}

const requestIdHeaders = ['twilio-request-id', 'x-request-id', 'request-id', 'x-plivo-request-id', 'cf-ray']

export interface AttemptFailure {
  readonly provider: string
  readonly operation: string
  readonly record: AttemptRecord
  /** Why the attempt was aborted, if it was. */
  readonly aborted: 'timeout' | 'cancelled' | undefined
  /** The operation changes nothing, so whatever went wrong had no effect. */
  readonly harmless: boolean
  /** The adapter did answer, with something that does not have the promised shape. */
  readonly answered: boolean
  readonly now: number
}

/** Turns whatever an SDK threw into a verdict on effect and fault. What is not proved to be `none` is `unknown`. */
export function classify(error: unknown, driver: Driver, failure: AttemptFailure): ProviderError {
  const { provider, operation, record, aborted } = failure
  if (ProviderError.is(error) && aborted === undefined && (record.requests === 0 || error.code === 'sdk_retry_blocked')) {
    const blocked = error.code === 'sdk_retry_blocked' ? { effect: 'unknown' as const } : {}
    return error.with({ provider, operation, ...blocked, ...(failure.harmless ? { effect: 'none' as const } : {}) })
  }
  // What an adapter says of an answer that it has read to its end. Only of reads: there its word can hide no effect.
  if (ProviderError.is(error) && aborted === undefined && failure.harmless && isAboutAnswer(error, record))
    return error.with({ provider, operation, effect: 'none' })
  const vendor = readFault(error, driver)
  const refused = error instanceof VendorRefusal
  const vendorCode = refused ? error.vendorCode : vendor.vendorCode
  const verdict = judge(vendorCode, driver.errors, failure, refused)
  return new ProviderError({
    ...verdict,
    effect: failure.harmless ? 'none' : bounded(verdict.effect, record),
    provider,
    operation,
    field: vendor.field,
    status: record.status,
    vendorCode,
    handle: vendor.thing === undefined ? undefined : formatHandle(provider, vendor.thing),
    retryAfterMs: vendor.retryAfterMs ?? retryAfter(record.headers, failure.now),
    requestId: vendor.requestId ?? requestId(record.headers),
    elsewhere: verdict.elsewhere,
    cause: error,
  })
}

const isAboutAnswer = ({ code, fault }: ProviderError, { status, network }: AttemptRecord): boolean =>
  code === 'not_json' && fault === 'provider' && network === undefined && status !== undefined && status < 400

/** A `create` of several requests: the last one's refusal does not speak for those before it. */
function bounded(effect: Effect, record: AttemptRecord): Effect {
  return effect === 'none' && record.doubtful && Number.isFinite(record.mutations) ? 'unknown' : effect
}

function readFault(error: unknown, driver: Driver) {
  try {
    return driver.fault(error)
  } catch {
    return {}
  }
}

const unreadable: Verdict = {
  code: 'unreadable_answer',
  effect: 'unknown',
  fault: 'provider',
  message: 'The vendor answered something that cannot be read.',
}

function judge(
  vendorCode: string | undefined,
  table: Readonly<Record<string, Verdict>>,
  failure: AttemptFailure,
  refused: boolean,
): Verdict {
  const { record, aborted } = failure
  if (failure.answered) return unreadable
  if (aborted === 'cancelled') {
    return sentNothing(record)
      ? { code: 'cancelled', effect: 'none', fault: 'cancelled', message: 'The caller gave up before anything was sent.' }
      : { code: 'cancelled', effect: 'unknown', fault: 'cancelled', message: 'The caller gave up while the vendor was at it.' }
  }
  if (aborted === 'timeout') {
    return sentNothing(record)
      ? { code: 'timeout', effect: 'none', fault: 'network', message: 'The time ran out before anything was sent.' }
      : { code: 'timeout', effect: 'unknown', fault: 'network', message: 'The vendor did not answer in time.' }
  }
  if (record.network === 'refused') {
    return { code: 'unreachable', effect: 'none', fault: 'network', message: 'No connection to the vendor. Nothing was sent.' }
  }
  if (record.network === 'broken') {
    return {
      code: 'connection_lost',
      effect: 'unknown',
      fault: 'network',
      message: 'The connection broke before an answer came.',
    }
  }
  const { status } = record
  if (status === undefined) {
    return {
      code: 'adapter_failed',
      effect: sentNothing(record) ? 'none' : 'unknown',
      fault: 'provider',
      message: 'The adapter failed before an answer came. This is a bug of the adapter.',
    }
  }
  const row = vendorCode !== undefined && Object.hasOwn(table, vendorCode) ? table[vendorCode] : undefined
  if (row !== undefined && (status >= 400 || refused)) return row
  const known = table[`http:${status}`] ?? byStatus[status]
  if (known !== undefined) return known
  if (status < 400) return unreadable
  return status >= 500
    ? { code: 'vendor_error', effect: 'unknown', fault: 'provider', message: 'The vendor failed. Whether it acted is not known.' }
    : {
        code: 'vendor_refused',
        effect: 'unknown',
        fault: 'provider',
        message: `The vendor answered ${status}, which its table does not explain.`,
      }
}

function retryAfter(headers: Headers | undefined, now: number): number | undefined {
  const value = headers?.get('retry-after')
  if (!value) return undefined
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000)
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

function requestId(headers: Headers | undefined): string | undefined {
  for (const name of requestIdHeaders) {
    const value = headers?.get(name)
    if (value) return value
  }
  return undefined
}
