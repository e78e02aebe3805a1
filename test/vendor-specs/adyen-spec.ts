import type { SentRequest, VendorSpec } from './checker.ts'
import { openApi } from './checker.ts'
import type { Overlay } from './correction.ts'
import { type Body, type Description, direct, load, type Operation, type Schema } from './description.ts'
import { validator } from './validator.ts'

const apis = [
  'CheckoutService-v72',
  'DisputeService-v30',
  'LegalEntityService-v4',
  'BalancePlatformService-v2',
  'TransferService-v4',
]
const callbacks = ['Webhooks-v1', 'BalancePlatformConfigurationNotification-v2', 'BalancePlatformTransferNotification-v4']

const members = (types: Readonly<Record<string, string>>): Schema => ({
  type: 'object',
  required: Object.keys(types),
  properties: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }])),
})

const older = members({ status: 'integer', errorCode: 'string', message: 'string', errorType: 'string' })
const rfc7807 = members({ status: 'integer', errorCode: 'string', type: 'string', title: 'string', detail: 'string' })
const handling = 'https://docs.adyen.com/development-resources/response-handling'

const answers: Overlay['answers'] = [
  {
    operation: /account|transfer|transaction/i,
    status: /^404$/,
    schema: rfc7807,
    reason: `The platform's APIs answer every error like that: ${handling}`,
  },
  {
    operation: /payment/i,
    status: /^(404|429|50[234])$/,
    schema: older,
    reason: `What is not found, too fast or broken is described for no route of Checkout: ${handling}`,
  },
  {
    operation: /^delete-storedPaymentMethods/,
    status: /^422$/,
    schema: older,
    reason:
      'Only success is described; a token that is gone is error 803: https://docs.adyen.com/development-resources/error-codes',
  },
]

const plain: Overlay = { formats: {}, corrections: [], answers }

/** Of the standard webhooks. */
const signed: Overlay = {
  ...plain,
  corrections: [
    {
      at: '#/components/schemas/NotificationAdditionalData',
      change: (schema) => ({ ...schema, properties: { ...(schema.properties as object), hmacSignature: { type: 'string' } } }),
      reason: 'Every item is signed, as the examples of the same webhooks show.',
    },
  ],
}

/** Webhooks alone are no paths. */
const loaded = (name: string): Description => ({ paths: {}, ...load<Omit<Description, 'paths'>>(`adyen/${name}.json.gz`) })

/** Which webhook it is says the code of its item, or its type; the description names it so. */
function webhookOf(documents: readonly Description[], { body }: SentRequest) {
  const given = JSON.parse(body) as {
    readonly type?: string
    readonly notificationItems?: readonly { readonly NotificationRequestItem: { readonly eventCode: string } }[]
  }
  const name = given.type ?? `/${given.notificationItems?.[0]?.NotificationRequestItem.eventCode}`
  for (const document of documents) {
    const operation = document.webhooks?.[name]?.post as Operation | undefined
    const media = operation?.requestBody === undefined ? undefined : direct<Body>(document, operation.requestBody)
    const schema = media?.content?.['application/json']?.schema
    if (schema !== undefined) return { name, document, schema, given }
  }
  return { name, document: undefined, schema: undefined, given }
}

let spec: VendorSpec | undefined

/** Made once: the descriptions are large. */
export const adyenSpec = (): VendorSpec => (spec ??= makeSpec())

function makeSpec(): VendorSpec {
  const documents = callbacks.map(loaded)
  const judges = new Map(
    documents.map((document, index) => [document, validator(document, 'answer', index === 0 ? signed : plain)]),
  )
  return {
    ...openApi('adyen', apis.map(loaded), plain),
    webhook: (request) => {
      const { name: operation, document, schema, given } = webhookOf(documents, request)
      const judge = document && judges.get(document)
      if (judge === undefined || schema === undefined)
        return {
          operation,
          findings: [],
          unchecked: [{ operation, side: 'webhook', why: 'the description has no such webhook' }],
        }
      const problems = judge(schema, given)
      return {
        operation,
        findings: problems.map(({ at, says }) => ({ vendor: 'adyen', operation, side: 'webhook', at: `/body${at}`, says })),
        unchecked: [],
      }
    },
  }
}
