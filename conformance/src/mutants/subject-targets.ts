import type { CallOptions } from '@do/provider'
import type { At } from '../check.ts'
import type { Change, Interface } from './mutant.ts'

/** An operation that makes something, and how the mutants get at it. */
export interface Target {
  readonly name: string
  readonly interface: Interface
  /** Group within the provider, where there is one. */
  readonly group?: string
  readonly method: string
  /** A made-up id of the vendor's form. */
  readonly invented: string
  readonly path: RegExp
}

export const targets: readonly Target[] = [
  { name: 'sms.send', interface: 'sms', method: 'send', invented: 'msg_00000000deadbeef', path: /\/v1\/messages$/ },
  {
    name: 'telephony.calls.make',
    interface: 'telephony',
    group: 'calls',
    method: 'make',
    invented: 'call_00000000deadbeef',
    path: /\/v1\/calls$/,
  },
  {
    name: 'telephony.numbers.buy',
    interface: 'telephony',
    group: 'numbers',
    method: 'buy',
    invented: 'num_00000000deadbeef',
    path: /\/v1\/numbers$/,
  },
  ...(
    [
      ['payments', 'create', 'pay'],
      ['refunds', 'create', 're'],
      ['payments', 'capture', 'pay', /\/v1\/payments\/[^/]+\/capture$/],
      ['customers', 'create', 'cus'],
      ['checkout', 'create', 'co', /\/v1\/checkouts$/],
      ['transfers', 'create', 'tr'],
      ['payouts', 'create', 'po'],
    ] as const
  ).map(([group, method, prefix, path]) => ({
    name: `payments.${group}.${method}`,
    interface: 'payments' as const,
    group,
    method,
    invented: `${prefix}_00000000deadbeef`,
    path: path ?? new RegExp(`/v1/${group}$`),
  })),
]

export type Made = { readonly id: string }
export type Make = (input: any, options?: CallOptions) => Promise<Made>
export type Read = (id: string) => Promise<Made>
export type Broken = (make: Make, at: At, provider: { readonly name: string }) => Make

/** Replaces the making or reading operation of a target. */
export function replaced(
  target: Target,
  broken: { make?: Broken; read?: (read: Read, provider: { name: string }) => Read },
): Change<Interface>['provider'] {
  return (provider, at) => {
    const group = (target.group === undefined ? provider : Reflect.get(provider, target.group)) as Record<string, any>
    const members = {
      ...(broken.make === undefined ? {} : { [target.method]: broken.make(group[target.method], at, provider) }),
      ...(broken.read === undefined ? {} : { get: broken.read(group.get, provider) }),
    }
    return target.group === undefined ? members : { [target.group]: { ...group, ...members } }
  }
}
