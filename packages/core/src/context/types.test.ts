import { describe, expectTypeOf, it } from 'vitest'
import type { Customer, Desk, Env } from './test/worker.ts'
import type { ExposedNames, Remote } from './types.ts'

type $ = Desk['$']

describe('the types of $', () => {
  it('name the classes of the environment and their exposed methods only', () => {
    expectTypeOf<ReturnType<$['Customer']>>().toEqualTypeOf<Remote<typeof Customer>>()
    expectTypeOf<'rename' | 'name' | 'orders'>().toExtend<ExposedNames<typeof Customer>>()
    expectTypeOf<'wipe' | 'note' | 'state' | '$id' | 'ctx'>().not.toExtend<ExposedNames<typeof Customer>>()
    expectTypeOf<keyof Remote<typeof Customer>>().toEqualTypeOf<ExposedNames<typeof Customer>>()
    expectTypeOf<Parameters<$['child']>[0]>().toEqualTypeOf<keyof Env>()
  })

  it('say what calls answer, awaited or called further', () => {
    type Called = Remote<typeof Customer>
    expectTypeOf<ReturnType<Called['name']>>().toEqualTypeOf<Promise<string>>()
    expectTypeOf<Parameters<Called['rename']>>().toEqualTypeOf<[name: string]>()
    type Chain = ReturnType<Called['orders']>
    expectTypeOf<ReturnType<Chain['all']>>().toExtend<Promise<{ number: number }[]>>()
    expectTypeOf<Awaited<ReturnType<ReturnType<ReturnType<Chain['latest']>['invoice']>['total']>>>().toEqualTypeOf<number>()
    type Inner = Awaited<ReturnType<Chain['each']>>['items'][number]['invoice']
    expectTypeOf<Parameters<Inner['pay']>>().toEqualTypeOf<[amount: number]>()
  })

  it('know the providers that the class was given', () => {
    expectTypeOf<$['sms']['send']>().toEqualTypeOf<(body: string) => string>()
    expectTypeOf<'sms'>().not.toExtend<keyof Customer['$']>()
  })
})
