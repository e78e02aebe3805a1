import { RpcTarget } from 'capnweb'
import { expect, it } from 'vitest'
import { SessionRecord } from './record.ts'
import { ServerSession } from './session.ts'

class Echo extends RpcTarget {
  echo(value: unknown): unknown {
    return value
  }
}

/** What Cap'n Web has been given to read. */
const read: string[] = []

class Watched extends ServerSession {
  override async receive(): Promise<string> {
    const frame = await super.receive()
    read.push(frame)
    return frame
  }
}

it('lets go of answers that handed nothing out when it is told to, and by itself when there are many', async () => {
  const sent: string[] = []
  const session = new Watched({
    record: new SessionRecord(),
    main: new Echo(),
    send: (text) => void sent.push(text),
    close: () => {},
    kept: new Map(),
    within: (_, start) => start(),
  })
  const call = async (number: number) => {
    session.deliver([`["push",["pipeline",0,["echo"],[${number}]]]`, `["pull",${number}]`])
    while (sent.length < number) await new Promise((resolve) => setImmediate(resolve))
    session.deliver([`["release",${number},1]`])
  }
  const released = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return read.filter((frame) => frame.startsWith('["release"')).length
  }
  for (let number = 1; number <= 3; number++) await call(number)
  expect([sent.length, await released()]).toEqual([3, 0])
  session.tidy()
  expect(await released()).toBe(3)
  for (let number = 4; number <= 67; number++) await call(number)
  expect(await released()).toBe(3)
  await call(68)
  expect(await released()).toBe(68)
})
