export type { ObjectVault, SecretInfo, VaultAccess, VaultRoomOptions, VaultRotation } from './types.ts'
export { createVault } from './vault.ts'
