import { expect, test } from 'vitest'
import { callHead, frameHead, releaseOf } from './wire.ts'

test('the head of a frame is found without parsing it, and nothing else is taken for one', () => {
  expect(callHead('["push",["pipeline",12,["echo"],[]]]')).toEqual({ id: 12, start: 20, end: 22 })
  expect(callHead('["stream",["pipeline",-3]]')).toEqual({ id: -3, start: 22, end: 24 })
  expect(frameHead('["pull",0]')).toEqual({ id: 0, start: 8, end: 9 })
  expect(frameHead('["reject",7,["error","E","m"]]')).toEqual({ id: 7, start: 10, end: 11 })
  for (const text of [
    '["push",["pipeline",]]',
    '["push",["pipeline","1"]]',
    '["push",["pipeline",1.5]]',
    '["push",["import",1]]',
    '[',
  ]) {
    expect(callHead(text)).toBeUndefined()
  }
  for (const text of ['["pull",]', '["pull",-]', '["pull",1', '["pull",1e3]', '["pull", 1]', '["abort",1]', '["pull",١]']) {
    expect(frameHead(text)).toBeUndefined()
  }
})

test('a release names what and how often, and anything else is malformed', () => {
  expect(releaseOf('["release",-4,12]')).toEqual({ id: -4, count: 12 })
  expect(releaseOf('["release",4,0]')).toEqual({ id: 4, count: 0 })
  const wrong = [
    '["release",4]',
    '["release",4,]',
    '["release",4,-1]',
    '["release",4,1,1]',
    '["release",4,1]]',
    '["release",4]1]',
    '["release",4,-0]',
    '["release",4,1.5]',
    '["pull",4,1]',
  ]
  for (const text of wrong) expect(() => releaseOf(text)).toThrow(expect.objectContaining({ code: 'malformed_frame' }))
})
