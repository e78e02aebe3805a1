export { connect } from './connect.ts'
export { RpcError } from './errors.ts'
export type {
  Backoff,
  CallOptions,
  Connection,
  ConnectionState,
  ConnectOptions,
  Remote,
  SubscribeOptions,
  Subscription,
} from './types.ts'
