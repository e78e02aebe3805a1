import { failing, type Scene } from '../../collection/test/room.ts'
import { createAgents } from '../agents.ts'
import { createEventLog } from '../events.ts'
import { createExperiments } from '../experiments.ts'
import { createFunctions } from '../functions.ts'
import { createIntegrations } from '../integrations.ts'
import { createOrgs } from '../orgs.ts'
import { createRoles } from '../roles.ts'
import { createUsers } from '../users.ts'
import { createWorkflows, stagesOf } from '../workflows.ts'

export const kindScenes: Record<string, Scene> = {
  users: ({ kernel }) => {
    const users = createUsers(kernel)
    const ada = users.create({ email: '  Ada@Example.COM ', name: 'Ada' })
    const bo = users.create({ email: 'bo@münchen.de' })
    return {
      ada,
      bo: bo.email,
      again: failing(() => users.create({ email: 'ADA@example.com' })),
      taken: failing(() => users.update(bo.$id, { email: 'ada@example.com' })),
      found: users.byEmail('ADA@EXAMPLE.com')?.$id === ada.$id,
      disabled: users.disable(ada.$id).state,
      still: failing(() => users.create({ email: 'ada@example.com' })),
      list: users.list({ where: { state: 'active' } }).items.length,
      wrong: [
        '',
        'ada',
        '@example.com',
        'a@b',
        'a b@example.com',
        'a@@example.com',
        'a@exam ple.com',
        'a@127.0.0.1',
        'a@example.com/x',
        7,
        null,
      ].map((email) => failing(() => users.create({ email: email as string }))),
      more: failing(() => users.create({ email: 'c@example.com', name: 7 as never })),
    }
  },

  'roles and orgs': ({ kernel }) => {
    const roles = createRoles(kernel)
    roles.define('reader', { permissions: ['orders:read', 'customers:read'] })
    roles.define('clerk', { permissions: ['orders:*'], inherits: ['reader'] })
    roles.define('boss', { permissions: ['*'], inherits: ['clerk'] })
    const orgs = createOrgs(kernel, roles)
    const org = orgs.create({ name: 'Acme', slug: 'acme' }, 'ada')
    orgs.setMember(org.$id, 'bo', ['clerk'])
    const can = (user: string, ...permissions: string[]) => permissions.map((permission) => orgs.can(org.$id, user, permission))
    const answer = {
      all: roles.permissions(['clerk']),
      bo: can('bo', 'orders:read', 'orders:delete:all', 'customers:read', 'customers:write', 'orders', 'orders:', '*'),
      ada: can('ada', 'everything:else'),
      nobody: can('nobody', 'orders:read'),
      unknown: roles.can(['nobody', 'constructor'], 'orders:read'),
      refused: [
        () => roles.define('Reader', { permissions: [] }),
        () => roles.define('x', { permissions: ['orders:r*'] }),
        () => roles.define('x', { permissions: [], inherits: ['nobody'] }),
        () => roles.define('reader', { permissions: [], inherits: ['boss'] }),
        () => roles.define('self', { permissions: [], inherits: ['self'] }),
        () => roles.delete('reader'),
        () => orgs.create({ name: 'Other', slug: 'acme' }, 'x'),
        () => orgs.create({ name: 'Other', slug: 'Not a slug' }, 'x'),
        () => orgs.setMember(org.$id, 'bo', ['nobody']),
        () => orgs.setMember('nowhere', 'bo', ['clerk']),
        () => orgs.setMember(org.$id, 'ada', ['clerk']),
        () => orgs.removeMember(org.$id, 'ada'),
      ].map((run) => failing(run)),
      unchanged: [roles.get('reader')?.permissions.length, roles.get('self') ?? null, orgs.member(org.$id, 'ada')?.roles],
      orgsOf: orgs.orgsOf('bo').items.length,
    }
    orgs.setMember(org.$id, 'bo', ['owner'])
    const left = [orgs.removeMember(org.$id, 'ada'), orgs.removeMember(org.$id, 'ada'), orgs.members(org.$id).items.length]
    return { ...answer, left, deleted: [orgs.delete(org.$id), orgs.members(org.$id).items.length, orgs.bySlug('acme') ?? null] }
  },

  experiments: ({ kernel }) => {
    const experiments = createExperiments(kernel)
    const variants = [
      { name: 'control', weight: 1 },
      { name: 'green', weight: 2 },
      { name: 'off', weight: 0 },
    ]
    experiments.define('button', variants)
    const draft = experiments.assign('button', 'early')
    experiments.start('button')
    const names = Array.from({ length: 1_500 }, (_, index) => `user-${index}`)
    const assigned = names.map((name) => experiments.assign('button', name))
    const again = names.every((name, index) => experiments.assign('button', name) === assigned[index])
    for (const [index, name] of names.entries()) {
      if (index % (assigned[index] === 'green' ? 4 : 10) === 0) experiments.convert('button', name)
    }
    const twice = experiments.convert('button', 'user-0')
    const results = experiments.results('button')
    const refused = [
      () => experiments.define('button', variants),
      () => experiments.start('button'),
      () => experiments.assign('nothing', 'x'),
      () => experiments.define('x', [{ name: 'one', weight: 1 }]),
      () =>
        experiments.define('x', [
          { name: 'one', weight: 1 },
          { name: 'one', weight: 1 },
        ]),
      () =>
        experiments.define('x', [
          { name: 'one', weight: 0 },
          { name: 'two', weight: 0 },
        ]),
      () =>
        experiments.define('x', [
          { name: 'one', weight: 0.5 },
          { name: 'two', weight: 1 },
        ]),
      () => experiments.define('x', 'text' as never),
      () => experiments.define('Not a key', variants),
    ].map((run) => failing(run))
    experiments.stop('button')
    const late = [
      experiments.assign('button', 'late'),
      experiments.assign('button', 'user-1') === assigned[1],
      experiments.convert('button', 'user-1'),
    ]
    return { draft, again, twice, unexposed: experiments.convert('button', 'late'), results, refused, late }
  },

  integrations: (stage) => {
    const integrations = createIntegrations(stage.kernel)
    const { $id } = integrations.begin({ provider: 'stripe', owner: 'org-1', scopes: ['read'] })
    const states = [integrations.get($id)?.state]
    const early = [failing(() => integrations.recover($id)), failing(() => integrations.fail($id, 'x'))]
    const second = failing(() => integrations.begin({ provider: 'stripe', owner: 'org-1' }))
    states.push(integrations.connect($id, 'vault:stripe/org-1').state)
    stage.clock.advance(1_000)
    const failed = integrations.fail($id, 'token_expired')
    const leaking = failing(() => integrations.fail($id, 'Bearer sk_live_123 was refused'))
    const recovered = integrations.recover($id)
    const gone = integrations.disconnect($id)
    return {
      states,
      early,
      second,
      failed,
      leaking,
      recovered,
      gone,
      over: [
        failing(() => integrations.connect($id, 'x')),
        failing(() => integrations.disconnect($id)),
        failing(() => integrations.connect('nobody', 'x')),
      ],
      anew: integrations.begin({ provider: 'stripe', owner: 'org-1' }).state,
      list: integrations.list({ where: { owner: 'org-1' }, orderBy: 'state' }).items.map(({ state }) => state),
    }
  },

  agents: ({ kernel }) => {
    const agents = createAgents(kernel)
    const { $id } = agents.create({ name: 'Sam', instructions: 'Help.', tools: ['search'], budgetMicros: 100 })
    const steps = [agents.spend($id, 60).spentMicros, failing(() => agents.spend($id, 41)), agents.spend($id, 40).spentMicros]
    const may = [agents.may($id, 'search'), agents.may($id, 'delete'), agents.may('nobody', 'search')]
    agents.pause($id)
    return {
      steps,
      may,
      paused: [agents.may($id, 'search'), failing(() => agents.spend($id, 0))],
      wrong: [-1, 0.5, Number.NaN, '1'].map((micros) => failing(() => agents.spend($id, micros as number))),
      twice: failing(() => agents.create({ name: 'Sam', instructions: 'x' })),
      sneaky: agents.update($id, { spentMicros: 0, state: 'active', budgetMicros: 200 } as never),
      named: agents.byName('Sam')?.$id === $id,
    }
  },

  definitions: ({ kernel }) => {
    const functions = createFunctions(kernel)
    const first = functions.publish('greet', { by: 'generative', prompt: 'Greet.' })
    const same = functions.publish('greet', { by: 'generative', prompt: 'Greet.' })
    const second = functions.publish('greet', { by: 'human', prompt: 'Greet them.' })
    functions.publish('add', { by: 'code', method: 'add' })
    const before = functions.list().map(({ $id }) => $id)
    functions.retire('greet')
    const workflows = createWorkflows(kernel)
    const steps = [
      { name: 'ship', run: 'ship', after: ['pay', 'pack'] },
      { name: 'pay', run: 'pay', undo: 'refund' },
      { name: 'pack', run: 'pack' },
    ]
    const order = workflows.publish('order', { steps })
    return {
      versions: [first.version, same.version, second.version],
      before,
      retired: [
        functions.get('greet') ?? null,
        functions.get('greet', 1)?.definition,
        functions.list().map(({ name }) => name),
        failing(() => functions.retire('greet')),
      ],
      back: functions.publish('greet', { by: 'human', prompt: 'Greet them.' }).version,
      all: functions.versions('greet').map(({ version, latest }) => [version, latest]),
      stages: stagesOf(order.definition).map((stage) => stage.map(({ name }) => name)),
      refused: [
        () => functions.publish('x', { by: 'code' }),
        () => functions.publish('x', { by: 'code', method: 'x', prompt: 'x' }),
        () => functions.publish('x', { by: 'generative' }),
        () => functions.publish('x', { by: 'human', prompt: 'x', tools: ['y'] }),
        () => functions.publish('x', { by: 'magic' as never }),
        () => functions.publish('x', undefined as never),
        () => functions.publish('x', { by: 'code', method: 'x', other: 1 } as never),
        () => functions.publish('Not a key', { by: 'code', method: 'x' }),
        () => workflows.publish('x', { steps: [] }),
        () => workflows.publish('x', { steps: [{ name: 'a', run: 'a', after: ['b'] }] }),
        () =>
          workflows.publish('x', {
            steps: [
              { name: 'a', run: 'a', after: ['b'] },
              { name: 'b', run: 'b', after: ['a'] },
            ],
          }),
        () =>
          workflows.publish('x', {
            steps: [
              { name: 'a', run: 'a' },
              { name: 'a', run: 'b' },
            ],
          }),
        () => workflows.publish('x', { steps: [{ name: 'a', run: 'a', when: 'never' } as never] }),
        () => workflows.publish('x', { steps: [null as never] }),
      ].map((run) => failing(run)),
    }
  },

  events: (stage) => {
    const log = createEventLog(stage.kernel)
    const first = log.record({ type: 'Order.placed', subject: 'o1', data: { total: 3 } }, { key: 'k1' })
    stage.clock.advance(1_000)
    const same = log.record({ type: 'Order.placed', subject: 'o1' }, { key: 'k1' })
    const reused = failing(() => log.record({ type: 'Order.placed', subject: 'o2' }, { key: 'k1' }))
    log.record({ type: 'Order.paid', subject: 'o1', actor: 'ada', at: '2026-11-21T12:00:01+01:00' })
    log.record({ type: 'Order.placed', subject: 'o2', at: 0 })
    return {
      first,
      same: same.$version,
      reused,
      latest: log.list().items.map(({ type, at }) => [type, at]),
      of: log.list({ where: { subject: 'o1' }, orderBy: 'at' }).items.length,
      wrong: [
        failing(() => log.record({ type: 'no spaces', subject: 'x' })),
        failing(() => log.record({ type: 'A', subject: 'x', at: 'soon' })),
      ],
      forgotten: [log.forgetBefore('2026-01-01'), log.count()],
    }
  },
}
