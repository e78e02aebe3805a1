import { llm } from '@do/llm'
import { payments } from '@do/payments'
import { sms } from '@do/sms'
import { telephony } from '@do/telephony'
import { describe, expect, it } from 'vitest'
import { checksOf, suiteOf } from './suites.ts'

const descriptions = [sms, telephony, payments, llm]

describe.each(descriptions.map((description) => [description.name, description] as const))(
  'the suite of %s',
  (name, description) => {
    const checks = checksOf(description)

    it('has stable ids, each once, that begin with the interface', () => {
      expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length)
      for (const { id } of checks) expect(id).toMatch(new RegExp(`^${name}(\\.[a-z0-9][A-Za-z0-9]*(-[a-z0-9]+)*)+$`))
    })

    it('says what is promised and why it matters', () => {
      for (const { title, why } of checks) {
        expect(title.length).toBeGreaterThan(15)
        expect(new URL(why).protocol).toBe('https:')
      }
    })

    it('needs only capabilities that the interface has, and covers each of them', () => {
      const known = Object.keys(description.capabilities)
      const needed = new Set(checks.flatMap(({ needs = [] }) => needs))
      expect([...needed].filter((need) => !known.includes(need))).toEqual([])
      expect(known.filter((capability) => !needed.has(capability))).toEqual([])
    })

    it('covers every operation of the interface', () => {
      // `respond` is under test wherever a flow goes on; its checks are those of the flow.
      const covered = (operation: string) => checks.some(({ id }) => id.startsWith(`${name}.${operation}.`))
      const operations = [...description.flat.keys()]
      expect(operations.filter((operation) => !covered(operation))).toEqual(name === 'telephony' ? ['respond'] : [])
    })
  },
)

it('there is no suite for an unknown interface', () => {
  expect(() => suiteOf('pigeons')).toThrow('There is no conformance suite for "pigeons"')
})
