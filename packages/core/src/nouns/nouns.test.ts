import { describe, expect, it } from 'vitest'
import type { Schema } from '../storage/schema.ts'
import { defineNouns } from './registry.ts'
import { activityOf, actOf, eventOf, pluralOf, slugOf } from './words.ts'

const refused = (run: () => unknown) => {
  try {
    return run()
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('forms of nouns', () => {
  it.each([
    ['Customer', 'Customers', 'customers'],
    ['PurchaseOrder', 'PurchaseOrders', 'purchase-orders'],
    ['Company', 'Companies', 'companies'],
    ['Key', 'Keys', 'keys'],
    ['Tax', 'Taxes', 'taxes'],
    ['Address', 'Addresses', 'addresses'],
    ['Batch', 'Batches', 'batches'],
    ['Person', 'People', 'people'],
    ['SalesPerson', 'SalesPeople', 'sales-people'],
    ['Analysis', 'Analyses', 'analyses'],
    ['Status', 'Statuses', 'statuses'],
    ['APIKey', 'APIKeys', 'api-keys'],
    ['Series', 'Series', 'series'],
    ['Photo', 'Photos', 'photos'],
    ['Plan2', 'Plan2s', 'plan2s'],
  ])('%s: %s, %s', (noun, plural, slug) => {
    expect([pluralOf(noun), slugOf(pluralOf(noun))]).toEqual([plural, slug])
  })
})

describe('forms of verbs', () => {
  it.each([
    ['create', 'creates', 'creating', 'created'],
    ['send', 'sends', 'sending', 'sent'],
    ['resend', 'resends', 'resending', 'resent'],
    ['pay', 'pays', 'paying', 'paid'],
    ['notify', 'notifies', 'notifying', 'notified'],
    ['ship', 'ships', 'shipping', 'shipped'],
    ['submit', 'submits', 'submitting', 'submitted'],
    ['visit', 'visits', 'visiting', 'visited'],
    ['cancel', 'cancels', 'canceling', 'canceled'],
    ['open', 'opens', 'opening', 'opened'],
    ['fix', 'fixes', 'fixing', 'fixed'],
    ['approve', 'approves', 'approving', 'approved'],
    ['agree', 'agrees', 'agreeing', 'agreed'],
    ['write', 'writes', 'writing', 'written'],
    ['overwrite', 'overwrites', 'overwriting', 'overwritten'],
    ['run', 'runs', 'running', 'run'],
    ['rerun', 'reruns', 'rerunning', 'rerun'],
    ['reset', 'resets', 'resetting', 'reset'],
    ['refund', 'refunds', 'refunding', 'refunded'],
    ['publish', 'publishes', 'publishing', 'published'],
    ['undo', 'undoes', 'undoing', 'undone'],
    ['quit', 'quits', 'quitting', 'quit'],
    ['tie', 'ties', 'tying', 'tied'],
    ['request', 'requests', 'requesting', 'requested'],
    ['review', 'reviews', 'reviewing', 'reviewed'],
    ['signUp', 'signsUp', 'signingUp', 'signedUp'],
    ['log', 'logs', 'logging', 'logged'],
    ['deliver', 'delivers', 'delivering', 'delivered'],
    ['transfer', 'transfers', 'transferring', 'transferred'],
    ['release', 'releases', 'releasing', 'released'],
    ['picnic', 'picnics', 'picnicking', 'picnicked'],
  ])('%s: %s, %s, %s', (action, act, activity, event) => {
    expect([actOf(action), activityOf(action), eventOf(action)]).toEqual([act, activity, event])
  })
})

describe('a registry', () => {
  const text: Schema<unknown> = {
    '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
  }
  const convertible = {
    '~standard': {
      ...text['~standard'],
      jsonSchema: { input: ({ target }: { target: string }) => ({ $schema: target, type: 'object' }) },
    },
  }
  const unwilling = {
    '~standard': {
      ...text['~standard'],
      jsonSchema: {
        input: () => {
          throw new Error('no')
        },
      },
    },
  }
  const registry = defineNouns(
    {
      Customer: { description: 'Who buys', schema: convertible, version: 2, verbs: ['place'] },
      PurchaseOrder: { schema: unwilling },
      Staff: { plural: 'Staff', slug: 'staff' },
    },
    { place: { onRemove: { from: 'restrict' }, unique: 'to', schema: text }, know: { reverse: 'knownTo' } },
  )

  it('finds nouns and verbs by each of their words', () => {
    for (const word of ['Customer', 'customer', 'Customers', 'customers']) expect(registry.noun(word).name).toBe('Customer')
    for (const word of ['purchase-orders', 'purchaseOrder']) expect(registry.noun(word).name).toBe('PurchaseOrder')
    for (const word of ['place', 'places', 'placing', 'placed', 'placedBy', 'placedAt', 'placedIn', 'placedFor'])
      expect(registry.verb(word).action).toBe('place')
    expect(registry.verbOf('placedBy')).toEqual({ action: 'place', reverse: true })
    expect(registry.verbOf('knownTo')).toEqual({ action: 'know', reverse: true })
    expect(registry.verbOf('placed')).toEqual({ action: 'place', reverse: false })
    expect(registry.noun('Customer').verbs).toEqual(['create', 'update', 'delete', 'place'])
    expect(registry.rules()).toMatchObject({ place: { onRemove: { from: 'restrict' }, unique: 'to' }, create: {} })
  })

  it('refuses what it does not know, names of prototypes too', () => {
    for (const word of ['Nobody', 'constructor', '__proto__', '', 'CUSTOMER']) {
      expect(refused(() => registry.noun(word))).toBe('unknown_noun')
      expect(refused(() => registry.verb(word))).toBe('unknown_verb')
    }
  })

  it('is JSON, with JSON Schema where a schema can say it', () => {
    const { nouns, verbs } = JSON.parse(JSON.stringify(registry.describe()))
    expect(nouns).toHaveLength(3)
    expect(nouns[0]).toMatchObject({
      name: 'Customer',
      plural: 'Customers',
      description: 'Who buys',
      version: 2,
      jsonSchema: { $schema: 'draft-2020-12', type: 'object' },
    })
    for (const noun of nouns.slice(1)) expect(noun).not.toHaveProperty('jsonSchema')
    expect(verbs.map(({ action }: { action: string }) => action)).toEqual(['create', 'update', 'delete', 'place', 'know'])
    expect(JSON.stringify(nouns)).not.toContain('~standard')
  })

  it.each([
    [{ customer: {} }, {}, 'invalid_noun'],
    [{ 'Cust omer': {} }, {}, 'invalid_noun'],
    [{ Customer: { slug: 'a/b' } }, {}, 'invalid_noun'],
    [{ Customer: { version: 0 } }, {}, 'invalid_noun'],
    [{ Customer: {}, Client: { plural: 'Customers' } }, {}, 'invalid_noun'],
    [{ Customer: { verbs: ['Place'] } }, {}, 'invalid_verb'],
    [{}, { place: { reverse: 'placed by' } }, 'invalid_verb'],
    [{}, { place: {}, put: { event: 'placed' } }, 'invalid_verb'],
    [{}, { place: { version: 1.5 } }, 'invalid_verb'],
  ])('refuses %j with %j', (nouns, verbs, code) => {
    expect(refused(() => defineNouns(nouns, verbs))).toBe(code)
  })
})
