/** What a Worker's binding to a Durable Object class offers, as far as it is used here. */
export interface Namespace {
  idFromName(name: string): unknown
  get(id: unknown): { fetch(request: Request): Promise<Response> }
}

/** Bindings that the objects of this package read. All of them are texts but the namespaces. */
export interface Environment {
  /** Creates tenants and reads all of them. At least 16 characters; without it no tenant can be made. */
  readonly OPERATOR_TOKEN?: string
  /** `<id>:<32 bytes in base64>`, comma separated: the first seals credentials, all of them open. */
  readonly VAULT_KEYS?: string
  /** The origin under which vendors reach this worker, for webhooks: `https://desk.example.com`. */
  readonly PUBLIC_URL?: string
  /** Origins that tenants may name as `baseUrl` of a provider, comma separated. Default: none, only the vendors' own hosts. */
  readonly VENDOR_ORIGINS?: string
  /** The list of tenants and the stream of changes. Optional. */
  readonly Directory?: Namespace
}
