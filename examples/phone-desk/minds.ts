import { anthropicTwin } from '@do/fixtures/anthropic'
import { openaiTwin } from '@do/fixtures/openai'
import { type ServedTwin, serveTwin } from '@do/fixtures/server'
import { liveClock } from '@do/provider'

interface Mind<Twin> {
  readonly twin: Twin
  readonly server: ServedTwin
}

/** The accounts of one tenant at two vendors of language models, each on a port of its own. */
export interface Minds {
  readonly openai: Mind<ReturnType<typeof openaiTwin>>
  readonly anthropic: Mind<ReturnType<typeof anthropicTwin>>
}

export async function openMinds(seed: number): Promise<Minds> {
  const [openai, anthropic] = [openaiTwin({ clock: liveClock, seed }), anthropicTwin({ clock: liveClock, seed })]
  return {
    openai: { twin: openai, server: await serveTwin(openai) },
    anthropic: { twin: anthropic, server: await serveTwin(anthropic) },
  }
}

/** The tenant's configuration for them: one name for models of both vendors, and what may be spent. */
export function mindsConfig({ openai, anthropic }: Minds) {
  return {
    llm: {
      order: ['openai', 'anthropic'],
      instances: { openai: { baseUrl: openai.server.url }, anthropic: { baseUrl: anthropic.server.url } },
    },
    models: {
      aliases: { fast: [`openai:${openai.twin.models.chat}`, `anthropic:${anthropic.twin.models.chat}`] },
      budget: { month: 5_000_000 },
    },
  }
}
