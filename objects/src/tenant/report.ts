import { notFound, problem } from '@do/core/full'
import * as z from 'zod/mini'
import { whoOf } from './access.ts'
import { sendMessage } from './messages.ts'
import { shownAction, shownSchedule } from './shown.ts'
import type { Tenant } from './tenant.ts'
import { keyOf } from './undertaking.ts'

const name = 'report'
const number = z.string().check(z.regex(/^\+[1-9]\d{6,14}$/, 'must be a number such as +14155550123'))
const asked = z.strictObject({
  /** Who gets it. */
  to: number,
  /** How long after sending it is looked at whether it arrived. Default one minute. */
  checkAfterMs: z.optional(z.int().check(z.minimum(0), z.maximum(86_400_000))),
})
const plan = z.extend(asked, {
  /** As `$.every` takes it: `daily at 6am`, `every 15 minutes`. */
  every: z.string().check(z.minLength(1), z.maxLength(200)),
  /** IANA name. Default UTC. */
  timezone: z.optional(z.string()),
})
type Asked = z.infer<typeof asked>

/** What has happened so far, by SMS: a durable action of four steps, at once or on a schedule. */
export function defineReport(tenant: Tenant): void {
  tenant.$actions.define<Asked>(name, {
    input: asked,
    retries: { attempts: 10, backoffMs: 500, maxBackoffMs: 60_000 },
    timeoutMs: 120_000,
    run: async ({ to, checkAfterMs = 60_000 }, step) => {
      const body = await step.do('count', () => textOf(tenant), { sideEffect: 'none' })
      // The message's own book knows a repetition by the key, and the vendor is asked before anything is sent again.
      const send = async (key: string) => (await sendMessage(tenant, { to, body }, `${name}/${key}`)).$id
      const message = await step.do('send', ({ key }) => send(key), { sideEffect: 'idempotent' })
      await step.sleep('wait', checkAfterMs)
      return step.do('note', () => ({ message, status: noted(tenant, message) }), { sideEffect: 'none' })
    },
  })
}

/** Numbers its reports without gaps: the number is given in the transaction that keeps the step. */
function textOf(tenant: Tenant): string {
  const next = (tenant.state.get<number>('reports') ?? 0) + 1
  tenant.state.set('reports', next)
  return `Report ${next}: ${tenant.messages.count()} messages, ${tenant.calls.count()} calls so far.`
}

function noted(tenant: Tenant, id: string): string {
  const status = tenant.messages.get(id)?.status ?? 'gone'
  tenant.note('runtime', 'report.sent', status)
  return status
}

export function reportRoutes(tenant: Tenant): void {
  const detailsOf = (id: string) => {
    const details = tenant.$actions.get(id)
    if (details?.name !== name) throw notFound('This report')
    return details
  }
  const planned = () => {
    const schedule = tenant.$schedules.get(name)
    if (schedule === undefined) throw notFound('A schedule for reports')
    const { items } = tenant.$schedules.history({ name, limit: 100 })
    const { id: _, ...shown } = shownSchedule(schedule, items[0])
    return { ...shown, runs: items }
  }

  tenant.route('POST', '/reports', async (context) => {
    const wish = await context.json(asked)
    const { id } = tenant.$.do(name, wish, { key: `${name}/${keyOf(context)}` })
    context.vars.location = `/t/${tenant.$name}/reports/${id}`
    return Response.json(shownAction(detailsOf(id)), { status: 202 })
  })
  tenant.route('GET', '/reports', ({ url }) => {
    const limit = Number(url.searchParams.get('limit') ?? 50)
    const cursor = url.searchParams.get('cursor')
    const page = tenant.$actions.list({ name, limit, ...(cursor === null ? {} : { cursor }) })
    return { ...page, items: page.items.map(({ id, key }) => ({ ...shownAction(detailsOf(id)), key })) }
  })

  tenant.route('PUT', '/reports/schedule', async (context) => {
    const { every, timezone, ...wish } = await context.json(plan)
    tenant.transaction(() => {
      tenant.$schedules.every(every, name, wish, { name, ...(timezone === undefined ? {} : { timezone }) })
      tenant.note(whoOf(context), 'schedule.put', every)
    })
    return planned()
  })
  tenant.route('GET', '/reports/schedule', planned)
  tenant.route('DELETE', '/reports/schedule', (context) => {
    if (!tenant.$schedules.delete(name)) throw problem(404, 'not_found', 'There is no schedule for reports.')
    tenant.note(whoOf(context), 'schedule.deleted')
    return undefined
  })

  tenant.route('GET', '/reports/:id', ({ params }) => {
    const details = detailsOf(params.id as string)
    return { ...shownAction(details), result: details.result }
  })
}
