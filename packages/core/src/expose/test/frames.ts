/** A small generator of numbers that gives the same ones for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const names = [
  ...[
    'find',
    'find',
    'greet',
    'pay',
    'basket',
    'shelves',
    'admin',
    'any',
    'breaks',
    'refuses',
    'self',
    'hides',
    'who',
    'add',
    'count',
    'items',
  ],
  ...[
    'burn',
    'price',
    'did',
    'secret',
    'gate',
    'state',
    'ctx',
    'env',
    'kernel',
    'transaction',
    '$create',
    '$setContext',
    '$door',
    '$open',
  ],
  ...['constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', '__lookupGetter__'],
  ...[
    'then',
    'catch',
    'dup',
    'map',
    'fetch',
    'alarm',
    'webSocketMessage',
    '#target',
    'Symbol(call)',
    '',
    ' ',
    '\u0000',
    '🙂',
    '../x',
    '0',
  ],
]
const sql = ["' OR 1=1 --", "'; DROP TABLE do_state; --", 'x" UNION SELECT * FROM do_record', '%', '\\', '?1', '$where']

export interface Frames {
  /** The next frame. */
  next(): string
  /** A session begins, in which so many pushes were made already. */
  restart(pushes: number): void
  /** Kinds that have been made so far. */
  readonly made: Readonly<Record<string, number>>
}

const fields = ['status', 'amount', '$id', "status' OR '1'='1", 'status) UNION SELECT 1 --', '$$', 'data', 'a.b', '']

/** Frames of Cap'n Web as somebody hostile, or broken, would send them. `lawful`: the share of those that say
 * hostile things in the right words and so keep their session. `callbacks`: some name what the sender does not have.
 */
export function frames(seed: number, { lawful = 0.99, callbacks = true } = {}): Frames {
  const random = seeded(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T
  const made: Record<string, number> = {}
  let pushes = 0
  let base = 0
  const id = () =>
    pick([
      0,
      0,
      0,
      pushes,
      pushes,
      pushes - 1,
      below(pushes + 2),
      -below(5),
      1e9,
      -1e9,
      1.5,
      Number.MAX_SAFE_INTEGER,
      '0',
      null,
      {},
      [0],
    ])

  const value = (depth: number): unknown => {
    const kind = below(depth > 6 ? 12 : 22)
    if (kind < 2) return below(1_000)
    if (kind < 4) return pick(sql)
    if (kind === 4) return pick([true, false, null])
    if (kind === 5) return ['undefined']
    if (kind === 6)
      return pick([
        ['inf'],
        ['-inf'],
        ['nan'],
        ['date', 1e99],
        ['date', null],
        ['date', 'now'],
        ['bigint', '9'.repeat(below(400))],
        ['bigint', 'x'],
      ])
    if (kind === 7)
      return pick([
        ['bytes', 'AAAA'],
        ['bytes', '!!'],
        ['bytes', 'AAA', 'Float64Array'],
        ['bytes', 'AAAA', '__proto__'],
        ['bytes', 5],
      ])
    if (kind === 8)
      return pick([
        ['error', 'TypeError', 'x'],
        ['error', '__proto__', 'x', null, { __proto__: 1 }],
        ['error', 'AggregateError', 'x', 'stack', { errors: 1 }],
      ])
    if (kind === 9)
      return pick([
        ['url', 'http://x'],
        ['url', ':'],
        ['headers', [['a', 'b']]],
        ['request', 'http://x', {}],
        ['response', null, {}],
        ['blob', 'a', null],
      ])
    if (kind === 10) return 'x'.repeat(below(400))
    if (kind === 11 && callbacks)
      return pick([
        ['export', -1 - below(9)],
        ['promise', -1 - below(9)],
        ['writable', -3],
        ['readable', pushes],
        ['import', id()],
        ['unknown', 1],
        ['__proto__'],
      ])
    if (kind < 15) return [Array.from({ length: below(5) }, () => value(depth + 1))]
    if (kind < 18)
      return JSON.parse(
        `{${Array.from({ length: below(4) }, () => `${JSON.stringify(pick([...names, 'a', 'b']))}:${JSON.stringify(value(depth + 1)) ?? 'null'}`).join()}}`,
      ) as unknown
    if (kind < 20) return call(depth + 1)
    if (kind === 20) return ['remap', id(), path(), [], [['pipeline', 0, path()]]]
    return Array.from({ length: below(4) }, () => value(depth + 1))
  }
  const path = (): unknown[] =>
    Array.from({ length: 1 + below(random() < 0.1 ? 8 : 2) }, () =>
      random() < 0.05 ? pick([0, -1, 1.5, null, {}, true]) : pick(names),
    )
  const call = (depth: number): unknown[] => {
    const args = Array.from({ length: below(4) }, () => value(depth))
    const operator = pick(['eq', 'gt', 'in', 'prefix', '__proto__', 'like', '$where'])
    const where = { [pick(fields)]: pick([pick(sql), { [operator]: pick([...sql, [['a', 'b']], 1]) }, [[pick(sql)]], 1]) }
    return pick([
      ['pipeline', id(), path(), args],
      ['pipeline', id(), path(), args],
      ['pipeline', id(), [pick(names)], [value(depth)]],
      ['pipeline', 0, ['find'], [where, ...pick([[], [pick([...fields, ...sql])], ['amount', pick(sql)]])]],
      ['pipeline', id(), path()],
      ['pipeline', id()],
      ['pipeline', id(), 'greet', args],
      ['pipeline', id(), path(), 'args'],
      ['pipeline', 0, path(), args, 'more'],
    ])
  }

  const good = (): unknown[] => {
    const what = random()
    if (what < 0.6) {
      pushes += 1
      return ['push', call(0)]
    }
    if (what < 0.85) return ['pull', id()]
    if (what < 0.93) return ['release', id(), pick([1, 1, 0, -1, 2, 1e9, '1'])]
    if (what < 0.96)
      return pick([
        ['resolve', id(), value(0)],
        ['reject', id(), value(0)],
      ])
    if (what < 0.99) {
      pushes += 1
      return pick([['pipe'], ['stream', call(0)]])
    }
    return ['abort', value(0)]
  }
  const mutated = (text: string): string => {
    const at = below(text.length)
    const how = below(6)
    if (how === 0) return text.slice(0, at)
    if (how === 1)
      return (
        text.slice(0, at) + pick(['[', ']', '{', '}', '"', ',', '\\', '\u0000', '\ud800', '9'.repeat(30)]) + text.slice(at + 1)
      )
    if (how === 2) return text.slice(0, at) + text.slice(at, at + 20) + text.slice(at)
    if (how === 3) return text.replace(/"(push|pull|pipeline)"/, () => JSON.stringify(pick(names)))
    if (how === 4) return text.replace(/\d+/, () => pick(['-0', '1e400', '00', '-1', '4294967296']))
    return text + text
  }
  const worst = [
    () => `["push",["pipeline",0,["any"],[${'['.repeat(4_000)}${']'.repeat(4_000)}]]]`,
    () => `["push",["pipeline",0,["any"],[${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}]]]`,
    () => JSON.stringify(['push', ['pipeline', 0, ['any'], ['x'.repeat(200_000)]]]),
    () => JSON.stringify(['push', ['pipeline', 0, ['any'], [[Array.from({ length: 20_000 }, (_, index) => index)]]]]),
    () =>
      JSON.stringify(['push', ['pipeline', 0, ['any'], Array.from({ length: 500 }, () => ['pipeline', 0, ['greet'], ['x']])]]),
    () => JSON.stringify(['push', ['pipeline', 0, Array.from({ length: 3_000 }, () => 'greet'), []]]),
    () => '['.repeat(100_000),
    () => '',
    () => 'null',
    () => '[]',
    () => '"push"',
    () => '\u0000\u0001',
  ]
  const count = (kind: string) => {
    made[kind] = (made[kind] ?? 0) + 1
  }

  const data = (depth: number): unknown => {
    const kind = below(depth > 5 ? 6 : 9)
    if (kind < 2) return pick(sql)
    if (kind === 2) return below(1_000) - 500
    if (kind === 3)
      return pick([
        true,
        false,
        null,
        ['undefined'],
        ['inf'],
        ['nan'],
        ['bigint', '9'.repeat(1 + below(300))],
        ['date', below(1e6)],
        ['bytes', 'AAAA'],
      ])
    if (kind === 4) return 'x'.repeat(below(400))
    if (kind === 5)
      return { [pick(fields)]: pick([pick(sql), { [pick(['eq', 'in', 'prefix', 'like', 'constructor'])]: pick(sql) }, 1]) }
    if (kind === 6) return [Array.from({ length: below(6) }, () => data(depth + 1))]
    const entries = Array.from({ length: below(5) }, () => [pick(names), data(depth + 1)] as const)
    return JSON.parse(`{${entries.map(([name, item]) => `${JSON.stringify(name)}:${JSON.stringify(item)}`).join()}}`) as unknown
  }
  const target = () => (pushes === 0 || random() < 0.6 ? 0 : 1 + below(pushes))
  const law = (): unknown[] => {
    if (pushes > base && random() < 0.35) return ['pull', base + 1 + below(pushes - base)]
    const path = Array.from({ length: 1 + below(random() < 0.1 ? 12 : 2) }, () => pick(names))
    const args = Array.from({ length: below(4) }, () => data(0))
    const nested = random() < 0.1 ? [['pipeline', target(), [pick(names)], [data(0)]]] : args
    const frame = ['push', random() < 0.1 ? ['pipeline', target(), path] : ['pipeline', target(), path, nested]]
    pushes += 1
    return frame
  }

  return {
    made,
    restart: (begun) => {
      pushes = begun
      base = begun
    },
    next: () => {
      const what = random()
      if (what < lawful) {
        count('lawful')
        return JSON.stringify(law())
      }
      const how = random()
      if (how < 0.1) {
        count('worst')
        return pick(worst)()
      }
      const text = JSON.stringify(good())
      count(how < 0.5 ? 'nearly right' : 'mutated')
      return how < 0.5 ? text : mutated(text)
    },
  }
}
