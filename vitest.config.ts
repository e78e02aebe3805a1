import { builtinModules } from 'node:module'
import { availableParallelism } from 'node:os'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { SlowestFirst } from './test/house/slowest-first.ts'

/** The files of Adyen's SDK that its adapter loads, each on its own: the whole of it is six times as large. */
const adyenSdk = [
  'client',
  ...['paymentsApi', 'modificationsApi', 'paymentLinksApi', 'recurringApi'].map((name) => `services/checkout/${name}`),
  'services/disputes/disputesApi',
  ...['legalEntitiesApi', 'hostedOnboardingApi'].map((name) => `services/legalEntityManagement/${name}`),
  ...['accountHoldersApi', 'balanceAccountsApi', 'platformApi'].map((name) => `services/balancePlatform/${name}`),
  ...['transfersApi', 'transactionsApi'].map((name) => `services/transfers/${name}`),
].map((file) => `@do/adyen > @adyen/api-library/lib/src/${file}.js`)

/** Vendors' SDKs, of which most are hundreds of files: loaded one by one inside workerd they take ten times as long. */
const sdks = [
  ...['openai', 'plivo', 'square', 'stripe', 'telnyx', 'twilio'].map((name) => `@do/${name} > ${name}`),
  '@do/anthropic > @anthropic-ai/sdk',
  ...adyenSdk,
]

const outside = ['**/node_modules/**', '**/dist/**', '.work/**']
const workerd = [
  '{packages,adapters}/*/src/**/*.workerd.test.ts',
  '{conformance,fixtures,objects}/src/**/*.workerd.test.ts',
  'test/**/*.workerd.test.ts',
]
/** Tests inside a worker with Durable Objects on SQLite, which they may evict: `cloudflare:test`. */
const runtime = ['packages/core/src/**/*.runtime.test.ts']

export default defineConfig({
  test: {
    // Vitest leaves a core to itself, so on two it would run one file at a time. Many files mostly wait for a process of their own:
    // two more than there are cores keep these busy.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: SlowestFirst },
    projects: [
      {
        test: {
          name: 'node',
          include: [
            '{packages,adapters}/*/src/**/*.test.ts',
            '{conformance,fixtures,objects}/src/**/*.test.ts',
            'examples/**/*.test.ts',
            'test/**/*.test.ts',
          ],
          exclude: [...outside, ...workerd, ...runtime, 'test/packed/**'],
          setupFiles: ['test/house/egress-guard.ts'],
          // One process for many files: a new one for each, with the vendors' SDKs loaded anew, took three times as long as the tests.
          isolate: false,
          // Node loads the TypeScript itself, as it does for users: what Vite makes of a module runs a third slower. Nothing is mocked by path.
          experimental: { viteModuleRunner: false, nodeLoader: false },
          // Many of them start workerd, several at a time.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [
          cloudflareTest({
            miniflare: {
              compatibilityDate: '2026-11-01',
              compatibilityFlags: ['nodejs_compat'],
              // Whatever forgets to use the twin's fetch ends here and not at a vendor.
              outboundService: (request) =>
                new Response(`Blocked: ${request.url} is outside this machine.`, { status: 599 }) as never,
            },
          }),
        ],
        test: {
          name: 'workerd',
          include: workerd,
          exclude: outside,
          testTimeout: 30_000,
          deps: {
            optimizer: {
              ssr: {
                enabled: true,
                // The pool's own loader breaks those that are CommonJS; bundled first they run.
                include: sdks,
                rolldownOptions: { platform: 'node', external: [...builtinModules, /^node:/] },
              },
            },
          },
        },
      },
      {
        plugins: [
          cloudflareTest({
            main: './packages/core/src/rpc/test/worker.ts',
            miniflare: {
              compatibilityDate: '2026-11-01',
              compatibilityFlags: ['nodejs_compat'],
              durableObjects: { Desk: { className: 'Desk', useSQLite: true } },
              bindings: { GRAPHS: process.env.GRAPHS ?? '2000' },
              outboundService: (request) =>
                new Response(`Blocked: ${request.url} is outside this machine.`, { status: 599 }) as never,
            },
          }),
        ],
        test: { name: 'runtime', include: runtime, exclude: outside, testTimeout: 240_000 },
      },
      {
        // Builds, packs and installs what a user gets; needs the package registry for the vendors' SDKs.
        test: {
          name: 'packed',
          include: ['test/packed/**/*.test.ts'],
          globalSetup: ['test/packed/tarballs.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
