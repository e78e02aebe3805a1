import { callFlow } from '@do/telephony'
import { describe, expect, it } from 'vitest'
import { checkScript, choose, scriptAt } from './script.ts'

const bye = { flow: callFlow().say('Goodbye').hangup() }
const menu = {
  flow: callFlow().gather({ digits: 1, prompt: 'One or two?' }),
  on: { '1': { flow: callFlow().say('One').gather({ digits: 4 }), on: { '1234': bye } }, otherwise: bye },
}
const wrong = (value: unknown) => {
  try {
    checkScript(value)
    return 'accepted'
  } catch (error) {
    const { code, field, effect } = error as { code: string; field: string; effect: string }
    return `${code} ${effect} ${field}`
  }
}

describe('a call script', () => {
  it('is plain data after the check, whatever it was built with', () => {
    const checked = checkScript(menu)
    expect(JSON.parse(JSON.stringify(checked))).toEqual(checked)
    expect(checked.on?.['1']?.flow.steps.map(({ verb }) => verb)).toEqual(['say', 'gather'])
  })

  it.each([
    ['no object', 'hello', 'script'],
    ['no flow', {}, 'script'],
    ['an unknown field', { ...bye, then: bye }, 'script.then'],
    ['no step', { flow: { steps: [] } }, 'script.flow.steps'],
    ['a step after the end', { flow: { steps: [{ verb: 'hangup' }, { verb: 'say', text: 'x' }] } }, 'script.flow.steps'],
    ['branches without a gather', { ...bye, on: { '1': bye } }, 'script.on'],
    ['a branch that is no key', { ...menu, on: { one: bye } }, 'script.on.one'],
    [
      'a wrong branch',
      { ...menu, on: { '1': { flow: { steps: [{ verb: 'say', text: '' }] } } } },
      'script.on.1.flow.steps.0.text',
    ],
  ])('is refused with %s, before anybody is called', (_, value, field) => {
    expect(wrong(value)).toBe(`invalid_script none ${field}`)
  })

  it('is refused when it is nested without end', () => {
    let deep: object = bye
    for (let i = 0; i < 12; i++) deep = { flow: callFlow().gather({ digits: 1 }), on: { '1': deep } }
    expect(wrong(deep)).toMatch(/^invalid_script none script(\.on\.1){9}$/)
  })

  it('is followed by the digits, with a branch for all others', () => {
    expect(choose(menu, '1')).toBe('1')
    expect(choose(menu, '9')).toBe('otherwise')
    expect(choose(menu, '')).toBe('otherwise')
    expect(choose(scriptAt(menu, ['1']), '9')).toBeUndefined()
    expect(scriptAt(menu, ['1', '1234'])).toBe(bye)
    expect(scriptAt(menu, ['2'])).toBeUndefined()
  })

  it('has no branches but its own', () => {
    expect(choose(menu, 'constructor')).toBe('otherwise')
    expect(choose({ ...menu, on: { '1': bye } }, '__proto__')).toBeUndefined()
  })
})
