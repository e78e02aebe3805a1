import { spawn } from 'node:child_process'
import { exponents } from './generate.ts'

/** An amount as hledger's JSON has it: exact, once the mantissa is read as text. */
interface HledgerAmount {
  readonly acommodity: string
  readonly aquantity: { readonly decimalMantissa: string; readonly decimalPlaces: number }
}

interface HledgerRow {
  readonly prrName: string | readonly never[]
  readonly prrAmounts: readonly (readonly HledgerAmount[])[]
}

/** What `bse`, `is` and `cf` answer (Hledger.Reports.ReportTypes.CompoundPeriodicReport of hledger-lib 1.25). */
export interface HledgerReport {
  /** The end is the day after the last. */
  readonly cbrDates: readonly (readonly [string, string])[]
  readonly cbrSubreports: readonly (readonly [string, { readonly prRows: readonly HledgerRow[]; readonly prTotals: HledgerRow }, boolean])[]
  readonly cbrTotals: HledgerRow
}

export type HledgerBalances = readonly [readonly (readonly [string, string, number, readonly HledgerAmount[]])[], readonly HledgerAmount[]]

/** Runs hledger and reads its JSON. Mantissas may pass 2^53, so they are put in quotes before anything parses them. */
export async function hledger<Answer>(program: string, journal: string, args: readonly string[]): Promise<Answer> {
  const text = await run(program, ['-f', journal, ...args, '-O', 'json'])
  return JSON.parse(text.replace(/"decimalMantissa":\s*(-?\d+)/g, '"decimalMantissa":"$1"')) as Answer
}

export function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    // In UTF-8, whatever the machine's language is.
    const child = spawn(program, args, { env: { ...process.env, LC_ALL: 'C.UTF-8' }, stdio: ['ignore', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    const problems: Buffer[] = []
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes))
    child.stderr.on('data', (bytes: Buffer) => problems.push(bytes))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString())
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${Buffer.concat(problems)}`))
    })
  })
}

/** As many at once as there are cores to use. */
export async function inParallel<Input, Output>(all: readonly Input[], work: (one: Input) => Promise<Output>, width = 2): Promise<Output[]> {
  const results: Output[] = []
  let next = 0
  const worker = async () => {
    while (next < all.length) {
      const index = next++
      results[index] = await work(all[index] as Input)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}

/** Minor units; what is no whole number of them is an error. */
export function minorUnits({ acommodity, aquantity }: HledgerAmount): bigint {
  const exact = fraction({ acommodity, aquantity })
  if (exact.numerator % exact.denominator !== 0n) throw new Error(`hledger has a fraction of a minor unit of ${acommodity}.`)
  return exact.numerator / exact.denominator
}

/** Minor units as a fraction, for what is valued at a price. */
export function fraction({ acommodity, aquantity }: HledgerAmount): { readonly numerator: bigint; readonly denominator: bigint } {
  const exponent = exponents[acommodity as keyof typeof exponents]
  if (exponent === undefined) throw new Error(`hledger speaks of ${acommodity}.`)
  return {
    numerator: BigInt(aquantity.decimalMantissa) * 10n ** BigInt(exponent),
    denominator: 10n ** BigInt(aquantity.decimalPlaces),
  }
}
