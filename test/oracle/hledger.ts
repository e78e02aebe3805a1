import { spawn } from 'node:child_process'
import { exponents } from './generate.ts'

/** A report as hledger's CSV has it: a title, headings, rows. Its amounts are whole, with all their digits. */
export interface HledgerTable {
  readonly headings: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/**
 * Runs hledger and reads its CSV. (Its JSON holds the same and takes it three times as long; only amounts at a price need it,
 * because CSV would round them.)
 */
export async function hledgerTable(program: string, journal: string, args: readonly string[]): Promise<HledgerTable> {
  const [, headings = [], ...rows] = await hledgerRecords(program, journal, args)
  return { headings: headings.slice(1), rows: rows.map(([name = '', ...cells]) => [decoded(name), ...cells]) }
}

/** Its CSV as it is. */
export const hledgerRecords = async (program: string, journal: string, args: readonly string[]): Promise<string[][]> =>
  records(await run(program, ['-f', journal, ...args, '-O', 'csv']))

/** RFC 4180. */
function records(text: string): string[][] {
  const found: string[][] = []
  for (const line of text.split('\n').filter((line) => line !== '')) {
    found.push([...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, field = '']) => field.replaceAll('""', '"')))
  }
  return found
}

/** The export writes what hledger would misread as %XX. */
const decoded = (name: string): string => name.replace(/%[0-9A-F]{2}/g, decodeURIComponent)

const digits: Readonly<Record<string, number>> = exponents

/** `10.00 EUR, -5 JPY` in minor units, exactly. */
export function amountsOf(cell: string): { readonly amount: bigint; readonly currency: string }[] {
  if (cell === '' || cell === '0') return []
  return cell.split(', ').map((text) => {
    const [, sign = '', whole = '', fraction = '', currency = ''] = /^(-?)(\d+)(?:\.(\d+))? ([A-Z]+)$/.exec(text) ?? []
    if (digits[currency] !== fraction.length) throw new Error(`hledger writes "${text}": not the digits of that currency.`)
    return { amount: BigInt(`${sign}${whole}${fraction}`), currency }
  })
}

/** An amount as hledger's JSON has it: exact, however many digits a price has given it. */
export interface HledgerAmount {
  readonly acommodity: string
  readonly aquantity: { readonly decimalMantissa: string; readonly decimalPlaces: number }
}

/** hledger-lib 1.25, CompoundPeriodicReport. The end of a period is the day after its last. */
export interface HledgerReport {
  readonly cbrDates: readonly (readonly [string, string])[]
  readonly cbrSubreports: readonly (readonly [string, { readonly prRows: readonly HledgerRow[] }, boolean])[]
}

interface HledgerRow {
  readonly prrName: string
  readonly prrAmounts: readonly (readonly HledgerAmount[])[]
}

/** Mantissas may pass 2^53, so they are put in quotes before anything parses them. */
export async function hledgerJson<Answer>(program: string, journal: string, args: readonly string[]): Promise<Answer> {
  const text = await run(program, ['-f', journal, ...args, '-O', 'json'])
  return JSON.parse(text.replace(/"decimalMantissa":\s*([-+.\dEe]+)/g, '"decimalMantissa":"$1"')) as Answer
}

/** Minor units times 10^12: a whole number, for all the digits that a price can give. */
export const fine = 10n ** 12n

export function fineUnits({ acommodity, aquantity: { decimalMantissa, decimalPlaces } }: HledgerAmount): bigint {
  const scaled = wholeNumber(decimalMantissa) * 10n ** BigInt(digits[acommodity] ?? 0) * fine
  const divisor = 10n ** BigInt(decimalPlaces)
  if (scaled % divisor !== 0n) throw new Error(`hledger has more digits of ${acommodity} than are compared.`)
  return scaled / divisor
}

/** hledger writes large numbers as 9.007199254740993e15. */
function wholeNumber(text: string): bigint {
  const [, sign, whole = '', fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]\+?(\d+))?$/.exec(text) ?? []
  if (sign === undefined || !/^0*$/.test(fraction.slice(Number(power)))) throw new Error(`${text} is no whole number.`)
  return BigInt(`${sign}${whole}${fraction.slice(0, Number(power)).padEnd(Number(power), '0')}`)
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
export async function inParallel<Output>(all: readonly (() => Promise<Output>)[], width = 2): Promise<Output[]> {
  const results: Output[] = []
  let next = 0
  const worker = async () => {
    while (next < all.length) {
      const index = next++
      const work = all[index]
      if (work !== undefined) results[index] = await work()
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}
