import { expect, test } from 'vitest'
import { SessionRecord, unlimited } from './record.ts'

const call = (argument: string) => JSON.stringify(['push', ['pipeline', 0, ['counter'], [argument]]])

test('what held capabilities would be made again from is bounded: calls that handed nothing out do not count, and what is let go counts no more', () => {
  const long = 'x'.repeat(100)
  const record = new SessionRecord({ ...unlimited, maxProvenanceBytes: 2.5 * call(long).length })
  let id = 0
  const made = (answer: unknown) => {
    record.fromClient(call(long))
    id += 1
    record.fromServer(JSON.stringify(['resolve', id, answer]))
  }
  for (let count = 0; count < 10; count += 1) made('plain')
  made(['export', -1])
  made(['export', -2])
  expect(() => made(['export', -3])).toThrow(
    expect.objectContaining({ code: 'provenance_too_long', fault: 'quota', effect: 'none' }),
  )
  // The call and what it handed out are given back.
  for (const gone of [id - 1, -2]) record.fromClient(JSON.stringify(['release', gone, 1]))
  expect(() => SessionRecord.from(record.snapshot(), { ...unlimited, maxProvenanceBytes: 2.5 * call(long).length })).not.toThrow()
  expect(() => SessionRecord.from(record.snapshot(), { ...unlimited, maxProvenanceBytes: call(long).length })).toThrow(
    expect.objectContaining({ code: 'provenance_too_long' }),
  )
})
