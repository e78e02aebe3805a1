import type { payments } from '@do/payments'
import { type Driver, type DriverContext, refuse, toBase64, VendorRefusal } from '@do/provider'
import type { AdyenOptions, Sdk } from './client.ts'
import { pdf } from './pdf.ts'

type Operations = NonNullable<Driver<typeof payments>['operations']['disputes']>
export type EvidenceInput = Parameters<NonNullable<Operations['submit']>>[0]

/** The Disputes API says no within a success. */
function taken(answer: { disputeServiceResult?: { success?: boolean } }) {
  if (answer.disputeServiceResult?.success === true) return
  if (answer.disputeServiceResult?.success === false) throw new VendorRefusal('dispute:refused')
  throw new Error('The answer has no result.')
}

/** https://docs.adyen.com/risk-management/disputes-api */
export const disputeOperations = (sdk: Sdk, { merchantAccount }: AdyenOptions) => ({
  submit: async ({ id, evidence, submit }: EvidenceInput, context: DriverContext) => {
    const disputes = await sdk.disputes()
    const which = { disputePspReference: context.id(id), merchantAccountCode: merchantAccount }
    const answer = await disputes.retrieveApplicableDefenseReasons(which)
    taken(answer)
    // The one that takes anything, or one that wants a single document, which ours then is.
    const reasons = (answer.defenseReasons ?? []).map(({ defenseReasonCode, defenseDocumentTypes = [] }) => ({
      defenseReasonCode,
      documents: defenseDocumentTypes.filter(({ requirementLevel }) => requirementLevel === 'Required'),
    }))
    const reason =
      reasons.find(({ defenseReasonCode }) => defenseReasonCode === 'SupplyDefenseMaterial') ??
      reasons.find(({ documents }) => documents.length === 1)
    const document = reason?.documents[0]?.defenseDocumentTypeCode
    if (reason === undefined || document === undefined) throw new VendorRefusal('dispute:documents')
    const content = toBase64(pdf(linesOf(evidence)))
    const defenseDocuments = [{ defenseDocumentTypeCode: document, contentType: 'application/pdf', content }]
    taken(await disputes.supplyDefenseDocument({ ...which, defenseDocuments }))
    if (submit) taken(await disputes.defendDispute({ ...which, defenseReasonCode: reason.defenseReasonCode }))
    return { id, status: submit ? ('under_review' as const) : ('needs_response' as const) }
  },
  accept: async (id: string, context: DriverContext) => {
    const which = { disputePspReference: context.id(id), merchantAccountCode: merchantAccount }
    taken(await (await sdk.disputes()).acceptDispute(which))
    return { id, status: 'accepted' as const }
  },
})

const titles: Readonly<Record<keyof EvidenceInput['evidence'], string>> = {
  explanation: 'Explanation',
  customerName: 'Customer',
  customerEmail: 'E-mail',
  productDescription: 'Product',
  shippingTracking: 'Tracking number',
  shippedAt: 'Shipped at',
  refundPolicy: 'Refund policy',
}

const linesOf = (evidence: EvidenceInput['evidence']): string[] =>
  Object.entries(titles).flatMap(([name, title]) => {
    const text = evidence[name as keyof typeof evidence]
    return text === undefined ? [] : [`${title}:`, ...text.split('\n'), '']
  })

/** Adyen takes documents only; ours is set in a font that every reader has, which is without other scripts. */
export function checkEvidence({ evidence }: EvidenceInput) {
  if (Object.values(evidence).some((text) => /[^\n\r\t -~\u00a0-\u00ff]/.test(text ?? '')))
    throw refuse(
      'evidence_not_representable',
      'The evidence is sent as a document in Latin letters. Transcribe it, or upload your own.',
      { field: 'evidence' },
    )
  if (Object.values(evidence).every((text) => text === undefined))
    throw refuse('invalid_input', 'Evidence must say something.', { field: 'evidence' })
}
