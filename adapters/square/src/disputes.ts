import type { Dispute } from '@do/payments'
import type { DriverCalls, DriverContext, FindContext } from '@do/provider'
import type { Square, SquareClient } from 'square'
import { defined, every, instant, pageOf, proven, rows, type SquareOptions, shortKey, within } from './client.ts'
import { fromSquare } from './money.ts'
import { checkLength } from './note.ts'
import type { Input, Tree } from './payments.ts'

type Evidence = Input<'disputes', 'submit'>

/** https://developer.squareup.com/reference/square/enums/DisputeEvidenceType */
const kinds: Readonly<Record<keyof Evidence['evidence'], Square.DisputeEvidenceType>> = {
  explanation: 'REBUTTAL_EXPLANATION',
  customerName: 'CARDHOLDER_INFORMATION',
  customerEmail: 'CARDHOLDER_INFORMATION',
  productDescription: 'PRODUCT_OR_SERVICE_DESCRIPTION',
  shippingTracking: 'TRACKING_NUMBER',
  shippedAt: 'PROOF_OF_DELIVERY_DOCUMENTATION',
  refundPolicy: 'CANCELLATION_OR_REFUND_DOCUMENTATION',
}

/** Texts of 500 characters. Longer evidence is a file at Square, which the interface has not. */
export function checkEvidence({ evidence }: Evidence): void {
  for (const [name, text] of Object.entries(evidence)) checkLength(text, 500, `evidence.${name}`)
}

const statuses: Readonly<Record<string, Dispute['status']>> = {
  INQUIRY_EVIDENCE_REQUIRED: 'warning',
  // Before it is a chargeback no money has gone, so none comes back either.
  INQUIRY_PROCESSING: 'warning',
  INQUIRY_CLOSED: 'prevented',
  EVIDENCE_REQUIRED: 'needs_response',
  PROCESSING: 'under_review',
  WON: 'won',
  LOST: 'lost',
  ACCEPTED: 'accepted',
}
export const disputeStatus = ({ state }: Pick<Square.Dispute, 'state'>) => statuses[state ?? ''] ?? 'under_review'

function disputeOf(answer: Square.Dispute | undefined, { handle }: Pick<DriverContext, 'handle'>): Dispute {
  const dispute = proven(answer)
  return defined({
    id: handle(dispute.id),
    payment: handle(dispute.disputedPayment?.paymentId ?? ''),
    amount: fromSquare(dispute.amountMoney),
    status: disputeStatus(dispute),
    reason: dispute.reason,
    respondBy: instant(dispute.dueAt),
    createdAt: instant(dispute.createdAt),
    raw: dispute,
  })
}

const waits = ({ state }: Square.Dispute) => state?.endsWith('EVIDENCE_REQUIRED') === true

export function disputeCalls(client: () => Promise<SquareClient>, { locationId }: SquareOptions) {
  const read = async (disputeId: string) => proven((await (await client()).disputes.get({ disputeId })).dispute)
  const texts = ({ evidence }: Evidence) =>
    Object.entries(evidence).flatMap(([name, evidenceText]) =>
      evidenceText === undefined ? [] : [{ evidenceType: kinds[name as keyof typeof kinds], evidenceText }],
    )
  const kept = async (disputeId: string) => {
    const all: Square.DisputeEvidence[] = []
    const { evidence } = (await client()).disputes
    for await (const one of every(async (cursor) => rows(await evidence.list(defined({ disputeId, cursor }))))) all.push(one)
    return all
  }
  const same = (one: Square.DisputeEvidence, text: ReturnType<typeof texts>[number]) =>
    one.evidenceText === text.evidenceText && one.evidenceType === text.evidenceType

  const calls: DriverCalls<Tree>['disputes'] = {
    get: async (input, context) => disputeOf(await read(context.id(input)), context),
    list: async ({ payment, since, until, limit = 50, cursor }, context) => {
      // Pages have 50, whoever asks for fewer gets a page in several parts.
      const [from = '', skip = '0'] = cursor?.split('#') ?? []
      const page = rows(await (await client()).disputes.list(defined({ locationId, cursor: from || undefined })))
      const start = Number(skip)
      const wanted = payment === undefined ? undefined : context.id(payment)
      const items = page.items
        .slice(start, start + limit)
        .filter(
          (dispute) =>
            (wanted === undefined || dispute.disputedPayment?.paymentId === wanted) && within({ since, until })(dispute),
        )
      const more = start + limit < page.items.length ? `${from}#${start + limit}` : page.cursor && `${page.cursor}#0`
      return pageOf(
        items.map((dispute) => disputeOf(dispute, context)),
        more,
      )
    },
    submit: async (given, context) => {
      const { disputes } = await client()
      const disputeId = context.id(given.id)
      const stated = texts(given)
      const known = await kept(disputeId)
      // Stated whole: what was there before and is a text goes, what is missing comes.
      for (const one of known) {
        const id = one.id ?? one.evidenceId
        if (id && one.evidenceText && !stated.some((text) => same(one, text)))
          await disputes.evidence.delete({ disputeId, evidenceId: id })
      }
      for (const [index, text] of stated.entries()) {
        if (known.some((one) => same(one, text))) continue
        const idempotencyKey = await shortKey(context.key, String(index))
        await disputes.createEvidenceText({ disputeId, idempotencyKey, ...text })
      }
      if (!given.submit) return disputeOf(await read(disputeId), context)
      return disputeOf((await disputes.submitEvidence({ disputeId })).dispute, context)
    },
    accept: async (input, context) => {
      const disputeId = context.id(input)
      const known = await read(disputeId)
      if (known.state === 'ACCEPTED') return disputeOf(known, context)
      return disputeOf((await (await client()).disputes.accept({ disputeId })).dispute, context)
    },
  }

  const find = async (given: Evidence, context: FindContext): Promise<Dispute | undefined> => {
    const dispute = await read(context.id(given.id))
    if (given.submit) return waits(dispute) ? undefined : disputeOf(dispute, context)
    const known = await kept(dispute.id)
    return texts(given).every((text) => known.some((one) => same(one, text))) ? disputeOf(dispute, context) : undefined
  }

  return { calls, find }
}
