import { describe, expect, it } from 'vitest'
import { CommandError } from '../failure.ts'
import { planDeployment, type WranglerConfig } from './plan.ts'

const deployed: WranglerConfig = {
  durable_objects: {
    bindings: [
      { name: 'Customer', class_name: 'Customer' },
      { name: 'ELSEWHERE', class_name: 'Mail', script_name: 'mailer' },
    ],
  },
  migrations: [{ tag: 'v1', new_sqlite_classes: ['Customer'] }],
}

const codeOf = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return error instanceof CommandError ? error.code : String(error)
  }
  return 'not thrown'
}

describe('the plan of a deployment', () => {
  it('makes every class of a new worker, with its binding', () => {
    const plan = planDeployment(['Customer', 'Order'], {})
    expect(plan.migrations).toEqual([{ tag: 'v1', new_sqlite_classes: ['Customer', 'Order'] }])
    expect(plan.bindings).toEqual([
      { name: 'Customer', class_name: 'Customer' },
      { name: 'Order', class_name: 'Order' },
    ])
  })

  it('changes nothing when everything is there, however often it runs', () => {
    const plan = planDeployment(['Customer'], deployed)
    expect(plan).toEqual({ bindings: deployed.durable_objects?.bindings, migrations: deployed.migrations, changes: [] })
  })

  it('adds to the history and leaves what is there', () => {
    const { migrations } = planDeployment(['Customer', 'Order'], deployed)
    expect(migrations).toEqual([
      { tag: 'v1', new_sqlite_classes: ['Customer'] },
      { tag: 'v2', new_sqlite_classes: ['Order'] },
    ])
  })

  it('finds a tag that is free', () => {
    const odd: WranglerConfig = { ...deployed, migrations: [{ tag: 'v2', new_sqlite_classes: ['Customer'] }] }
    expect(planDeployment(['Customer', 'Order'], odd).migrations.map(({ tag }) => tag)).toEqual(['v2', 'v3'])
  })

  it('renames with the data, and the binding that had the name of the class', () => {
    const plan = planDeployment(['Client'], deployed, { rename: { Customer: 'Client' } })
    expect(plan.migrations.at(-1)).toEqual({ tag: 'v2', renamed_classes: [{ from: 'Customer', to: 'Client' }] })
    expect(plan.bindings).toEqual([
      { name: 'Client', class_name: 'Client' },
      { name: 'ELSEWHERE', class_name: 'Mail', script_name: 'mailer' },
    ])
    // Once it is done, nothing is left to say.
    const next = { durable_objects: { bindings: plan.bindings }, migrations: plan.migrations }
    expect(planDeployment(['Client'], next).changes).toEqual([])
  })

  it('keeps the name that the author gave to a binding', () => {
    const named = { ...deployed, durable_objects: { bindings: [{ name: 'SHOPPERS', class_name: 'Customer' }] } }
    const plan = planDeployment(['Client'], named, { rename: { Customer: 'Client' } })
    expect(plan.bindings).toEqual([{ name: 'SHOPPERS', class_name: 'Client' }])
  })

  it('deletes only what it is told to, with its binding', () => {
    const both = { migrations: [{ tag: 'v1', new_sqlite_classes: ['Customer', 'Order'] }] }
    const plan = planDeployment(['Customer'], both, { remove: ['Order'] })
    expect(plan.migrations.at(-1)).toEqual({ tag: 'v2', deleted_classes: ['Order'] })
    expect(plan.bindings.map(({ name }) => name)).toEqual(['Customer'])
    expect(plan.changes).toContain('class Order is DELETED with all its objects and their data')
  })

  it.each([
    ['a class that is gone and nobody said why', () => planDeployment(['Order'], deployed), 'class_gone'],
    [
      'renaming what was never there',
      () => planDeployment(['Customer'], deployed, { rename: { Nobody: 'Customer' } }),
      'rename_unknown',
    ],
    [
      'renaming what is still exported',
      () => planDeployment(['Customer', 'Client'], deployed, { rename: { Customer: 'Client' } }),
      'rename_unknown',
    ],
    [
      'renaming into what is not exported',
      () => planDeployment([], deployed, { rename: { Customer: 'Client' } }),
      'rename_target',
    ],
    [
      'two old classes into one',
      () =>
        planDeployment(['C'], { migrations: [{ tag: 'v1', new_sqlite_classes: ['A', 'B'] }] }, { rename: { A: 'C', B: 'C' } }),
      'rename_target',
    ],
    ['deleting what was never there', () => planDeployment(['Customer'], deployed, { remove: ['Nobody'] }), 'remove_unknown'],
    [
      'deleting what is still exported',
      () => planDeployment(['Customer'], deployed, { remove: ['Customer'] }),
      'remove_exported',
    ],
  ])('refuses %s', (_, run, code) => {
    expect(codeOf(run)).toBe(code)
  })

  it('follows a history of renames and deletions', () => {
    const history: WranglerConfig = {
      migrations: [
        { tag: 'a', new_classes: ['Old'] },
        { tag: 'b', renamed_classes: [{ from: 'Old', to: 'Mid' }], new_sqlite_classes: ['Gone'] },
        { tag: 'c', deleted_classes: ['Gone'], renamed_classes: [{ from: 'Mid', to: 'Now' }] },
      ],
    }
    expect(planDeployment(['Now'], history).migrations).toHaveLength(3)
    expect(codeOf(() => planDeployment(['Old'], history))).toBe('class_gone')
  })
})
