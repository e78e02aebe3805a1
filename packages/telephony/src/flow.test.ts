import { describe, expect, it } from 'vitest'
import { callFlow, flowNeeds, numberPool } from './index.ts'

describe('call flow builder', () => {
  it('builds plain data', () => {
    const flow = callFlow().say('Hello').gather({ digits: 1, prompt: 'Press one' }).hangup()
    expect(JSON.parse(JSON.stringify(flow))).toEqual({
      steps: [
        { verb: 'say', text: 'Hello' },
        { verb: 'gather', digits: 1, prompt: [{ verb: 'say', text: 'Press one' }] },
        { verb: 'hangup' },
      ],
    })
    expect(flowNeeds(flow)).toEqual(['flow.say', 'flow.gather', 'flow.hangup'])
  })

  it('shares parts without changing them', () => {
    const greeting = callFlow().say('Hello')
    greeting.hangup()
    expect(greeting.steps.length).toBe(1)
  })

  it.each([
    ['a step after the end', () => callFlow().hangup().say('x'), 'flow.steps'],
    ['reject after another step', () => callFlow().say('x').reject(), 'flow.steps'],
    ['an empty text', () => callFlow().say(''), 'flow.steps.0.text'],
    ['a number that is none', () => callFlow().dial('0800'), 'flow.steps.0.to'],
    ['a pause of an hour', () => callFlow().pause(3600), 'flow.steps.0.seconds'],
    ['two keys to finish on', () => callFlow().gather({ finishOn: '##' }), 'flow.steps.0.finishOn'],
  ])('refuses %s where it is written', (_, build, field) => {
    expect(build).toThrow(expect.objectContaining({ code: 'invalid_flow', field, effect: 'none' }))
  })
})

describe('number pool', () => {
  const pool = () =>
    numberPool([
      { number: '+14155550100', provider: 'twilio', features: ['sms', 'voice'] },
      { number: '+12125550100', provider: 'twilio', features: ['sms'] },
      { number: '+442075550100', provider: 'telnyx', features: ['sms', 'voice'] },
    ])

  it('keeps a recipient on one number, near them where there is one', () => {
    expect(pool().pick({ to: '+14155550199' }).number).toBe('+14155550100')
    const picks = new Set(Array.from({ length: 20 }, () => pool().pick({ to: '+33612345678' }).number))
    expect(picks.size).toBe(1)
  })

  it('moves only the recipients that a removed number had', () => {
    const recipients = Array.from({ length: 200 }, (_, i) => `+3361234${String(i).padStart(4, '0')}`)
    const before = pool()
    const after = pool()
    after.remove('+12125550100')
    for (const to of recipients) {
      const was = before.pick({ to }).number
      if (was !== '+12125550100') expect(after.pick({ to }).number).toBe(was)
    }
    expect(new Set(recipients.map((to) => before.pick({ to }).number)).size).toBe(3)
  })

  it('respects provider and feature, and says when nothing fits', () => {
    expect(pool().pick({ to: '+14155550199', provider: 'telnyx' }).number).toBe('+442075550100')
    expect(pool().senders('twilio')).toEqual(['+14155550100', '+12125550100'])
    expect(() => pool().pick({ to: '+14155550199', provider: 'plivo' })).toThrow(expect.objectContaining({ code: 'pool_empty' }))
  })
})
