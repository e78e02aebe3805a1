import { formatHandle, ProviderError, parseHandle } from '@do/provider'
import { show } from '../assert.ts'
import { operationOf } from '../shared/subject.ts'
import { type Change, changed, type Mutant } from './mutant.ts'
import { type Made, replaced, type Target, targets } from './subject-targets.ts'
import { caught, repeating } from './subject-tools.ts'

const before = ['error-500-before', 'error-503-before', 'cut-before', 'hang-before', 'foreign-page-before']
const after = [
  'error-500-after',
  'error-502-after',
  'error-504-after',
  'cut-after',
  'hang-after',
  'truncated',
  'foreign-page-after',
]
const definite = ['refused', 'rate-limited', 'unauthorized', 'invalid']
const effects = (names: readonly string[]) => names.map((name) => `effect.${name}`)

const mistakes: readonly (readonly [id: string, wrong: string, caughtBy: readonly string[], (target: Target) => Change<any>])[] =
  [
    [
      'repeats-by-itself',
      'Its SDK repeats a request that failed, under a new key.',
      [
        ...['500', '502', '503', '429', 'cut', 'hang', 'truncated', 'foreign-page'].map((name) => `one-request.${name}`),
        ...effects(after),
      ],
      (target) => ({ at: (at) => ({ ...at, fetch: repeating(at, target.path) }) }),
    ],
    [
      'unknown-is-none',
      'Says that nothing happened when it does not know.',
      effects([...after, 'blind']),
      (target) => ({
        driver: (driver) => ({ ...driver, find: {}, descriptor: { ...driver.descriptor, operations: {} } }),
        provider: replaced(target, {
          make: (make) => (input, options) => caught(make(input, options), (error) => error.with({ effect: 'none' })),
        }),
      }),
    ],
    [
      'errors-are-success',
      'Answers with an invented id whatever went wrong.',
      effects([...definite, ...before, ...after.filter((name) => name !== 'hang-after'), 'refused-once']),
      (target) => ({
        driver: (driver) => ({ ...driver, find: {}, descriptor: { ...driver.descriptor, operations: {} } }),
        provider: replaced(target, {
          make:
            (make, _, { name }) =>
            async (input, options) =>
              make(input, options).catch(() => ({ id: formatHandle(name, target.invented) })),
        }),
      }),
    ],
    [
      'all-faults-alike',
      'Calls every failure a failure of the provider.',
      effects(definite),
      (target) => ({
        provider: replaced(target, {
          make: (make) => (input, options) => caught(make(input, options), (error) => error.with({ fault: 'provider' })),
        }),
      }),
    ],
    [
      'foreign-errors',
      'Throws whatever its SDK throws.',
      effects(['refused', 'unauthorized']),
      (target) => ({
        provider: replaced(target, {
          make: (make) => async (input, options) => {
            try {
              return await make(input, options)
            } catch {
              throw new Error('Request failed')
            }
          },
        }),
      }),
    ],
    [
      'no-resolve',
      'Reports an unknown outcome and offers no way to find out.',
      effects(['cut-after', 'hang-after']),
      (target) => ({
        driver: (driver) => ({ ...driver, find: {}, descriptor: { ...driver.descriptor, operations: {} } }),
        provider: replaced(target, {
          make: (make) => (input, options) => caught(make(input, options), (error) => error.with({})),
        }),
      }),
    ],
    [
      'ignores-key',
      'Does not know idempotency keys.',
      ['key.repeated', 'key.concurrent', 'key.other-input', 'key.after-lost-answer'],
      (target) => ({
        provider: replaced(target, {
          make:
            (make) =>
            (input, { idempotencyKey: _, ...options } = {}) =>
              make(input, options),
        }),
      }),
    ],
    [
      'first-answer-for-ever',
      'Gives the first answer to every later call.',
      ['key.different', 'key.none'],
      (target) => ({
        provider: replaced(target, {
          make: (make) => {
            let first: Promise<Made> | undefined
            return (input, options) => (first ??= make(input, options))
          },
        }),
      }),
    ],
    [
      'burns-key',
      'Repeats a failure for ever under its key, although nothing happened.',
      ['key.after-refusal'],
      (target) => ({
        provider: replaced(target, {
          make: (make) => {
            const known = new Map<string, Promise<Made>>()
            return (input, options = {}) => {
              const key = options.idempotencyKey ?? crypto.randomUUID()
              const made = known.get(key) ?? make(input, options)
              known.set(key, made)
              return made
            }
          },
        }),
      }),
    ],
    [
      'ignores-signal',
      'Does not hear when the caller gives up.',
      ['abort.before', 'abort.in-flight'],
      (target) => ({
        provider: replaced(target, {
          make:
            (make) =>
            (input, { signal: _, ...options } = {}) =>
              make(input, options),
        }),
      }),
    ],
    [
      'aborted-is-none',
      'Says that nothing happened because the caller gave up.',
      ['abort.in-flight'],
      (target) => ({
        provider: replaced(target, {
          make: (make) => (input, options) =>
            caught(make(input, options), (error) => (error.fault === 'cancelled' ? error.with({ effect: 'none' }) : error)),
        }),
      }),
    ],
    [
      'ignores-deadline',
      'Takes the time it likes.',
      ['deadline.kept'],
      (target) => ({
        provider: replaced(target, {
          make:
            (make) =>
            (input, { deadline: _, ...options } = {}) =>
              make(input, options),
        }),
      }),
    ],
    [
      'impatient',
      'Gives up after a second, whatever the caller allows.',
      ['slow'],
      (target) => ({
        driver: (driver) => ({ ...driver, find: {}, descriptor: { ...driver.descriptor, operations: {} } }),
        provider: replaced(target, { make: (make) => (input, options) => make(input, { ...options, deadline: 1_000 }) }),
      }),
    ],
    [
      'bare-errors',
      'Its errors do not say where they come from.',
      ['error.says-where'],
      (target) => ({
        provider: replaced(target, {
          make: (make) => (input, options) =>
            caught(
              make(input, options),
              ({ effect, fault, message }) => new ProviderError({ effect, fault, message, code: 'Failed' }),
            ),
        }),
      }),
    ],
    [
      'leaks-key',
      'Puts the request’s headers into its errors.',
      ['error.no-secret'],
      (target) => ({
        provider: replaced(target, {
          make: (make) => (input, options) =>
            caught(make(input, options), (error) =>
              Object.assign(error.with({}), { config: { headers: { authorization: 'Bearer key-for-tests-only' } } }),
            ),
        }),
      }),
    ],
    [
      'foreign-handle',
      'Gives ids that begin with another name.',
      ['handle.names-provider', 'handle.reads-back'],
      (target) => ({
        provider: replaced(target, {
          make: (make) => async (input, options) => {
            const made = await make(input, options)
            return { ...made, id: formatHandle('elsewhere', parseHandle(made.id).id) }
          },
        }),
      }),
    ],
    [
      'invents-id',
      'Gives an id of its own making instead of the vendor’s.',
      ['handle.reads-back', 'effect.truncated'],
      (target) => ({
        provider: replaced(target, {
          make:
            (make, _, { name }) =>
            async (input, options) => ({ ...(await make(input, options)), id: formatHandle(name, target.invented) }),
        }),
      }),
    ],
    [
      'nameless',
      'Does not take a name, so two instances are one.',
      ['handle.instance-name'],
      () => ({ at: ({ name: _, ...at }) => at }),
    ],
    [
      'guesses-provider',
      'Reads any id as its own.',
      ['handle.foreign'],
      (target) => ({
        provider: replaced(target, {
          read:
            (read, { name }) =>
            (id) =>
              read(formatHandle(name, parseHandle(id).id)),
        }),
      }),
    ],
    [
      'reads-anything',
      'Answers with something for ids that name nothing.',
      ['handle.malformed', 'handle.unknown'],
      (target) => ({ provider: replaced(target, { read: (read) => (id) => read(id).catch(() => ({ id })) }) }),
    ],
  ]

const findsEqual = (target: Target, newest: boolean): Change<any> => ({
  driver: (driver) => ({
    ...driver,
    // A vendor that knows the key would tell by it.
    descriptor: { ...driver.descriptor, operations: { [operationOf(target.name)]: { class: 'referenced', settleMs: 2_000 } } },
    find: {
      [operationOf(target.name)]: async (input: { to: string }, context: any) => {
        const list = target.group === undefined ? driver.operations.list : driver.operations[target.group].list
        const { items } = await list({ to: input.to }, context)
        return newest ? items[0] : items.at(-1)
      },
    },
  }),
})

const withContent: readonly (readonly [string, string, readonly string[], (target: Target) => Change<any>])[] = [
  [
    'finds-any',
    'Looks for what a lost answer made by the recipient alone.',
    ['effect.equal-before'],
    (target) => findsEqual(target, true),
  ],
  [
    'finds-oldest',
    'Takes the oldest equal thing for what a lost answer made.',
    ['effect.equal-after', 'effect.equal-before'],
    (target) => findsEqual(target, false),
  ],
  [
    'quotes-input',
    'Quotes the input in its errors.',
    ['error.no-content'],
    (target) => ({
      provider: replaced(target, {
        make: (make) => (input, options) =>
          caught(make(input, options), (error) => error.with({ message: `Could not do ${show(input)}` })),
      }),
    }),
  ],
]

type Mistake = (typeof mistakes)[number]

/** Where the vendor looks by our reference, nothing equal is ever found; somebody may still take it for the lost one. */
const takesElder: Mistake = [
  'takes-elder',
  'Takes an equal thing of a moment ago for what a lost answer made.',
  ['effect.equal-after', 'effect.equal-before'],
  (target) => ({
    driver: (driver) => ({ ...driver, find: {}, descriptor: { ...driver.descriptor, operations: {} } }),
    provider: replaced(target, {
      make: (make) => {
        let elder: Made | undefined
        return async (input, options) => {
          try {
            elder = await make(input, options)
            return elder
          } catch (error) {
            if (elder === undefined) throw error
            return elder
          }
        }
      },
    }),
  }),
]

/** Which of the mistakes about content and equal things can be made at all. */
function further({ interface: face, group, method }: Target): readonly Mistake[] {
  if (method === 'buy' || method === 'capture') return []
  if (face !== 'payments') return withContent
  return [takesElder, ...withContent.filter(([id]) => id === 'quotes-input' && group !== 'refunds')]
}

/** Who does not hear on the way hangs, which takes a second to be seen: once for each of the older interfaces is enough. */
const worthwhile =
  ({ interface: face }: Target, mistake: string) =>
  (check: string) =>
    !(face === 'payments' && mistake === 'ignores-signal' && check === 'abort.in-flight')

/** The same mistakes at every operation that makes something. */
export const subjectMutants: readonly Mutant[] = targets.flatMap((target) =>
  [...mistakes, ...further(target)].map(([id, wrong, caughtBy, change]) => ({
    id: `${target.name}/${id}`,
    interface: target.interface,
    wrong,
    caughtBy: caughtBy.filter(worthwhile(target, id)).map((check) => `${target.name}.${check}`),
    options: changed(target.interface, change(target)),
  })),
)
