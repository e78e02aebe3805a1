export type { ConnectionAccess, Deliver, Delivery, Principal } from './access.ts'
export type { Callbacks, KeptCallback } from './callbacks.ts'
export { defaultLimits, type RpcLimits } from './limits.ts'
export { createRpc, type Rpc, type RpcOptions, type RpcRoom } from './rpc.ts'
