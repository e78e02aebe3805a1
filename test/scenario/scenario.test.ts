import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readKeys } from '../../examples/phone-desk/keys.ts'
import { client } from '../../examples/phone-desk/scenario/client.ts'
import { until } from '../../examples/phone-desk/scenario/steps.ts'
import { type Started, start } from '../../examples/phone-desk/start.ts'
import { openBrowser } from './browser.ts'

/** Two real starts on the same data: twins over HTTP, workerd with SQLite on disk, a real SIGKILL. */
const dataFolder = mkdtempSync(join(tmpdir(), 'phone-desk-'))
const lowContrast = readFileSync(new URL('./low-contrast.js', import.meta.url), 'utf8')
const lines: string[] = []
let started: Started

beforeAll(async () => {
  started = await start({ dataFolder, port: 0, print: (line) => lines.push(line) })
}, 180_000)

afterAll(async () => {
  await started?.close()
  rmSync(dataFolder, { recursive: true, force: true })
}, 60_000)

describe('the scenario', () => {
  it('works in every step', () => {
    expect(started.results.filter(({ ok }) => !ok).map(({ title, facts }) => `${title}: ${facts}`)).toEqual([])
    expect(started.results.length).toBeGreaterThanOrEqual(37)
  })

  it('leaves no failure in the log of the runtime', () => {
    const log = readFileSync(started.desk.workerd.logFile, 'utf8')
    const wrong = /"event":"(failure|job\.failed|job\.dead|action\.dead|action\.unsettled|call\.failed)"|^\w*Error|uncaught/i
    // A job that was under way when the process was killed says so, and comes again.
    const failures = log.split('\n').filter((line) => wrong.test(line) && !/"code":"crashed".*"event":"job\.failed"/.test(line))
    expect(failures).toEqual([])
  })

  it('keeps no credential, token or vault key on disk in the clear', () => {
    const { operatorToken, vaultKeys, tenants } = readKeys(dataFolder)
    const secrets = [
      operatorToken,
      vaultKeys.split(':')[1] as string,
      ...Object.values(tenants),
      'f0e1d2c3b4a5968778695a4b3c2d1e0f',
      'KEY0192_twin_telnyx',
      'twin-api-secret-not-a-real-one-0',
    ]
    const files = readdirSync(join(dataFolder, 'objects'), { recursive: true, encoding: 'utf8' })
      .map((name) => join(dataFolder, 'objects', name))
      .filter((path) => statSync(path).isFile())
    expect(files.length).toBeGreaterThan(3)
    for (const path of files) {
      const bytes = readFileSync(path)
      expect(
        secrets.filter((secret) => bytes.includes(secret)),
        path,
      ).toEqual([])
    }
    expect(statSync(join(dataFolder, 'keys.json')).mode & 0o077).toBe(0)
  })
})

describe('the page', () => {
  let browser: Browser
  let page: Page
  const problems: string[] = []
  const origins = new Set<string>()
  const sockets: string[] = []
  const totalOf = (level: string, kind: string) => {
    const cell = page.getByRole('table', { name: 'Totals' }).getByRole('row', { name: level }).locator(`[data-total="${kind}"]`)
    return async () => Number.parseInt((await cell.textContent()) ?? '', 10)
  }
  const acme = () => client(() => `${started.desk.url}/t/acme`, readKeys(dataFolder).tenants.acme)
  const send = (body: string) => acme().ok<{ id: string }>('POST', '/messages', { to: '+14155550123', body })

  beforeAll(async () => {
    browser = await openBrowser()
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } })
    page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())))
    page.on('pageerror', (error) => void problems.push(error.message))
    page.on('request', (request) => void origins.add(new URL(request.url()).origin))
    page.on('websocket', (socket) => {
      sockets.push(new URL(socket.url()).pathname)
      origins.add(new URL(socket.url()).origin.replace(/^ws/, 'http'))
    })
    await page.goto(started.link)
    await page.getByRole('heading', { level: 1, name: 'All tenants' }).waitFor()
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
  })

  it('signs in by the link, whose token leaves the address at once', async () => {
    await page.getByText('Live', { exact: true }).waitFor()
    expect(page.url()).not.toContain('token')
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie])')).not.toContain(
      started.desk.operatorToken,
    )
  })

  it('is reached by keyboard alone: skip link, tenant, table', async () => {
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content')
    const focused = () => page.evaluate("document.activeElement.getAttribute('href')")
    const link = page.getByRole('navigation', { name: 'Tenants' }).getByRole('link', { name: /Acme Deliveries/ })
    for (let i = 0; i < 12 && (await focused()) !== (await link.getAttribute('href')); i++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Acme Deliveries' }).waitFor()
    expect(await link.getAttribute('aria-current')).toBe('page')
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
  })

  it('shows providers, messages, calls, intents, actions, schedules, numbers and the audit log, each in a captioned table', async () => {
    for (const name of ['Providers', 'Messages', 'Calls', 'Intents', 'Durable actions', 'Schedules', 'Numbers', 'Audit log']) {
      const table = page.getByRole('table', { name })
      expect(await table.getByRole('row').count(), name).toBeGreaterThan(1)
    }
    const landmarks = await page.evaluate(
      "['body > header', 'nav', 'main', 'h1'].map((name) => document.querySelectorAll(name).length)",
    )
    expect(landmarks).toEqual([1, 1, 1, 1])
  })

  it('tells who was tried and why', async () => {
    const row = page
      .getByRole('table', { name: 'Messages' })
      .getByRole('row')
      .filter({ hasText: 'telnyx' })
      .filter({ hasText: 'twilio ✕' })
      .first()
    await row.getByText('Why').click()
    await row.getByText(/Tried twilio: nothing happened/).waitFor()
    await row.getByText(/Tried telnyx: it happened/).waitFor()
  })

  it('shows durable actions with their steps, and schedules with their next and last run', async () => {
    const actions = page.getByRole('table', { name: 'Durable actions' }).locator('tbody tr')
    const report = actions.filter({ hasText: 'report' }).filter({ hasText: 'completed' }).first()
    expect(await report.locator('ol').getByRole('listitem').allTextContents()).toEqual(['count ✓', 'send ✓', 'wait ✓', 'note ✓'])
    const schedule = page.getByRole('table', { name: 'Schedules' }).getByRole('row', { name: /daily at 6am/ })
    const times = await schedule.locator('time').evaluateAll((all) => all.map((one) => one.getAttribute('datetime') ?? ''))
    expect(times.map((at) => Math.sign(Date.parse(at) - Date.now()))).toEqual([1, -1])
  })

  it('shows payments and the books: balance sheet, profit and loss as table and chart, and the reconciliation', async () => {
    for (const name of ['Payments', 'Refunds, transfers and payouts', 'Disputes', 'Connected accounts'])
      expect(await page.getByRole('table', { name }).getByRole('row').count(), name).toBeGreaterThan(1)
    const sheet = page.getByRole('table', { name: 'Balance sheet' })
    const total = async (row: string) =>
      (await sheet.getByRole('row', { name: row }).first().locator('td').first().textContent()) ?? ''
    expect(await total('Total assets')).toMatch(/^[\d,]+\.\d\d$/)
    expect(await total('Total assets')).toBe(await total('Total liabilities and equity'))
    const profit = page.getByRole('table', { name: 'Profit and loss' })
    expect(await profit.getByRole('row', { name: /Sales/ }).count()).toBeGreaterThan(0)
    const chart = page.getByRole('img', { name: /^Profit and loss by month in USD: / })
    expect(await chart.locator('rect').count()).toBe(18)
    const found = page.getByRole('region', { name: 'Reconciliation' })
    await found.getByText('agrees', { exact: true }).waitFor()
    await found.getByText(/^matched [1-9]/).waitFor()
    await found.getByText('different 0').waitFor()
  })

  it('shows what was asked of language models: tokens, cost, and the route that was taken', async () => {
    const table = page.getByRole('table', { name: 'Answers of language models' })
    const survived = table.getByRole('row').filter({ hasText: 'tool_calls' }).first()
    expect(await survived.locator('td').nth(1).textContent()).toMatch(/^anthropic/)
    const [tokensIn, tokensOut] = await Promise.all([2, 3].map((cell) => survived.locator('td').nth(cell).textContent()))
    expect([Number(tokensIn), Number(tokensOut)].every((tokens) => tokens > 0)).toBe(true)
    expect(await survived.locator('td').nth(4).textContent()).toMatch(/^\$0\.000\d{3}$/)
    await survived.getByText('alias fast').waitFor()
    await survived.getByText('openai ✕').waitFor()
    await survived.getByText('anthropic ✓').waitFor()
    expect(await table.getByRole('row').filter({ hasText: 'broken' }).count()).toBeGreaterThan(0)
    const figures = page.getByText('Spent on models this month').locator('..')
    expect(await figures.locator('dd').textContent()).toMatch(/^\$0\.000\d{3}$/)
  })

  it('gets what happens now by itself, over one connection', async () => {
    const asked: string[] = []
    page.on('request', (request) => void asked.push(new URL(request.url()).pathname))
    const rows = page.getByRole('table', { name: 'Messages' }).locator('tbody tr')
    const newest = await rows.first().getAttribute('data-key')
    const { id } = await send('Live')
    await page.locator(`tr[data-key="${id}"]`).filter({ hasText: 'twilio ✓' }).waitFor({ timeout: 5_000 })
    expect(await rows.first().getAttribute('data-key')).toBe(id)
    expect(newest).not.toBe(id)
    expect(asked).toEqual([])
    expect(sockets).toEqual(['/console/rpc'])
    expect(await page.getByText('Live', { exact: true }).count()).toBeGreaterThan(0)
  })

  it('counts live at the product and at the business', async () => {
    await page.getByRole('link', { name: 'All tenants' }).click()
    await page.getByRole('heading', { level: 1, name: 'All tenants' }).waitFor()
    const [product, business] = [totalOf('Product', 'messages'), totalOf('Business', 'messages')]
    const before = await until(
      'both are even',
      async () => [await product(), await business()] as const,
      ([here, above]) => here > 0 && here === above,
    )
    await send('Counted')
    await until('the product counts it', product, (count) => count === before[0] + 1)
    await until('the business counts it', business, (count) => count === before[0] + 1)
    expect(await totalOf('Business', 'actions')()).toBeGreaterThan(0)
  })

  it('comes back by itself when the runtime was away, and goes on where it was', async () => {
    const [product, business] = [totalOf('Product', 'messages'), totalOf('Business', 'messages')]
    const before = await product()
    await started.desk.workerd.kill()
    await page.getByText('Connection lost, trying again…').waitFor({ timeout: 10_000 })
    await started.desk.workerd.start()
    await Promise.all([1, 2, 3].map((number) => send(`While you were away ${number}`)))
    await page.locator('#connection[data-state="live"]').waitFor({ timeout: 15_000 })
    await until('the product counts them', product, (count) => count === before + 3, 20_000)
    await until('the business counts them', business, (count) => count === before + 3, 20_000)
    await page
      .getByRole('navigation', { name: 'Tenants' })
      .getByRole('link', { name: /Acme Deliveries/ })
      .click()
    const { id } = await send('And on')
    await page.locator(`tr[data-key="${id}"]`).filter({ hasText: 'twilio ✓' }).waitFor({ timeout: 5_000 })
    expect(await page.locator(`tr[data-key="${id}"]`).count()).toBe(1)
    // The browser itself reports the lost connection; that is no fault of the page.
    problems.splice(
      0,
      problems.length,
      ...problems.filter((text) => !/ERR_|Failed to load resource|WebSocket connection/.test(text)),
    )
  })

  it('has readable contrast in light and dark, and stands still for who asked for it', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const name of ['All tenants', /Acme Deliveries/]) {
        await page.getByRole('navigation', { name: 'Tenants' }).getByRole('link', { name }).click()
        await page.getByRole('heading', { level: 1, name }).waitFor()
        expect(await page.evaluate(lowContrast), `${name} ${colorScheme}`).toEqual([])
      }
    }
    expect(await page.evaluate('document.getAnimations().length')).toBe(0)
    await page.emulateMedia({ colorScheme: null, reducedMotion: null })
  })

  it('says what is wrong: a tenant that is not there, a wrong token', async () => {
    await page.goto(`${started.desk.url}/console#/t/nobody`)
    await page.getByRole('alert').getByText('There is no tenant "nobody".').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Operator token').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('That is not the operator token.').waitFor()
    problems.splice(0, problems.length, ...problems.filter((text) => !/40[14]/.test(text)))
  })

  it('never asks anybody but its own origin, and reports no error', () => {
    expect([...origins]).toEqual([started.desk.url])
    expect(problems).toEqual([])
  })
})

describe('a second start', () => {
  it('finds its data again and runs once more', async () => {
    await started.close()
    lines.length = 0
    started = await start({ dataFolder, port: 0, print: (line) => lines.push(line) })
    expect(lines.join('\n')).toMatch(/Data of 1 earlier start/)
    expect(started.results.find(({ title }) => title.startsWith('Finds what'))?.facts).toMatch(
      /^2 tenants, [1-9]\d* messages, [1-9] calls$/,
    )
    expect(started.results.filter(({ ok }) => !ok).map(({ title, facts }) => `${title}: ${facts}`)).toEqual([])
  }, 180_000)
})
