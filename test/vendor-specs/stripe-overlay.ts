import type { Correction, Overlay } from './correction.ts'
import type { Schema } from './description.ts'

const own = { reason: "Stripe's own word for what it is; JSON Schema has no such format." }
const schemas = '#/components/schemas'
const changelog = 'https://docs.stripe.com/changelog'

/** Members that Stripe no longer sends. */
const gone = (name: string, members: readonly string[], reason: string): Correction => ({
  at: `${schemas}/${name}`,
  change: ({ required, ...schema }) => ({
    ...schema,
    required: ((required ?? []) as string[]).filter((member) => !members.includes(member)),
  }),
  reason,
})

const chosen = (member: string, values: readonly string[]): Schema => ({
  type: 'object',
  properties: { [member]: { type: 'string', enum: [...values] } },
  additionalProperties: false,
})

export const stripeOverlay: Overlay = {
  formats: { 'unix-time': own, decimal: own },
  corrections: [
    gone(
      'invoice',
      ['paid', 'paid_out_of_band', 'total_tax_amounts'],
      `An invoice may have several payments, and has \`total_taxes\`: ${changelog}/basil/2025-03-31/add-support-for-multiple-partial-payments-on-invoices and ${changelog}/basil/2025-03-31/tax-changes`,
    ),
    gone(
      'line_item',
      ['type', 'proration'],
      `Now in \`parent\`: ${changelog}/basil/2025-03-31/adds-new-parent-field-to-invoicing-objects`,
    ),
    gone(
      'subscription',
      ['current_period_start', 'current_period_end'],
      `Now of each item: ${changelog}/basil/2025-03-31/deprecate-subscription-current-period-start-and-end`,
    ),
    gone('product', ['features'], `Now \`marketing_features\`: ${changelog}/acacia/2024-04-10/product-features`),
    {
      at: `${schemas}/account/properties/type`,
      change: (schema) => ({ ...schema, enum: ['custom', 'express', 'none', 'standard'] }),
      reason:
        'Accounts with controller properties have the type `none`: https://docs.stripe.com/connect/migrate-to-controller-properties',
    },
  ],
  answers: [],
}

interface Parameters {
  readonly path: string
  readonly parameters: Readonly<Record<string, Schema>>
  readonly reason: string
}

/** Parameters that have come since. Forms are read by the description too, so it must know them before anything is corrected. */
export const newerParameters: readonly Parameters[] = [
  {
    path: '/v1/accounts',
    parameters: {
      controller: {
        type: 'object',
        properties: {
          stripe_dashboard: chosen('type', ['express', 'full', 'none']),
          fees: chosen('payer', ['account', 'application']),
          losses: chosen('payments', ['application', 'stripe']),
          requirement_collection: { type: 'string', enum: ['application', 'stripe'] },
        },
        additionalProperties: false,
      },
    },
    reason: 'https://docs.stripe.com/api/accounts/create#create_account-controller',
  },
  {
    path: '/v1/payment_intents/{intent}/capture',
    parameters: { final_capture: { type: 'boolean' } },
    reason: 'https://docs.stripe.com/api/payment_intents/capture#capture_payment_intent-final_capture',
  },
  {
    path: '/v1/payment_intents',
    parameters: {
      off_session: { type: 'boolean' },
      payment_method_options: {
        type: 'object',
        properties: { card: chosen('request_multicapture', ['if_available', 'never']) },
        additionalProperties: false,
      },
    },
    reason:
      'Of the options only this one is used, and of both kinds of `off_session` the boolean: https://docs.stripe.com/payments/multicapture',
  },
]

const text = { type: 'string' } as const

/** Endpoints that are newer than the description. */
export const newerPaths: Readonly<Record<string, object>> = {
  // https://docs.stripe.com/api/invoice-line-item/bulk
  '/v1/invoices/{invoice}/add_lines': {
    post: {
      operationId: 'PostInvoicesInvoiceAddLines',
      parameters: [{ in: 'path', name: 'invoice', required: true, schema: text }],
      requestBody: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': {
            schema: {
              type: 'object',
              required: ['lines'],
              properties: {
                expand: { type: 'array', items: text },
                lines: {
                  type: 'array',
                  items: {
                    type: 'object',
                    properties: {
                      description: text,
                      quantity: { type: 'integer' },
                      price_data: {
                        type: 'object',
                        required: ['currency'],
                        properties: {
                          currency: text,
                          unit_amount: { type: 'integer' },
                          product_data: { type: 'object', required: ['name'], properties: { name: text } },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
      responses: {
        '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/invoice' } } } },
        default: { content: { 'application/json': { schema: { $ref: '#/components/schemas/error' } } } },
      },
    },
  },
}

/** Where the SDK puts the parameters of a DELETE, which the description has in a body: into the query. */
export const deletesTakeQuery = {
  in: 'query',
  name: 'expand',
  style: 'deepObject',
  explode: true,
  schema: { type: 'array', items: text },
}
