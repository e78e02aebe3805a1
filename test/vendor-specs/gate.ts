import { expect, it } from 'vitest'
import { callsJourney, faultJourney, faults, numbersJourney, type Scene, scene, smsJourney, type Vendor } from './journeys.ts'

/** One test for each journey: the adapter against its twin, and not one thing that the vendor's description forbids. */
export function describeTraffic(vendor: () => Vendor, report: (name: string, at: Scene) => void): void {
  const journeys: readonly (readonly [string, (at: Scene) => Promise<void>])[] = [
    ['messages', smsJourney],
    ['numbers', numbersJourney],
    ['calls', callsJourney],
    ...faults.map((fault) => [`refusals: ${fault.kind}${'status' in fault ? ` ${fault.status}` : ''}`, (at: Scene) => faultJourney(at, fault)] as const),
  ]
  it.each(journeys)('%s', async (name, journey) => {
    const at = scene(vendor())
    let failure: unknown
    try {
      await journey(at)
    } catch (error) {
      failure = error
    }
    report(name, at)
    expect.soft(distinct(at)).toEqual([])
    expect(at.watch.counts.requests).toBeGreaterThan(0)
    if (failure !== undefined) throw failure
  })
}

function distinct({ watch }: Scene): readonly string[] {
  return [...new Set(watch.findings.map(({ side, operation, at, says }) => `${operation} ${side}: ${at.replace(/\/\d+(?=\/|$)/g, '/*')} ${says}`))]
}
