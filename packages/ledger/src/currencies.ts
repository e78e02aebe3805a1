import { ledgerError } from './errors.ts'

// ISO 4217, by digits after the point. List: https://www.six-group.com/en/products-services/financial-information/data-standards.html
const iso: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU
    CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS
    KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB
    PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD
    TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

/** Digits after the point, by code. */
export const isoExponents: ReadonlyMap<string, number> = new Map(
  Object.entries(iso).flatMap(([digits, codes]) => codes.split(/\s+/).map((code) => [code, Number(digits)] as const)),
)

/** @throws LedgerError `invalid_currency` unless it is 2 to 12 capital letters and digits, a letter first. */
export function checkCurrency(code: string, field = 'currency'): void {
  if (typeof code === 'string' && /^[A-Z][A-Z0-9]{1,11}$/.test(code)) return
  throw ledgerError('invalid_currency', `${field} must be a code of 2 to 12 capital letters and digits, such as EUR.`, { field })
}
