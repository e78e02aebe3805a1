import { describeConformance } from '@do/conformance'
import { workersAiTwin } from '@do/fixtures/workers-ai'
import { llm } from '@do/llm'
import { workersAiLlm } from './index.ts'

const rest = workersAiTwin()
describeConformance(llm, {
  label: 'Workers AI over REST',
  twin: rest,
  provider: (at) => workersAiLlm({ ...rest.credentials, ...at }),
})

const inWorkers = workersAiTwin()
describeConformance(llm, {
  label: 'Workers AI through the binding',
  twin: inWorkers,
  provider: (at) => workersAiLlm({ binding: inWorkers.bindingOf({ fetch: at.fetch }), ...at }),
})
