import type { VendorFault, Verdict } from '@do/provider'

const see = 'https://developers.cloudflare.com/workers-ai/platform/errors/'
const seeApi = 'https://developers.cloudflare.com/fundamentals/api/troubleshooting/'
const seeJson = 'https://developers.cloudflare.com/workers-ai/features/json-mode/'
const seeGateway = 'https://developers.cloudflare.com/ai-gateway/features/guardrails/set-up-guardrail/'

interface Row {
  /** The statuses that Cloudflare gives these codes, for the binding, which may throw a code without one. */
  readonly status: number
  readonly codes: string
  readonly code: string
  readonly fault: Verdict['fault']
  readonly message: string
  readonly elsewhere?: true
  readonly see?: string
}

const rows: readonly Row[] = [
  {
    status: 401,
    codes: '10000 9106 9109 6003 6111 2009',
    code: 'unauthorized',
    fault: 'credential',
    message: 'Cloudflare refused the token. Replace it, or give it the permission "Workers AI Read".',
    see: seeApi,
  },
  {
    status: 404,
    codes: '7003 2001',
    code: 'invalid_configuration',
    fault: 'credential',
    message:
      'Cloudflare does not know this account or AI Gateway, or the token is not for it. Check `accountId` and `gateway.id`.',
    see: seeApi,
  },
  {
    status: 404,
    codes: '5007 3042 7000',
    code: 'model_not_found',
    fault: 'caller',
    message: 'Workers AI has no such model. Names begin with "@cf/" or "@hf/".',
    elsewhere: true,
  },
  {
    status: 403,
    codes: '5018 3041 5016',
    code: 'forbidden',
    fault: 'credential',
    message: 'The account may not use this model, or has not agreed to its terms yet.',
    elsewhere: true,
  },
  {
    status: 403,
    codes: '3023',
    code: 'forbidden',
    fault: 'credential',
    message: 'Workers AI is closed to this account. Ask Cloudflare why.',
  },
  {
    status: 400,
    codes: '5004 5006 3003 3039 5005 5019',
    code: 'invalid_input',
    fault: 'caller',
    message: 'The model does not take this input. Check the fields, and that the model can do what is asked.',
  },
  {
    status: 400,
    codes: '5025',
    code: 'unsupported',
    fault: 'caller',
    message: 'This model cannot answer JSON of a schema. Take another model.',
    elsewhere: true,
    see: seeJson,
  },
  {
    status: 400,
    codes: 'schema',
    code: 'invalid_schema',
    fault: 'caller',
    message: 'The schema cannot be used: of a tool, or of the output. Simplify it, or correct it.',
  },
  {
    status: 422,
    codes: '5024',
    code: 'not_json',
    fault: 'provider',
    message: 'The model did not manage to answer JSON of this schema. Ask again, simplify the schema, or take another model.',
    see: seeJson,
  },
  {
    status: 413,
    codes: '5021 context',
    code: 'context_length',
    fault: 'caller',
    message: 'Prompt and answer together are longer than the model can hold. Shorten the prompt, or ask for fewer tokens.',
    elsewhere: true,
  },
  {
    status: 413,
    codes: '3006',
    code: 'too_large',
    fault: 'caller',
    message: 'The request is too large for Workers AI. Shorten it.',
    elsewhere: true,
  },
  {
    status: 400,
    codes: 'filter',
    code: 'content_filter',
    fault: 'policy',
    message: 'The filter of the model held the request back.',
  },
  {
    status: 424,
    codes: '2016 2017',
    code: 'content_filter',
    fault: 'policy',
    message: 'The guardrails of the AI Gateway held the prompt or the answer back.',
    see: seeGateway,
  },
  {
    status: 429,
    codes: '3036 4006',
    code: 'insufficient_quota',
    fault: 'quota',
    message: "The day's free neurons are used up (until 00:00 UTC). Move the account to the Workers Paid plan.",
    elsewhere: true,
  },
  {
    status: 429,
    codes: '3040',
    code: 'overloaded',
    fault: 'provider',
    message: 'Workers AI has no capacity for this model right now. Ask again later, or another model.',
  },
  {
    status: 429,
    codes: '2003 971',
    code: 'rate_limited',
    fault: 'quota',
    message: 'The AI Gateway, or the account, takes no more requests right now. Wait, or raise the limit.',
  },
  {
    status: 408,
    codes: '3007 3008',
    code: 'timeout',
    fault: 'provider',
    message: 'Workers AI gave up on the request. Ask again, or for a shorter answer.',
  },
]

/** A failure that an answer with a good status tells of, by a code that no page explains. */
const unnamed: Verdict = {
  code: 'vendor_error',
  effect: 'none',
  fault: 'provider',
  message: 'Workers AI failed while it answered. Ask again.',
  see,
}

const expanded = rows.flatMap(({ codes, status, ...row }) =>
  codes.split(' ').map((vendorCode) => ({ vendorCode, status, verdict: { effect: 'none', see, ...row } satisfies Verdict })),
)

const overloaded: Verdict = {
  code: 'overloaded',
  effect: 'none',
  fault: 'provider',
  message: 'Workers AI is out of order or overloaded right now. Ask again later.',
  see,
}

/** What Cloudflare's codes mean. Whatever is asked here changes nothing, so the effect is always none. */
export const errors: Readonly<Record<string, Verdict>> = {
  ...Object.fromEntries(expanded.map(({ vendorCode, verdict }) => [vendorCode, verdict])),
  unnamed,
  'http:408': { code: 'timeout', effect: 'none', fault: 'provider', message: 'Workers AI gave up on the request.', see },
  'http:502': overloaded,
  'http:503': overloaded,
  'http:504': overloaded,
  'http:529': overloaded,
}

/** The status that stands for a code, where only the code is known. */
export const statusOf = (vendorCode: string | undefined): number =>
  expanded.find((row) => row.vendorCode === vendorCode)?.status ?? 500

/** An answer with a bad status. It keeps the code and nothing of the text, which may quote the request. */
export class RefusedAnswer extends Error {
  readonly vendorCode: string | undefined

  constructor(vendorCode: string | undefined) {
    super('Workers AI refused the request.')
    this.name = 'RefusedAnswer'
    this.vendorCode = vendorCode
  }
}

export const readFault = (error: unknown): VendorFault => (error instanceof RefusedAnswer ? { vendorCode: error.vendorCode } : {})

/** What the text says that its number does not, or where it has none. Tried in this order. */
const wordings: readonly (readonly [wording: RegExp, vendorCode: string])[] = [
  [/maximum context length|context window limit|context length/i, 'context'],
  [/JSON Mod(?:e|el) couldn.t be met/i, '5024'],
  [/NSFW|content (?:filter|policy)|flagged/i, 'filter'],
  [/daily free allocation/i, '4006'],
  [/invalid (?:json )?schema|schema is (?:invalid|not valid)|invalid_schema|unsupported schema/i, 'schema'],
  [/capacity temporarily exceeded/i, '3040'],
  [/no such model/i, '5007'],
  [/authentication error/i, '10000'],
]

/**
 * The code of a refusal in any of the shapes that it comes in: Cloudflare's envelope (`errors`), the gateway's (`error`, a list), the
 * OpenAI-compatible one (`error`, an object), and what the binding gets (`internalCode`).
 */
export function vendorCodeIn(body: unknown): string | undefined {
  const { errors: list, error, internalCode, message, description } = (body ?? {}) as Readonly<Record<string, unknown>>
  const found = [list, error].flatMap((value) => (Array.isArray(value) ? value.slice(0, 1) : [value]))
  const first = (found.find((value) => value !== undefined && value !== null) ?? {}) as string | Readonly<Record<string, unknown>>
  const told = typeof first === 'string' ? { message: first } : first
  const text = [told.message, description, message].find((value) => typeof value === 'string') as string | undefined
  return codeIn(text, internalCode ?? told.code)
}

/** Of a text such as `AiError: 3040: Capacity temporarily exceeded` and the number beside it, if there is one. */
export function codeIn(text: string | undefined, beside?: unknown): string | undefined {
  const said = text === undefined ? undefined : wordings.find(([wording]) => wording.test(text))?.[1]
  if (said !== undefined) return said
  const within = /^(?:\w*Error: )*(\d{3,5}):/.exec(text ?? '')?.[1]
  const code = beside === undefined || beside === null ? undefined : String(beside)
  if (within !== undefined && Object.hasOwn(errors, within)) return within
  return code ?? within
}
