import { expect, it } from 'vitest'
import type { Exchange } from './checked.ts'
import {
  callsJourney,
  faultJourney,
  faults,
  lostJourney,
  numbersJourney,
  type Scene,
  scene,
  smsJourney,
  type Vendor,
} from './journeys.ts'
import { unnoticed } from './spoil.ts'

const journeys: readonly (readonly [string, (at: Scene) => Promise<void>])[] = [
  ['messages', smsJourney],
  ['numbers', numbersJourney],
  ['calls', callsJourney],
  ['lost answers', lostJourney],
  ...faults.map(
    (fault) =>
      [`refusals: ${fault.kind}${'status' in fault ? ` ${fault.status}` : ''}`, (at: Scene) => faultJourney(at, fault)] as const,
  ),
]

/**
 * One test for each journey: the adapter against its twin, and not one thing that the vendor's description forbids.
 * Then the same traffic is spoiled in every place; `loose` are the places where the vendor describes nothing.
 */
export function describeTraffic(vendor: () => Vendor, report: (at: Scene) => void, loose: readonly RegExp[]): void {
  const exchanges: Exchange[] = []

  it.each(journeys)('%s', async (_, journey) => {
    const at = scene(vendor())
    const failure = await journey(at).then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    report(at)
    exchanges.push(...at.watch.exchanges)
    expect.soft(distinct(at)).toEqual([])
    expect(at.watch.counts.requests).toBeGreaterThan(0)
    if (failure !== undefined) throw failure.error
  })

  it('notices whatever is spoiled in this traffic', () => {
    expect(exchanges.length).toBeGreaterThan(0)
    const missed = unnoticed(exchanges, vendor().spec)
    expect(missed.filter((place) => !loose.some((known) => known.test(place)))).toEqual([])
    expect(loose.filter((known) => !missed.some((place) => known.test(place)))).toEqual([])
  })
}

function distinct({ watch }: Scene): readonly string[] {
  return [
    ...new Set(
      watch.findings.map(
        ({ side, operation, at, says }) => `${operation} ${side}: ${at.replace(/\/\d+(?=\/|$)/g, '/*')} ${says}`,
      ),
    ),
  ]
}
