import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StageServer, startStage } from '../collection/test/harness.ts'

let stage: StageServer
beforeAll(async () => {
  stage = await startStage(new URL('./test/worker.ts', import.meta.url))
})
afterAll(() => stage.close())

describe('relationships', () => {
  it('are made once, found from both ends, and told', async () => {
    const answer = await stage.play('edges', 'edges')
    expect(answer).toMatchObject({
      nothing: [{ items: [] }, 0, null, false],
      tables: 0,
      made: { from: 'ada', verb: 'place', to: 'o1', data: { at: 'desk', parts: [1, 2] }, createdAt: '2026-11-21T10:00:00.000Z' },
      again: { data: { at: 'door' } },
      taken: { code: 'already_exists', field: 'to' },
      listed: {
        out: ['ada like o1', 'ada place o1', 'ada place o2'],
        verb: ['ada place o1', 'ada place o2'],
        several: 3,
        in: ['ada like o1', 'ada place o1'],
        reverse: ['ada place o1'],
        both: ['ada like o1', 'ada place o1'],
        form: 2,
      },
      placed: ['o1', 'o2'],
      placedBy: ['ada'],
      got: { at: 'door' },
      counts: [3, 1],
      gone: [true, false],
    })
    expect(answer.told.map(({ source, operation, key }: Record<string, string>) => [source, operation, key])).toEqual([
      ['relationships', 'create', '["ada","place","o1"]'],
      ['relationships', 'create', '["ada","place","o2"]'],
      ['relationships', 'update', '["ada","place","o1"]'],
      ['relationships', 'create', '["ada","like","o1"]'],
      ['relationships', 'delete', '["ada","like","o1"]'],
    ])
    expect(JSON.parse(answer.told[2].before).data).toEqual({ at: 'desk', parts: [1, 2] })
    expect(JSON.parse(answer.told[2].after).data).toEqual({ at: 'door' })
  })

  it('are read by an index from either end; walking reads nothing but the index', async () => {
    const { out, in: into, next, count, walkOut, walkIn } = await stage.play('plans', 'plans')
    expect(out).toEqual(['SEARCH do_relationships USING PRIMARY KEY (from_id=? AND verb=?)'])
    expect(into).toEqual(['SEARCH do_relationships USING INDEX do_relationships_back (to_id=? AND verb=?)'])
    expect(next).toEqual([expect.stringMatching(/^SEARCH do_relationships USING INDEX do_relationships_back \(to_id=\? AND/)])
    expect(count).toEqual(['SEARCH do_relationships USING COVERING INDEX do_relationships_back (to_id=?)'])
    expect(walkOut[0]).toContain('SEARCH do_relationships USING PRIMARY KEY (from_id=?)')
    expect(walkIn[0]).toContain('SEARCH do_relationships USING COVERING INDEX do_relationships_back (to_id=? AND verb=?)')
    expect([...out, ...into, ...next, ...count].join()).not.toContain('TEMP B-TREE')
  })

  it('refuse what is wrong, and SQL is only a name that nobody has', async () => {
    const answers = await stage.play('refused', 'refused')
    expect(answers.map(({ code, result }: { code?: string; result?: unknown }) => code ?? result)).toEqual([
      'invalid_key',
      'unknown_verb',
      'unknown_verb',
      'unknown_verb',
      'invalid_key',
      'invalid_key',
      'invalid_input',
      'invalid_value',
      'too_large',
      'invalid_query',
      'invalid_query',
      'invalid_limit',
      'invalid_cursor',
      'invalid_query',
      'invalid_query',
      'invalid_query',
      'unknown_verb',
      'unknown_verb',
      0,
      1,
    ])
  })

  it('follow their rules when a thing is removed, all or nothing', async () => {
    expect(await stage.play('removal', 'removal')).toMatchObject({
      restricted: { code: 'restricted', field: 'place' },
      all: ['part', 'line2', 'line1', 'order'],
      removed: ['part', 'line2', 'line1', 'order'],
      // Of the one that failed nothing is taken away.
      left: [{ from_id: 'x', verb: 'like', to_id: 'y' }],
      nowFree: ['ada'],
      fails: { name: 'RangeError' },
      deletes: 6,
    })
  })

  it.each([1, 2, 3, 4])('of random graphs are listed, walked and paged as in memory (seed %i)', async (seed) => {
    const { wrong, reached } = await stage.play(`graph-${seed}`, 'random graph', { seed })
    expect(wrong).toEqual([])
    expect(reached).toBeGreaterThan(500)
  })

  it('bound a walk, with two queries a step', async () => {
    expect(await stage.play('bounded', 'bounded')).toEqual({
      count: 100,
      truncated: true,
      whole: 1_000,
      more: true,
      statements: 6,
    })
  })
})
