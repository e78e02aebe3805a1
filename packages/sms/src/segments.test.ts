import { describe, expect, it } from 'vitest'
import { segments } from './index.ts'

describe('segments', () => {
  it.each([
    ['nothing', '', 0, 'gsm-7'],
    ['160 plain characters', 'a'.repeat(160), 1, 'gsm-7'],
    ['161 plain characters', 'a'.repeat(161), 2, 'gsm-7'],
    ['306 plain characters', 'a'.repeat(306), 2, 'gsm-7'],
    ['307 plain characters', 'a'.repeat(307), 3, 'gsm-7'],
    ['80 euro signs, two units each', '€'.repeat(80), 1, 'gsm-7'],
    ['81 euro signs', '€'.repeat(81), 2, 'gsm-7'],
    ['70 characters outside GSM-7', '∞'.repeat(70), 1, 'ucs-2'],
    ['71 characters outside GSM-7', '∞'.repeat(71), 2, 'ucs-2'],
    ['35 emoji', '😀'.repeat(35), 1, 'ucs-2'],
    ['36 emoji', '😀'.repeat(36), 2, 'ucs-2'],
    ['69 bars (one unit each in UCS-2) and an infinity', `${'|'.repeat(69)}∞`, 1, 'ucs-2'],
    ['a cedilla', 'ç', 1, 'ucs-2'],
    ['a backtick', '`', 1, 'ucs-2'],
  ] as const)('%s', (_, text, count, encoding) => {
    expect(segments(text)).toMatchObject({ count, encoding })
  })

  it('never splits an escape pair', () => {
    // 152 + 2: the euro does not fit into the 153 of the first part, so it moves whole.
    expect(segments(`${'a'.repeat(152)}€${'a'.repeat(151)}`).count).toBe(2)
    expect(segments(`${'a'.repeat(152)}€${'a'.repeat(152)}`).count).toBe(3)
  })

  it('never splits a surrogate pair', () => {
    expect(segments(`${'∞'.repeat(66)}😀${'∞'.repeat(65)}`).count).toBe(2)
    expect(segments(`${'∞'.repeat(66)}😀${'∞'.repeat(66)}`).count).toBe(3)
  })

  it('says what costs more, and how much room is left', () => {
    expect(segments('Order “42” is ready')).toMatchObject({ encoding: 'ucs-2', nonGsm: ['“', '”'], remaining: 51 })
  })
})
