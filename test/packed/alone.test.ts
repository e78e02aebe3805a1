import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ServedTwin, serveTwin } from '@do/fixtures/server'
import { twilioTwin } from '@do/fixtures/twilio'
import { liveClock } from '@do/provider'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bin } from '../../scripts/lib/workspace.mjs'
import { install, node22, strangerFolder } from './stranger.ts'
import { bundleWorker, startWorkerd } from './workerd.ts'

// The promise: `npm install @do/sms @do/twilio` in an empty folder is enough to send a message, on Node and in a Worker.

const folder = strangerFolder()
const twin = twilioTwin({ clock: liveClock })
let served: ServedTwin

const send = `
import { failover } from '@do/provider'
import { twilioSms } from '@do/twilio'

export async function send({ credentials, baseUrl, from, to, body }) {
  const sms = failover([twilioSms({ ...JSON.parse(credentials), baseUrl })])
  const message = await sms.send({ from, to, body })
  return { id: message.id, status: message.status, again: (await sms.get(message.id)).id }
}
`

beforeAll(async () => {
  served = await serveTwin(twin)
  await install(folder, ['@do/provider', '@do/sms', '@do/telephony', '@do/twilio'], [node22.install, '@types/node@22'])
  folder.write('send.mjs', send)
  folder.write('main.mjs', "import { send } from './send.mjs'\nconsole.log(JSON.stringify(await send(process.env)))\n")
})

beforeEach(() => twin.reset())

afterAll(async () => {
  await served.close()
  folder.remove()
})

const input = (body: string) => ({
  credentials: JSON.stringify(twin.credentials),
  baseUrl: served.url,
  from: twin.sender,
  to: '+14155550123',
  body,
})

function expectSent(answer: { id: string; again: string }, body: string) {
  expect(twin.sent()).toEqual([expect.objectContaining({ to: '+14155550123', from: twin.sender, body })])
  expect(answer.id).toBe(`twilio:${twin.sent()[0]?.id}`)
  expect(answer.again).toBe(answer.id)
}

describe('@do/sms and @do/twilio alone', () => {
  it.each([
    ['the newest Node', process.execPath],
    ['Node 22', join(folder.path, node22.path)],
  ])('send a message on %s', async (_, node) => {
    const ran = await folder.run(node, ['main.mjs'], input('Grüße, stranger 👋'))
    expect(ran.output, ran.output).toMatch(/^\{/)
    expect(ran.code).toBe(0)
    expectSent(JSON.parse(ran.stdout), 'Grüße, stranger 👋')
  })

  it('is Node 22 where it says so', async () => {
    expect((await folder.run(join(folder.path, node22.path), ['--version'])).stdout).toMatch(/^v22\./)
  })

  it('send a message from a Worker', async () => {
    folder.write(
      'worker.mjs',
      "import { send } from './send.mjs'\nexport default { fetch: async (_, env) => Response.json(await send(env).catch((error) => ({ error: String(error), at: error?.stack }))) }\n",
    )
    await bundleWorker(folder, 'worker.mjs')
    const worker = await startWorkerd(folder, input('From a Worker'))
    try {
      const answer = (await (await fetch(worker.url)).json()) as { id: string; again: string }
      expect(answer).not.toHaveProperty('error')
      expectSent(answer, 'From a Worker')
    } finally {
      await worker.stop()
    }
  })

  it('have types that a strict project accepts, with Node’s and with a bundler’s resolution', async () => {
    folder.write(
      'typed.ts',
      "import { failover } from '@do/provider'\nimport type { Message, Sms } from '@do/sms'\nimport { twilioSms } from '@do/twilio'\n" +
        "const sms: Sms = failover([twilioSms({ accountSid: 'AC', authToken: 'x' })])\n" +
        "export const sent: Promise<Message> = sms.send({ to: '+14155550123', body: 'x' })\n" +
        '// @ts-expect-error A body is text.\nexport const wrong = sms.send({ to: "+14155550123", body: 5 })\n',
    )
    for (const [module, moduleResolution] of [
      ['NodeNext', 'NodeNext'],
      ['ESNext', 'Bundler'],
    ]) {
      folder.write(
        'tsconfig.json',
        JSON.stringify({
          compilerOptions: {
            module,
            moduleResolution,
            target: 'ES2022',
            strict: true,
            noEmit: true,
            types: ['node'],
            lib: ['ES2023', 'ESNext.Disposable'],
          },
          files: ['typed.ts'],
        }),
      )
      const checked = await folder.run(bin('tsc'), ['-p', '.'])
      // What the SDK's own declarations say is its own affair.
      const ours = checked.stdout.split('\n').filter((line) => /^(typed\.ts|node_modules\/@do\/)/.test(line))
      expect(ours).toEqual([])
    }
  })

  it('bring one copy of the kernel', () => {
    const lock = JSON.parse(readFileSync(join(folder.path, 'package-lock.json'), 'utf8')) as { packages: Record<string, unknown> }
    const kernels = Object.keys(lock.packages).filter((path) => path.endsWith('node_modules/@do/provider'))
    expect(kernels).toEqual(['node_modules/@do/provider'])
  })
})
