export { connect } from './connect.ts'
export { RpcError } from './errors.ts'
export type {
  Backoff,
  CallOptions,
  Connection,
  ConnectionState,
  ConnectOptions,
  Heartbeat,
  Remote,
  SubscribeOptions,
  Subscription,
} from './types.ts'
