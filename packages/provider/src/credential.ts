import { refuse } from './errors.ts'

/**
 * For adapters: a credential or other text option that must be there.
 * @throws ProviderError `credential_missing` that names the option, before anything is sent.
 */
export function credential(options: object, field: string, vendor: string): string {
  const value = (options as Readonly<Record<string, unknown>>)[field]
  if (typeof value === 'string' && value !== '') return value
  throw refuse(
    'credential_missing',
    `${vendor} needs "${field}". Take it from the vendor's console and pass it to the adapter.`,
    {
      fault: 'credential',
      field,
      provider: vendor,
    },
  )
}
