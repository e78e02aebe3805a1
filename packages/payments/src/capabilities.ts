/** What not every vendor has. What is not declared answers `unsupported`; it is never imitated. */
export const capabilities = {
  'manual-capture': 'Authorises first and takes the money later',
  'partial-capture': 'Captures less than was authorised',
  'multi-capture': 'Captures one authorisation in several parts',
  'confirm-later': 'Makes a payment that is confirmed later, with its method given then',
  redirect: 'Has methods that send the payer elsewhere (3-D Secure, banks)',
  asynchronous: 'Has methods that succeed or fail days later',
  'off-session': 'Charges a kept method while the payer is away',
  'statement-descriptor': 'Says on the card statement what was bought',
  'list-payments': 'Lists payments',
  // Where a payment cannot be read (Adyen), its state comes from the answers and the webhooks alone, and a capture or refund of
  // the whole is refused: nobody but the merchant knows how much that is.
  'read-payments': 'Reads a payment back at any time, and so knows how much the whole of it is',
  // Where it is not declared, a capture or cancellation answers `processing`, also for one that cannot be (too much, too late):
  // a webhook then says what became of it. No operation needs it; checks do.
  'immediate-changes': 'Says at once whether a capture, a cancellation or a refund goes through',
  // Where it is not declared, the id in an answer with an `action` is a provisional one, good for `confirm` and `cancel`; `confirm`
  // and the webhooks (by `reference`) tell the lasting one. No operation needs it; checks do.
  'lasting-id': 'Names a payment for good before the payer has acted',
  // Where it is not declared, `resolve()` of a charge whose answer is lost stays `unknown`: its webhook tells (`settleByEvent`), or
  // the same request under its key, which makes it now if it had not arrived. No operation needs it; checks do.
  'find-payments': 'Can be asked what became of a charge whose answer is lost',
  'read-refunds': 'Reads refunds back',
  customers: 'Keeps customers',
  'stored-methods': 'Keeps payment methods with customers',
  checkout: 'Has a page of its own where the payer pays',
  catalogue: 'Keeps products and prices',
  subscriptions: 'Charges again by itself, period by period',
  'pause-subscriptions': 'Pauses subscriptions',
  invoices: 'Issues invoices and collects them',
  accounts: 'Has connected accounts for sellers',
  split: 'Divides a payment between platform and seller',
  transfers: 'Transfers money between platform and sellers',
  payouts: 'Pays out to the bank when asked',
  'instant-payouts': 'Pays out within minutes',
  'read-payouts': 'Reads payouts',
  'cancel-payouts': 'Cancels a payout that has not left yet',
  balance: 'Says what the balance is',
  'balance-transactions': 'Lists every movement of the balance',
  'payout-transactions': 'Says which movements a payout is made of',
  disputes: 'Reads disputes',
  'dispute-evidence': 'Takes evidence against a dispute, or its acceptance',
} as const
