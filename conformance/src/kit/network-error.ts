/** A network failure as `fetch` reports it in Node, so that classification by code is tested too. */
export class TwinNetworkError extends TypeError {
  constructor(code: 'ECONNREFUSED' | 'ECONNRESET') {
    super('fetch failed', { cause: Object.assign(new Error(code), { code }) })
  }
}
