import type { Client } from 'plivo'

/** A list as the SDK gives it: an array with the page's position on it. */
export type SdkList<T> = readonly T[] & { readonly meta?: { readonly next?: string | null; readonly offset?: number } }

export interface SdkMessage {
  readonly messageUuid?: string
  readonly messageDirection?: string
  readonly messageState?: string
  readonly messageTime?: string
  readonly messageType?: string
  readonly fromNumber?: string
  readonly toNumber?: string
  readonly errorCode?: string | number | null
  readonly units?: number | string
  readonly totalAmount?: string | number
}

export interface SdkCallRecord {
  readonly callUuid?: string
  readonly callDirection?: string
  readonly fromNumber?: string
  readonly toNumber?: string
  readonly initiationTime?: string
  readonly answerTime?: string | null
  readonly endTime?: string | null
  readonly callDuration?: number | string
  readonly totalAmount?: string | number
  readonly hangupCauseCode?: number | string | null
}

export interface SdkLiveCall {
  readonly callUuid?: string
  readonly callStatus?: string
  readonly direction?: string
  readonly from?: string
  readonly to?: string
  readonly sessionStart?: string
}

export interface SdkRecording {
  readonly recordingId?: string
  readonly callUuid?: string
  readonly recordingDurationMs?: string | number
  readonly recordingUrl?: string
  readonly addTime?: string
}

export interface SdkNumber {
  readonly number?: string
  readonly active?: boolean
  readonly alias?: string | null
  readonly application?: string | null
  readonly voiceEnabled?: boolean
  readonly smsEnabled?: boolean
  readonly mmsEnabled?: boolean
}

export interface SdkOffer extends SdkNumber {
  readonly type?: string
  readonly city?: string | null
  readonly rateCenter?: string | null
  readonly region?: string | null
  readonly monthlyRentalRate?: string | number
}

type Params = Readonly<Record<string, unknown>>

/** The part of the SDK that the adapter uses, with the types that its answers really have. */
export interface PlivoApi {
  readonly messages: {
    create(src: string, dst: string, text: string, params: Params): Promise<{ readonly messageUuid?: readonly string[] }>
    get(id: string): Promise<SdkMessage>
    list(params: Params): Promise<SdkList<SdkMessage>>
  }
  readonly calls: {
    create(
      from: string,
      to: string,
      answerUrl: string,
      params: Params,
    ): Promise<{ readonly requestUuid?: string | readonly string[] }>
    get(id: string): Promise<SdkCallRecord>
    list(params: Params): Promise<SdkList<SdkCallRecord>>
    getLiveCall(id: string): Promise<SdkLiveCall>
    getQueuedCall(id: string): Promise<SdkLiveCall>
    listLiveCalls(params: Params): Promise<readonly { readonly callUuid: string }[]>
    listQueuedCalls(): Promise<readonly { readonly callUuid: string }[]>
    transfer(id: string, params: Params): Promise<{ readonly message?: string }>
    record(id: string, params: Params): Promise<{ readonly recordingId?: string; readonly url?: string }>
    hangup(id: string): Promise<unknown>
    cancel(id: string): Promise<unknown>
  }
  readonly recordings: { list(params: Params): Promise<SdkList<SdkRecording>> }
  readonly numbers: {
    search(country: string, params: Params): Promise<SdkList<SdkOffer>>
    buy(number: string): Promise<{ readonly numbers?: readonly { readonly number?: string; readonly status?: string }[] }>
    get(number: string): Promise<SdkNumber>
    list(params: Params): Promise<SdkList<SdkNumber>>
    update(number: string, params: Params): Promise<unknown>
    unrent(number: string): Promise<unknown>
  }
}

export type { Client }
