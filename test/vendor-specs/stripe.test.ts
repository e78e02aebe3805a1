import { describe, expect, it } from 'vitest'
import type { Exchange } from './checked.ts'
import { available } from './description.ts'
import { stripeJourneys, stripeScene } from './stripe-journey.ts'

describe.skipIf(!available())('stripe: adapter and twin against the description', () => {
  const exchanges: Exchange[] = []

  it.each(stripeJourneys)('%s', async (_, journey) => {
    const at = stripeScene()
    await journey(at)
    exchanges.push(...at.watch.exchanges)
    const findings = at.watch.findings.map(
      ({ side, operation, at: where, says }) => `${operation} ${side}: ${where.replace(/\/\d+(?=\/|$)/g, '/*')} ${says}`,
    )
    if (process.env.DUMP) (await import('node:fs')).appendFileSync('/tmp/findings.txt', `${[...new Set(findings)].join('\n')}\nUNCHECKED ${JSON.stringify(at.watch.unchecked)}\n`)
    expect([...new Set(findings)]).toEqual([])
    expect(at.watch.counts.requests).toBeGreaterThan(5)
  })
})
