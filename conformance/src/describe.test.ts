import { sms } from '@do/sms'
import { telephony } from '@do/telephony'
import { expect, it } from 'vitest'
import { describeConformance } from './index.ts'
import { memorySms, memoryTelephony, memoryTwin } from './reference/index.ts'

// The suite as its users run it: one test for each check.
const twin = memoryTwin()
const only = ['send.once', 'send.effect.cut-after', 'webhook.forged'].map((name) => `sms.${name}`)

describeConformance(sms, { label: 'memory', twin, provider: (at) => memorySms({ ...twin.credentials, ...at }), only })

describeConformance(telephony, {
  label: 'memory',
  twin,
  provider: (at) => memoryTelephony({ ...twin.credentials, ...at }),
  only: ['telephony.flow.gather', 'telephony.numbers.buy.once'],
})

it('a misspelt check is an error while tests are collected', () => {
  expect(() =>
    describeConformance(sms, { twin, provider: (at) => memorySms({ ...twin.credentials, ...at }), only: ['sms.sent'] }),
  ).toThrow('There is no check "sms.sent"')
})
