/** What the page knows: the list of tenants, and everything about the one that is shown. */
export const known = { tenants: [], tenant: undefined }

const most = { messages: 100, calls: 50, intents: 100, audit: 100 }
const lists = { message: 'messages', call: 'calls', intent: 'intents', number: 'numbers', provider: 'providers', audit: 'audit' }

async function read(path) {
  const answer = await fetch(path, { headers: { accept: 'application/json' } })
  if (!answer.ok) throw Object.assign(new Error(`HTTP ${answer.status}`), { status: answer.status })
  return answer.json()
}

/** Reads the list, and the tenant in place if there is one. */
export async function load(id) {
  const [overview, tenant] = await Promise.all([
    read('/console/api/tenants'),
    id === undefined ? undefined : read(`/console/api/tenants/${encodeURIComponent(id)}`),
  ])
  known.tenants = overview.tenants
  known.tenant = tenant
}

/** Takes in one change of the stream. Records carry everything, so applying one twice does no harm. */
export function apply({ tenant, kind, record, summary }, shown) {
  if (summary !== undefined) {
    const at = known.tenants.findIndex(({ id }) => id === tenant)
    if (at === -1) known.tenants = [...known.tenants, summary]
    else known.tenants = known.tenants.with(at, summary)
  }
  if (tenant !== shown || known.tenant === undefined) return
  if (summary !== undefined) known.tenant.totals = { ...known.tenant.totals, ...summary.totals }
  const list = lists[kind]
  if (list === undefined) return
  const records = known.tenant[list]
  const at = records.findIndex(({ id }) => id === record.id)
  if (record.gone) known.tenant[list] = records.filter(({ id }) => id !== record.id)
  else if (at !== -1) known.tenant[list] = records.with(at, record)
  else if (list === 'providers' || list === 'numbers') known.tenant[list] = [...records, record]
  else known.tenant[list] = [record, ...records].slice(0, most[list])
}
