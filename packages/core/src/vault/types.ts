import type { CredentialSource } from '@do/provider'
import type { Json } from '../storage/json.ts'

/** A secret, without its value. */
export interface SecretInfo {
  readonly name: string
  /** The newest one; earlier ones stay readable until they are deleted. */
  readonly version: number
  readonly versions: readonly number[]
  /** Epoch milliseconds after which the newest one is no longer given out. */
  readonly expiresAt: number | null
  readonly updatedAt: number
}

export interface VaultAccess {
  readonly at: number
  readonly action: 'put' | 'get' | 'delete' | 'rotate'
  readonly name: string
  readonly version: number
  /** The principal of the call, or who was named. */
  readonly by: string | null
  /** `ok`, or the code of the error. */
  readonly outcome: string
}

export interface VaultRotation {
  /** Id of the key that seals. */
  readonly key: string
  /** Records in all, and those that are still under another key. */
  readonly total: number
  readonly remaining: number
  /** Records that do not open any more; put them again or delete them. */
  readonly damaged: readonly { readonly name: string; readonly version: number }[]
  readonly running: boolean
}

/** Secrets, sealed. Every method that takes a value or gives one is recorded. */
export interface ObjectVault {
  /**
   * A new version. @throws ProviderError `invalid_key`, `invalid_value`, `too_large` beyond 64 kB, `vault_keys_invalid`
   */
  put(name: string, value: Json, options?: { readonly expiresAt?: number; readonly by?: string }): Promise<SecretInfo>
  /**
   * The newest version, or the one that is named.
   * @throws ProviderError `secret_not_found`, `secret_expired`, `vault_key_missing`, `vault_record_damaged`
   */
  get<T = Json>(name: string, options?: { readonly version?: number; readonly by?: string }): Promise<T>
  /** Never values. */
  list(options?: { readonly prefix?: string; readonly limit?: number }): readonly SecretInfo[]
  info(name: string): SecretInfo | undefined
  /** One version, or all of it. False when there was none. */
  delete(name: string, options?: { readonly version?: number; readonly by?: string }): boolean
  /** Seals everything again that is not under the first key of `keys`, by a job that goes on after a crash. */
  rotate(): VaultRotation
  rotation(): VaultRotation
  /** Newest first; the last 10,000 are kept. */
  audit(options?: { readonly name?: string; readonly limit?: number }): readonly VaultAccess[]
  /** For `forTenant({ credentials })`: the secret `<tenant>/<instance>`. */
  readonly credentials: CredentialSource
}

export interface VaultRoomOptions {
  /** `<id>:<32 bytes in base64>`, comma separated; the first seals, all of them open. From the environment, never from storage. */
  readonly keys: string
}
