import { failoverMutants } from './failover.ts'
import { listMutants } from './lists.ts'
import { llmAnsweringMutants } from './llm-answering.ts'
import { llmAskingMutants } from './llm-asking.ts'
import { llmFailoverMutants } from './llm-failover.ts'
import { llmLeavingMutants } from './llm-leaving.ts'
import { llmMediaMutants } from './llm-media.ts'
import { llmRelayMutants } from './llm-relay.ts'
import { llmRuleMutants } from './llm-rules.ts'
import { llmStreamMutants } from './llm-streams.ts'
import type { Mutant } from './mutant.ts'
import { capturingMutants, chargingMutants } from './payments-charging.ts'
import { paymentsFailoverMutants } from './payments-failover.ts'
import { platformMutants } from './payments-platform.ts'
import { paymentsRuleMutants } from './payments-rules.ts'
import { sellingMutants } from './payments-selling.ts'
import { smsRuleMutants } from './sms-rules.ts'
import { smsTextMutants } from './sms-text.ts'
import { subjectMutants } from './subjects.ts'
import { callMutants } from './telephony-calls.ts'
import { flowMutants } from './telephony-flows.ts'
import { numberMutants } from './telephony-numbers.ts'
import { clientMutants, webhookMutants } from './webhooks.ts'

export { type Mutant, reference } from './mutant.ts'

/** Adapters that are wrong, each in one way, each with the checks that must notice. */
export const mutants: readonly Mutant[] = [
  ...subjectMutants,
  ...listMutants,
  ...webhookMutants,
  ...clientMutants,
  ...smsTextMutants,
  ...smsRuleMutants,
  ...numberMutants,
  ...callMutants,
  ...flowMutants,
  ...failoverMutants,
  ...chargingMutants,
  ...capturingMutants,
  ...sellingMutants,
  ...platformMutants,
  ...paymentsRuleMutants,
  ...paymentsFailoverMutants,
  ...llmAskingMutants,
  ...llmAnsweringMutants,
  ...llmStreamMutants,
  ...llmLeavingMutants,
  ...llmRuleMutants,
  ...llmMediaMutants,
  ...llmRelayMutants,
  ...llmFailoverMutants,
]
