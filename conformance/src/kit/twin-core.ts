import { type TestClock, testClock } from '@do/provider'
import { getResponse, type RequestHandler } from 'msw'
import type { RecordedRequest, Twin, WebhookFault } from '../twin.ts'
import { FaultPlan } from './faults.ts'
import { TwinNetworkError } from './network-error.ts'
import { Random } from './random.ts'

export interface TwinOptions {
  readonly clock?: TestClock
  readonly seed?: number
  /** Where webhooks are sent when the account has no more specific URL. */
  readonly webhookUrl?: string
}

/** A webhook before it is signed. */
export interface OutgoingWebhook {
  readonly url: string
  readonly method?: 'POST' | 'GET'
  readonly contentType: string
  readonly body: string
}

/** What is the vendor's own: the answers it gives when it does not act, and how it signs. */
export interface VendorVoice {
  /** Names a request, e.g. `messages.create`; undefined for a route the twin does not have. */
  operation(request: { readonly method: string; readonly path: string; readonly body: string }): string | undefined
  rateLimited(retryAfterSeconds: number): Response
  serverError(status: number): Response
  unauthorized(): Response
  invalid(): Response
  notFound(): Response
  /** Headers that prove the webhook is the vendor's. `at` is the time of signing, in epoch milliseconds. */
  sign(webhook: OutgoingWebhook, at: number, random: Random): Promise<Record<string, string>>
  /** Breaks a correct signature for the same kind of header. */
  forge(headers: Record<string, string>): Record<string, string>
}

/** What all twins share: clock, generator, faults, the record of requests, sending of webhooks. */
export abstract class TwinCore implements Twin {
  abstract readonly vendor: string
  abstract readonly baseUrl: string
  protected abstract readonly voice: VendorVoice
  /** MSW handlers with host-independent paths (`*\/v2/messages`), usable with any MSW setup. */
  abstract readonly handlers: readonly RequestHandler[]

  readonly clock: TestClock
  readonly faults = new FaultPlan()
  readonly webhookUrl: string
  protected random: Random
  readonly #seed: number
  #requests: RecordedRequest[] = []
  #receiver: ((request: Request) => Promise<Response>) | undefined
  #webhookFaults: WebhookFault[] = []

  constructor(options: TwinOptions = {}) {
    this.clock = options.clock ?? testClock()
    this.#seed = options.seed ?? 1
    this.random = new Random(this.#seed)
    this.webhookUrl = options.webhookUrl ?? 'https://hooks.example.com/vendor'
  }

  /** The answer on its way back, until the request is aborted. */
  protected carried(response: Response, _signal: AbortSignal): Response {
    return response
  }

  /** Puts the vendor's own state back; called by `reset`. */
  protected abstract clear(): void

  reset(): void {
    this.random = new Random(this.#seed)
    this.faults.clear()
    this.#requests = []
    this.#webhookFaults = []
    this.clear()
  }

  requests(): readonly RecordedRequest[] {
    return this.#requests
  }

  connect(receiver: (request: Request) => Promise<Response>): void {
    this.#receiver = receiver
  }

  nextWebhook(fault: WebhookFault): void {
    this.#webhookFaults.push(fault)
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const { signal } = request
    signal.throwIfAborted()
    // Not text(): workerd warns about it for bodies of forms.
    const body = new TextDecoder().decode(await request.clone().arrayBuffer())
    const operation = this.voice.operation({ method: request.method, path: new URL(request.url).pathname, body })
    const fault = this.faults.take(operation)
    // A refused connection never reaches the vendor, so its log does not show it.
    if (fault?.kind === 'refuse') throw new TwinNetworkError('ECONNREFUSED')
    this.#requests.push({
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body,
      operation,
    })
    const act = async () => this.carried((await getResponse([...this.handlers], request)) ?? this.voice.notFound(), signal)
    switch (fault?.kind) {
      case undefined:
        return act()
      case 'cut':
        if (fault.when === 'after') await act()
        throw new TwinNetworkError('ECONNRESET')
      case 'hang':
        if (fault.when === 'after') await act()
        return this.#hang(signal)
      case 'slow':
        await this.clock.sleep(fault.ms, signal)
        return act()
      case 'rate-limit':
        return this.voice.rateLimited(fault.retryAfterSeconds ?? 1)
      case 'error':
        if (fault.when === 'after') await act()
        return this.voice.serverError(fault.status)
      case 'unauthorized':
        return this.voice.unauthorized()
      case 'invalid':
        return this.voice.invalid()
      case 'truncated': {
        const response = await act()
        const text = await response.text()
        return new Response(text.slice(0, Math.floor(text.length / 2)), {
          status: response.status,
          headers: { 'content-type': 'application/json' },
        })
      }
      case 'foreign-page':
        if (fault.when === 'after') await act()
        return new Response('<!doctype html><title>Sign in</title><form>Sign in to the network</form>', {
          status: 200,
          headers: { 'content-type': 'text/html' },
        })
    }
  }

  /** Signs and sends a webhook, with the fault that was asked for. Answers what the receiver said (the last time). */
  protected async send(webhook: OutgoingWebhook): Promise<Response> {
    const fault = this.#webhookFaults.shift()
    const minutes = fault === 'expired' ? -60 : fault === 'future' ? 60 : 0
    let headers = await this.voice.sign(webhook, this.clock.now() + minutes * 60_000, this.random)
    if (fault === 'forged') headers = this.voice.forge(headers)
    if (fault === 'missing-signature') headers = {}
    const body = fault === 'tampered' ? `${webhook.body.slice(0, -1)}X${webhook.body.slice(-1)}` : webhook.body
    const make = () => {
      const method = webhook.method ?? 'POST'
      return new Request(webhook.url, {
        method,
        headers: { ...headers, 'content-type': webhook.contentType },
        ...(method === 'GET' ? {} : { body }),
      })
    }
    const receiver = this.#receiver ?? (async () => new Response(null, { status: 204 }))
    if (fault === 'duplicate') await receiver(make())
    return receiver(make())
  }

  /** The clock is moved past every time-out, as if the caller had waited in vain. */
  async #hang(signal: AbortSignal): Promise<never> {
    for (let i = 0; i < 1000 && !signal.aborted; i++) {
      this.clock.advance(1_000)
      await Promise.resolve()
    }
    signal.throwIfAborted()
    return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
  }
}
