import type { AdapterOptions } from '@do/provider'

export interface PlivoOptions extends AdapterOptions {
  /** Auth ID of the account or subaccount: `MA…` or `SA…`. */
  readonly authId: string
  /**
   * Auth Token. With several, the first one sends and all verify webhooks: during a rotation the old and the new one,
   * and for a subaccount its own and the main account's.
   */
  readonly authToken: string | readonly string[]
}

export interface PlivoSmsOptions extends PlivoOptions {
  /**
   * Refuse message webhooks that carry only a V2 signature. V2 covers the URL but not the body; Plivo documents it for
   * messages, and sends V3 besides. Default false. A V3 signature that is there but wrong is always refused.
   */
  readonly requireV3?: boolean
}
