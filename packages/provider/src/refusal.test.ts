import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { compute, createProvider, defineInterface, failover, noWebhooks, refusalOf, refuse } from './index.ts'

const input = z.object({ dish: z.string() })
const kitchen = defineInterface('kitchen', {
  capabilities: { oven: 'Bakes' },
  operations: {
    cook: compute({
      title: 'Cook a dish',
      input,
      output: z.object({ plate: z.string() }),
      needs: ({ dish }) => (dish === 'cake' ? ['oven'] : []),
    }),
  },
  event: z.object({ type: z.literal('unknown'), eventId: z.string(), raw: z.unknown() }),
})

function cook(name: string, oven: true | string) {
  const asked: string[] = []
  const provider = createProvider(
    kitchen,
    {
      descriptor: { vendor: name, docs: 'https://example.com', capabilities: { oven }, limits: {}, operations: {} },
      client: async () => ({}),
      operations: {
        cook: async ({ dish }) => {
          asked.push(dish)
          return { plate: dish }
        },
      },
      check: (_, { dish }: z.output<typeof input>) => {
        if (dish === 'soup' && oven === true) throw refuse('unsupported', 'No soup.', { field: 'dish', elsewhere: true })
        if (dish === '') throw new TypeError('a bug')
      },
      fault: () => ({}),
      errors: {},
      webhooks: noWebhooks,
    },
    { defaultBaseUrl: 'https://example.com' },
  )
  return { provider, asked }
}

describe('why a call would be refused', () => {
  const [anna, ben] = [cook('anna', true), cook('ben', 'has none')]
  const both = failover([anna.provider, ben.provider])
  const why = (instance: string, dish: string) => refusalOf(both, instance, 'cook', { dish })

  it('is told for each instance, and nobody is asked', () => {
    expect(why('anna', 'soup')).toMatchObject({ code: 'unsupported', field: 'dish', elsewhere: true })
    expect(why('ben', 'soup')).toBeUndefined()
    expect(why('anna', 'cake')).toBeUndefined()
    expect(why('ben', 'cake')).toMatchObject({ code: 'unsupported', provider: 'ben' })
    expect([...anna.asked, ...ben.asked]).toEqual([])
  })

  it('is not told of who is not there', () => {
    expect(why('carl', 'cake')).toBeUndefined()
    expect(refusalOf({ ...both }, 'ben', 'cook', { dish: 'cake' })).toBeUndefined()
  })

  it('hides no bug', () => {
    expect(() => why('anna', '')).toThrow('a bug')
  })
})
