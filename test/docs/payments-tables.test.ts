import { readFileSync } from 'node:fs'
import { adyenPayments } from '@do/adyen'
import { payments } from '@do/payments'
import { squarePayments } from '@do/square'
import { stripePayments } from '@do/stripe'
import { expect, it } from 'vitest'

const page = readFileSync(new URL('../../docs/payments.md', import.meta.url), 'utf8')
const rows = page
  .split('\n')
  .filter((line) => /^\| `[a-z-]+(\.[a-zA-Z]+)?` \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))

it('every operation stands in docs/payments.md, with its title and where it goes', () => {
  const told = rows
    .filter(([, name]) => payments.flat.has(name as string))
    .map(([, name, title, routing]) => [name, title, routing])
  const real = [...payments.flat].map(([name, { title, routing, kind, handle }]) => [
    name,
    title,
    kind === 'list' || handle === undefined ? routing : 'handle',
  ])
  expect(told).toEqual(real)
})

it('every capability stands there, with what each vendor has', () => {
  const vendors = [
    stripePayments({ apiKey: 'sk_test_1' }),
    adyenPayments({
      apiKey: 'key',
      merchantAccount: 'Shop',
      balancePlatform: { apiKey: 'key', id: 'Platform', liableAccountHolder: 'AH1' },
    } as never),
    squarePayments({ accessToken: 'token', locationId: 'L1', merchantId: 'M1' }),
  ]
  const told = rows
    .filter(([, name]) => Object.hasOwn(payments.capabilities, name as string))
    .map(([, name, text, ...has]) => [name, text, ...has.slice(0, 3)])
  const real = Object.entries(payments.capabilities).map(([name, text]) => [
    name,
    text,
    ...vendors.map((vendor) => (vendor.supports(name) ? '✓' : '–')),
  ])
  expect(told).toEqual(real)
})
