import { inBand } from './errors.ts'

export const isJson = (response: Response): boolean => /\bjson\b/i.test(response.headers.get('content-type') ?? '')

/** @throws VendorRefusal for an error that comes as a success. */
export async function jsonOf(response: Response): Promise<Record<string, unknown>> {
  return objectOf(await response.json())
}

export function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('The answer is no JSON object.')
  if ('error' in value && value.error) throw inBand(value.error)
  return value as Record<string, unknown>
}
