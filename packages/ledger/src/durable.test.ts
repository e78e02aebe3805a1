import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchWorkerd, type Workerd } from '@do/core/workerd'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let workerd: Workerd
const dataFolder = mkdtempSync(join(tmpdir(), 'ledger-'))
beforeAll(async () => {
  const entry = fileURLToPath(new URL('./test/worker.ts', import.meta.url))
  workerd = await launchWorkerd({ entry, objects: ['Books'], dataFolder, outbound: ['local'] })
})
afterAll(async () => {
  await workerd.kill()
  rmSync(dataFolder, { recursive: true, force: true })
})

const ask = async (book: string, what: string, more = '') => {
  const response = await fetch(`${workerd.url}/${what}?book=${book}${more}`)
  const text = await response.text()
  return response.ok ? JSON.parse(text) : { failed: response.status }
}
const largest = String(2n ** 63n - 1n)

describe('in a Durable Object', () => {
  it('carries amounts of 2^63 - 1 there and back, and refuses what passes it', async () => {
    expect(await ask('large', 'sell', `&amount=${largest}`)).toMatchObject({
      id: 'entry_1',
      lines: [{ amount: largest }, { amount: largest }],
    })
    expect(await ask('large', 'balance')).toMatchObject([{ posted: largest }, { posted: largest }])
    expect((await ask('large', 'entries'))[0].lines[0].amount).toBe(largest)
    expect(await ask('large', 'sell')).toEqual({ code: 'overflow' })
    expect(await ask('large', 'batch')).toEqual({ code: 'overflow' })
    expect(await ask('large', 'reverse')).toMatchObject({ id: 'entry_2', reverses: 'entry_1' })
    expect(await ask('large', 'balance')).toMatchObject([{ posted: '0' }, { posted: '0' }])
    // Two different odd numbers beyond 2^53, which a float could not tell apart.
    expect(await ask('odd', 'sell', '&amount=9007199254740993')).toMatchObject({ lines: [{ amount: '9007199254740993' }, {}] })
    expect(await ask('odd', 'balance')).toMatchObject([{ posted: '9007199254740993' }, {}])
    expect((await ask('large', 'verify')).problems).toEqual([])
  })

  it('keeps guards and holds, and is immutable', async () => {
    expect(await ask('guarded', 'batch', '&amount=10')).toBe(50)
    expect(await ask('guarded', 'batch', '&amount=10')).toBe(50)
    expect((await ask('guarded', 'entries')).length).toBe(50)
    expect(await ask('guarded', 'spend', '&amount=1726')).toEqual({ code: 'overdraft' })
    const [balance, hold] = await ask('guarded', 'hold', '&amount=1725')
    expect(balance).toMatchObject({ posted: '1725', pendingCredit: '1725' })
    expect(hold).toMatchObject({ state: 'committed', entry: 'entry_51' })
    expect((await ask('guarded', 'change')).code).toMatch(/immutable/)
    expect(await ask('guarded', 'verify')).toMatchObject({ ok: true, entries: 51 })
  })

  it.each([
    [1, '9007199254741502', 16],
    [2, '9007199254741493', 30],
  ])('brings tables of version %s up to date', async (version, stood, entries) => {
    const body = readFileSync(new URL(`./test/version-${version}.sql`, import.meta.url), 'utf8')
    const response = await fetch(`${workerd.url}/older?book=older-${version}`, { method: 'POST', body })
    expect(await response.json()).toMatchObject([stood, { ok: true, entries }])
  })

  it('makes one entry of 64 duplicates at once', async () => {
    const answers = await Promise.all(Array.from({ length: 64 }, () => ask('once', 'sell', '&amount=7&key=order-42')))
    expect(new Set(answers.map(({ id }) => id))).toEqual(new Set(['entry_1']))
    expect(await ask('once', 'entries')).toHaveLength(1)
    expect(await ask('once', 'sell', '&amount=8&key=order-42')).toEqual({ code: 'idempotency_key_reused' })
  })

  it('has all or nothing of an entry when the object ends before or after the commit, and when the process does', async () => {
    await ask('ended', 'sell', '&amount=5')
    expect(await ask('ended', 'abort-before', '&amount=6&key=six')).toHaveProperty('failed')
    expect(await ask('ended', 'entries')).toHaveLength(1)
    expect(await ask('ended', 'abort-after', '&amount=6&key=six')).toHaveProperty('failed')
    expect(await ask('ended', 'entries')).toHaveLength(2)
    // Nobody heard the answer: asking again does nothing twice.
    expect(await ask('ended', 'sell', '&amount=6&key=six')).toMatchObject({ id: 'entry_2' })
    await workerd.kill()
    await workerd.start()
    expect(await ask('ended', 'entries')).toHaveLength(2)
    expect((await ask('ended', 'verify')).problems).toEqual([])
  })
})
